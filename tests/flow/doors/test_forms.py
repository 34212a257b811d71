"""Order forms on the engine, filled in over HTTP without JavaScript, as a browser does it."""

import re
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from urllib.parse import parse_qsl, urlencode, urlsplit

import httpx
import pytest

from tests.flow.conftest import Shop
from tests.unit.forms.browser import PageReader

pytestmark = pytest.mark.engine
PERSON = {
    "orders_as": "person",
    "first": "Ada",
    "last": "Lovelace",
    "address": "12 Square",
    "city": "London",
    "country": "GB",
}
AGREED = {"terms": "1", "terms_signature": "Ada Lovelace"}
CARD = {"brand": "Visa", "last_four": "4242", "expiry": "1230"}


class Visitor:
    """Somebody with a browser: keeps cookies, follows redirects, sends the form of the page it is on."""

    def __init__(self, http: httpx.Client) -> None:
        self.http = http
        self.page = PageReader()
        self.path = ""

    def open(self, path: str) -> "Visitor":
        return self._at(self.http.get(path))

    def send(self, **typed: str) -> "Visitor":
        return self._at(self.http.post(self.page.action, data={**self.page.inputs, **typed}))

    def resume(self, link: str) -> "Visitor":
        """Open a link to go on with an order, and press the button of its page."""
        return self.open(link).send()

    def led_away(self, **typed: str) -> str:
        """Send the form; where it leads outside the pages."""
        answer = self.http.post(self.page.action, data={**self.page.inputs, **typed}, follow_redirects=False)
        assert answer.status_code == 303, answer.text
        return str(answer.headers["Location"])

    @property
    def text(self) -> str:
        return " ".join(self.page.text)

    def _at(self, answer: httpx.Response) -> "Visitor":
        self.page, self.path = PageReader(), answer.url.path
        self.page.feed(answer.text)
        return self

    def to_payment(self) -> "Visitor":
        self.open("/forms/hosting").send(plan="1:12", email="ada@example.com").send(site="www.example.com")
        return self.send(**PERSON)

    def with_card(self, token: str) -> "Visitor":
        """To the provider's page and back, as that page would send the browser."""
        asked = dict(parse_qsl(urlsplit(self.led_away(**AGREED, payment="enter:card")).query))
        return self.open(
            f"{urlsplit(asked['return']).path}?{urlencode({'state': asked['state'], 'token': token, **CARD})}"
        )


@pytest.fixture
def visitors(shop: Shop) -> Iterator[list[Visitor]]:
    """Three browsers."""
    clients = [httpx.Client(base_url=shop.stack.api_url, timeout=60, follow_redirects=True) for _ in range(3)]
    yield [Visitor(client) for client in clients]
    for client in clients:
        client.close()


REFERENCE = r"[A-Z0-9]{3}-[A-Z0-9]{3}-[A-Z0-9]{3}"


def order_id_of(shop: Shop, visitor: Visitor) -> str:
    """Of the order on the page."""
    (reference,) = set(re.findall(rf"\b[Oo]rder ({REFERENCE})", visitor.text))
    return shop.id_of(reference)


def said_in_logs(shop: Shop) -> Iterator[str]:
    logs = shop.client("logs")
    for group in logs.describe_log_groups()["logGroups"]:
        for event in logs.filter_log_events(logGroupName=group["logGroupName"])["events"]:
            yield event["message"]


def test_a_new_client_fills_the_form_and_the_order_is_completed(shop: Shop, visitors: list[Visitor]) -> None:
    visitor = visitors[0].to_payment().with_card("tok_approve")
    assert "First charge $99.00" in visitor.text
    status = visitor.send()

    assert status.path.startswith("/orders/")
    order = shop.until_step(order_id_of(shop, status), "complete")
    assert (order["total"], order["changed_by"] is None, order["order_form_id"]) == ("99.00", False, 1)
    client = shop.clients.get(order["client_id"])
    assert client is not None
    assert (client.first, client.country, client.email) == ("Ada", "GB", "ada@example.com")
    invoice = shop.invoices.of_order(order["order_id"])
    assert invoice is not None
    assert (invoice.total_cents, invoice.status) == (9900, "paid")
    assert "Complete" in visitor.open(status.path).text
    assert not [line for line in said_in_logs(shop) if status.path.rpartition("/")[2] in line]


