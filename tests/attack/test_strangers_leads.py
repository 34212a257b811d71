"""An order begun in somebody else's name, and links that were taken back: what is behind them stays with whose it is."""

import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from uuid import uuid4

import httpx
import pytest

from lambdas.records.clients.client import Client
from lambdas.records.clients.payment_method import MethodKind, PaymentMethod
from lambdas.records.clients.stored_methods import PaymentMethodRecords
from lambdas.records.links.unfinished_orders import UnfinishedOrderRecords, digest_of
from lambdas.runtime.passwords import hash_password
from tests.flow.conftest import Shop, until
from tests.flow.doors.test_form_mails import begun, link_in, the_mail
from tests.flow.doors.test_forms import AGREED, Visitor, order_id_of

PASSWORD = "correct horse battery staple"
OF_THE_ACCOUNT = ("Byron", "12 St James", "London", "ending in 1111")


@pytest.fixture
def browsers(shop: Shop) -> Iterator[list[Visitor]]:
    """Three of them, each somebody else's."""
    clients = [httpx.Client(base_url=shop.stack.api_url, timeout=60, follow_redirects=True) for _ in range(3)]
    yield [Visitor(client) for client in clients]
    for client in clients:
        client.close()


@pytest.fixture
def ada(shop: Shop) -> Client:
    """A client with a stored card."""
    client = Client(
        client_id=shop.clients.new_client_id(), brand_id=1, created_at=int(time.time()), password_hash=hash_password(PASSWORD),
        uber_login=f"ada-{uuid4().hex[:8]}", email=f"ada-{uuid4().hex[:8]}@example.com",
        first="Ada", last="Byron", address="12 St James", city="London", country="GB",
    )  # fmt: skip
    shop.clients.add(client)
    card = PaymentMethod(kind=MethodKind.CARD, token="tok_approve", brand="Visa", last_four="1111", expiry="1230")
    PaymentMethodRecords(shop.records).add(client.client_id, card, is_default=True)
    return client


def mailed_link(shop: Shop, browser: Visitor, email: str) -> str:
    """She asks for the way back to her order, and gets a mail."""
    until(
        "the order can be found",
        lambda: UnfinishedOrderRecords(shop.records).latest(digest_of("hosting", email)) or None,
    )
    browser.open("/forms/hosting/resume").send(email=email)
    return link_in(shop, the_mail(shop, email, "Your order"))


def sees(browser: Visitor) -> list[str]:
    """What of the account this browser is shown, on any page of the form."""
    pages = [browser.http.get(f"/forms/hosting/{page}").text for page in ("plan", "contact", "payment", "wait")]
    return [word for word in OF_THE_ACCOUNT if any(word in page for page in pages)]


def test_a_strangers_lead_is_not_opened_by_my_mailed_link(shop: Shop, browsers: list[Visitor], ada: Client) -> None:
    stranger, hers, _ = browsers
    order_id = begun(shop, stranger, ada.email)
    by_hand = {**AGREED, "csrf": stranger.page.inputs["csrf"], "payment": "account"}
    link = mailed_link(shop, hers, ada.email)

    assert f"It was begun for {ada.email}" in hers.open(link).text
    assert hers.send().path == "/forms/hosting/contact"
    assert "This order was opened in another browser" in stranger.open("/forms/hosting").text
    hers.open("/forms/hosting/sign-in").send(login=ada.uber_login, password=PASSWORD).send(orders_as="person")
    assert sees(hers) == [*OF_THE_ACCOUNT]

    assert sees(stranger) == []
    for refused in (410, 403):  # with what is left of the visit, then with none
        answer = stranger.http.post("/forms/hosting/payment", data=by_hand, follow_redirects=False)
        assert answer.status_code == refused
        stranger.http.cookies.clear()
    order = shop.order(order_id)
    assert (order["step"]["status"], order["client_id"]) == ("leads", ada.client_id)

    status = hers.open("/forms/hosting/payment").send(**AGREED, payment="account")
    assert order_id_of(shop, status) == order_id


def test_an_order_of_my_account_is_not_read_through_a_link_from_staff(
    shop: Shop, browsers: list[Visitor], ada: Client
) -> None:
    hers, stranger, _ = browsers
    order_id = begun(shop, hers, ada.email)
    hers.open("/forms/hosting/sign-in").send(login=ada.uber_login, password=PASSWORD).send(orders_as="person")
    stranger.resume(shop.done("order.link_create", {"order_id": order_id})["url"])

    assert stranger.path == "/forms/hosting/sign-in"
    assert (sees(stranger), sees(hers)) == ([], [*OF_THE_ACCOUNT])


def test_nothing_that_is_opened_while_its_link_is_revoked_stays_open(shop: Shop, browsers: list[Visitor]) -> None:
    order_id = begun(shop, browsers[0], "ada@example.com")
    made = shop.done("order.link_create", {"order_id": order_id})
    visitors = [Visitor(httpx.Client(base_url=shop.stack.api_url, timeout=60, follow_redirects=True)) for _ in range(4)]
    for visitor in visitors:
        visitor.open(made["url"])
    with ThreadPoolExecutor(5) as pool:
        opened = [pool.submit(visitor.send) for visitor in visitors]
        pool.submit(shop.done, "order.link_revoke", {"order_id": order_id, "link_id": made["link_id"]}).result()
        for each in opened:
            each.result()

    shown = f"Your order {shop.order(order_id)['reference']}"
    assert not [visitor for visitor in visitors if shown in visitor.open("/forms/hosting").text]
    for visitor in visitors:
        visitor.http.close()
