"""Signing in by a mailed link: nobody learns who is a client, and a link signs in only the browser that asked for it, once."""

import re
import time
from uuid import uuid4

import pytest

from lambdas.records.clients.client import Client
from tests.attack.test_strangers_leads import browsers
from tests.flow.conftest import Shop, until
from tests.flow.doors.test_form_mails import begun, mails_to, the_mail
from tests.flow.doors.test_forms import Visitor

__all__ = ["browsers"]
SIGN_IN = "/forms/hosting/sign-in"


@pytest.fixture
def grace(shop: Shop) -> Client:
    """A client as a form makes one: without login and password."""
    email = f"grace-{uuid4().hex[:8]}@example.com"
    client = Client(
        client_id=shop.clients.new_client_id(), brand_id=1, created_at=int(time.time()), email=email, first="Grace",
        last="Hopper", address="1 Yard", city="London", country="GB",
    )  # fmt: skip
    shop.clients.add(client)
    return client


def key_in(mail: dict[str, str]) -> str:
    (key,) = re.findall(r"\?key=([A-Za-z0-9_-]{43})", mail["BodyText"])
    return str(key)


def test_nobody_learns_whose_address_has_an_account_or_signs_in_with_anothers_link(
    shop: Shop, browsers: list[Visitor], grace: Client
) -> None:
    hers, stranger, _ = browsers
    nobody = f"nobody-{uuid4().hex[:8]}@example.com"
    order_id, others = begun(shop, hers, "grace@elsewhere.example"), begun(shop, stranger, "eve@elsewhere.example")
    answers = {}
    for email in (grace.email, nobody):
        page = hers.open(SIGN_IN).send(email=email, by="link")
        answers[email] = page.text.replace(email, "")
    assert answers[grace.email] == answers[nobody]
    key = key_in(the_mail(shop, grace.email, "Sign in"))
    assert mails_to(shop, nobody) == []

    csrf = stranger.open(SIGN_IN).page.inputs["csrf"]
    assert stranger.http.get(f"{SIGN_IN}?key={key}").status_code == 410
    assert stranger.http.post(SIGN_IN, data={"csrf": csrf, "key": key}).status_code == 410
    assert hers.open(f"{SIGN_IN}?key={key}").send().path == "/forms/hosting/contact"
    assert hers.http.post(SIGN_IN, data={**hers.page.inputs, "key": key}).status_code == 410

    assert [shop.order(each)["client_id"] for each in (order_id, others)] == [grace.client_id, None]


def test_beginning_an_order_in_a_clients_name_tells_the_client_and_not_the_stranger(
    shop: Shop, browsers: list[Visitor], grace: Client
) -> None:
    stranger, hers, _ = browsers
    begun(shop, stranger, grace.email)
    key = key_in(until("the mail", lambda: next(iter(mails_to(shop, grace.email)), None)))

    assert "account with us" not in stranger.open("/forms/hosting/extras").text
    assert hers.http.get(f"{SIGN_IN}?key={key}", follow_redirects=True).url.path == "/forms/hosting/plan"