def test_a_decline_is_corrected_and_makes_no_second_order(shop: Shop, visitors: list[Visitor]) -> None:
    visitor = visitors[0].to_payment().with_card("tok_decline").send()
    assert visitor.path == "/forms/hosting/payment"
    assert "the card was declined by its bank" in visitor.text

    status = visitor.with_card("tok_approve").send()
    order = shop.until_step(order_id_of(shop, status), "complete")
    payments = [shop.gateway.find(shop.hold_key(order["order_id"], attempt)) for attempt in (1, 2, 3)]
    assert [payment is not None for payment in payments] == [False, True, False]


def test_clicking_order_many_times_at_once_holds_money_once(shop: Shop, visitors: list[Visitor]) -> None:
    visitor = visitors[0].to_payment().with_card("tok_approve")
    typed, action = dict(visitor.page.inputs), visitor.page.action
    with ThreadPoolExecutor(6) as pool:
        answers = list(pool.map(lambda _: visitor.http.post(action, data=typed, follow_redirects=False), range(6)))

    led_to = {answer.headers["Location"].split("/")[1] for answer in answers}
    assert {answer.status_code for answer in answers} == {303}
    assert led_to <= {"orders", "forms"}
    assert "orders" in led_to
    order_id = order_id_of(shop, visitor.open("/forms/hosting"))
    shop.until_step(order_id, "complete")
    assert shop.gateway.find(shop.hold_key(order_id, 2)) is None


def test_beginning_many_times_at_once_makes_one_order(shop: Shop, visitors: list[Visitor]) -> None:
    visitor = visitors[0].open("/forms/hosting")
    typed = {**visitor.page.inputs, "plan": "1:1", "email": "once@example.com"}
    with ThreadPoolExecutor(6) as pool:
        answers = list(
            pool.map(lambda _: visitor.http.post("/forms/hosting", data=typed, follow_redirects=False), range(6))
        )

    assert [answer.status_code for answer in answers] == [303] * 6
    leads = shop.done("order.list", {"order_queue_id": 1, "step_status": 1, "limit": 100, "direction": "desc"})[
        "orders"
    ]
    assert len([lead for lead in leads if lead["info"].get("email") == "once@example.com"]) == 1


def test_a_link_from_staff_goes_on_elsewhere_until_it_is_revoked(shop: Shop, visitors: list[Visitor]) -> None:
    desk, phone, late = visitors
    desk.open("/forms/hosting").send(plan="1:1", email="ada@example.com").send()
    leads = shop.done("order.list", {"order_queue_id": 1, "step_status": 1, "limit": 1, "direction": "desc"})["orders"]
    order_id = leads[0]["order_id"]
    link = shop.done("order.link_create", {"order_id": order_id})
    assert link["url"].startswith(f"{shop.stack.api_url}/forms/hosting/resume/")

    assert phone.resume(link["url"]).path == "/forms/hosting/contact"
    phone.send(**PERSON).with_card("tok_approve").send()
    assert order_id_of(shop, phone) == order_id
    shop.until_step(order_id, "complete")
    shop.done("order.link_revoke", {"order_id": order_id})
    assert "no longer works" in late.open(link["url"]).text


def test_a_lead_that_is_over_says_so_and_holds_no_money(shop: Shop, visitors: list[Visitor]) -> None:
    visitor = visitors[0].to_payment().with_card("tok_approve")
    leads = shop.done("order.list", {"order_queue_id": 1, "step_status": 1, "limit": 1, "direction": "desc"})["orders"]
    order_id = leads[0]["order_id"]
    shop.done("order.cancel", {"order_id": order_id, "reason": "expired"})

    over = visitor.send()
    assert f"Order {shop.order(order_id)['reference']} was not finished in time" in over.text
    assert shop.gateway.find(shop.hold_key(order_id)) is None
