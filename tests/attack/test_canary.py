"""A canary card and a canary person go through every door: the card is kept nowhere, the person only where they belong."""

import json
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from random import Random
from typing import Any
from uuid import uuid4

import httpx
import pytest

from tests.attack.everything_kept import EverythingKept, keep_events
from tests.flow.conftest import Shop, new_client_order, order_whose_login_is_taken
from tests.flow.doors.test_contracts import deliver, drained, settled, tell
from tests.flow.doors.test_forms import PERSON, Visitor, order_id_of
from tests.flow.money.provider import PATH, Provider, new_event_id
from tests.flow.server_orders import SERVER, submitted
from tests.flow.staff.test_widgets import invoke
from tests.stand_ins.stripe.webhooks import signature_header
from tests.support.cards import luhn_digit
from tests.support.contracts import a_contract, timed_headers

# The order and its clients' records, the lists and the history of the desk, what was sent and attached, and a contract that
# could not become an order, which waits for a person in the dead letters (docs/contracts.md).
BELONGS = {
    "table StorageOrderTable order",
    "table StorageOrderTable key",  # the first answer to an Idempotency-Key; it expires
    *(f"table StorageRecordTable {kind}" for kind in ("client", "contract", "invoice", "login", "post")),
    "table StorageHistoryTable",
    "table StorageDeskTable",
    "queue IntakeDeadLetters",
    "bucket AttachmentsBucket",
    "mail",
}


@pytest.fixture
def kept(shop: Shop) -> EverythingKept:
    events = f"canary-{uuid4().hex[:8]}"
    keep_events(shop, events)
    return EverythingKept(shop, datetime.now(UTC), events)


@pytest.fixture
def visitor(shop: Shop) -> Iterator[Visitor]:
    with httpx.Client(base_url=shop.stack.api_url, follow_redirects=True, timeout=60) as http:
        yield Visitor(http)


def a_card() -> str:
    """A number of sixteen digits that nobody else sends."""
    body = "4" + "".join(Random().choices("0123456789", k=14))
    return body + luhn_digit(body)


def signed_contract(shop: Shop, contract: dict[str, Any]) -> httpx.Response:
    body = json.dumps({"event": "ContractSigned", "contract": contract}).encode()
    return deliver(shop, "generic", body, timed_headers(body, int(time.time()), shop.stack.contract_keys["generic"]))


def told_by_provider(shop: Shop, **of_payment: Any) -> httpx.Response:
    """A signed webhook about a payment that nobody knows."""
    about = {"id": "sb_0", "object": "payment_intent", **of_payment}
    body = json.dumps({"id": new_event_id(), "type": "payment_intent.created", "data": {"object": about}})
    signed = signature_header(body, (Provider(shop).key,), int(time.time()))
    headers = {"Sandbox-Signature": signed, "Content-Type": "application/json"}
    return httpx.post(f"{shop.stack.api_url}{PATH}", content=body, headers=headers, timeout=60)


def acted_at_desk(shop: Shop, order_id: str, reason: str) -> str:
    """What the desk says when somebody processes the call-back for this reason."""
    shop.until_action(order_id, "Identity Call-back", "waiting")
    found = {"show": "find", "widgetContext": {"forms": {"all": {"desk.query": order_id}}}}
    _, order = invoke(shop, "Reader", found)
    (process,) = (button for button in order.buttons if button.parameters.get("act") == "process")
    typed = {name: reason for name in order.inputs if name.endswith(".reason")}
    _, popup = invoke(shop, "Actor", {**process.parameters, "widgetContext": {"forms": {"all": typed}}})
    return " ".join(popup.text)


def test_a_card_is_kept_nowhere(shop: Shop, visitor: Visitor, kept: EverythingKept) -> None:
    card = a_card()
    spaced = " ".join(card[at : at + 4] for at in range(0, 16, 4))
    order_id = str(shop.done("order.create", new_client_order())["order_id"])
    at_desk = submitted(shop)
    visitor.open("/forms/hosting").send(plan="1:12", email="ada@example.com").send(site="www.example.com")

    for number in (card, spaced):
        for answer in card_at_api(shop, order_id, number):
            assert (answer.status_code, card in answer.text, spaced in answer.text) == (422, False, False), answer.text
        for answer in card_beside_content(shop, number):
            assert (card in answer.text, spaced in answer.text) == (False, False)
            assert answer.status_code >= 400
        assert "looks like a card number" in visitor.send(**{**PERSON, "last": number}).text
        assert "card number" in acted_at_desk(shop, at_desk, number)
        assert signed_contract(shop, a_contract(contract_id=f"C-{uuid4()}", owner=number)).status_code == 422
        told_by_provider(shop, description=number, metadata={number: number})
        tell(shop, a_contract(contract_id=f"C-{uuid4()}", signer={"name": number, "email": "ada@example.com"}))
    drained(shop, shop.stack.contract_queue)

    assert kept.places_of(card) == {}


def card_at_api(shop: Shop, order_id: str, number: str) -> list[httpx.Response]:
    said = {"order_id": order_id}
    return [
        shop.call("order.create", new_client_order(cc_num=number)),
        shop.call("order.update", {**said, "info": {"deep": [{"er": number}]}}),
        shop.call("order.respond", {**said, "body": number}),
        shop.http.post("/order.respond", data=said, files={"attach": ("a.txt", number.encode(), "text/plain")}),
        shop.call("order.cancel", {**said, "reason": number}),
        shop.call("client.add", {"first": number}),
    ]


def card_beside_content(shop: Shop, number: str) -> list[httpx.Response]:
    """Where nobody expects one: in the path, the query, a header and a login."""
    http = httpx.Client(base_url=shop.stack.api_url, timeout=60)
    with http:
        return [
            shop.http.get("/order.get", params={"order_id": number}),
            shop.http.get("/order.search", params={"query": number}),
            http.get(f"/orders/{number}"),
            http.get(f"/forms/hosting/resume/{number}"),
            http.post("/order.get", json={}, auth=(number, number)),
            http.get(f"/{number}", headers={"User-Agent": number, "Referer": f"https://a.example/?card={number}"}),
        ]


def test_a_person_is_kept_only_where_they_belong(shop: Shop, visitor: Visitor, kept: EverythingKept) -> None:
    mark = "q" + uuid4().hex.translate(str.maketrans("0123456789", "ghijklmnop"))[:12]
    email = f"{mark}@example.com"
    person = {
        "first": mark,
        "last": mark,
        "email": email,
        "company": mark,
        "address": mark,
        "phone": "+44 20 7946 0018",
    }

    order_id = str(shop.done("order.create", new_client_order(**person))["order_id"])
    shop.done("order.update", {"order_id": order_id, "info": {"note": mark}})
    said = {"order_id": order_id, "subject": mark, "followup": mark}
    shop.http.post("/order.respond", data=said, files={"attach": (f"{mark}.txt", mark.encode())}).raise_for_status()
    shop.done("order.submit", {"order_id": order_id})
    shop.until_step(order_id, "complete")
    shop.execution_ended(order_id)
    for refused in person_refused(shop, mark):
        assert refused.status_code >= 400
    taken = order_whose_login_is_taken(shop, mark)
    shop.until_action(taken, "Provision Client", "waiting")

    server = submitted(shop, info={**new_client_order(**person, pack1=SERVER)["info"]})
    assert acted_at_desk(shop, server, f"{mark} called back").startswith("Done")
    shop.until_action(server, "Rack and Cable", "waiting")
    shop.done("order.cancel", {"order_id": server, "reason": f"{mark} changed their mind"})
    shop.until_unwound(server)

    visitor.open("/forms/hosting").send(plan="1:12", email=email).send(site="www.example.com")
    visitor.send(**{**PERSON, "first": mark, "last": mark}).with_card("tok_approve")
    shop.until_step(order_id_of(shop, visitor.send()), "complete")

    signed = a_contract(contract_id=f"C-{uuid4()}", signer={"name": mark, "email": email, "ip": "192.0.2.7"})
    contact = {"contact": {**signed["contact"], **person}}
    assert signed_contract(shop, {**signed, **contact}).is_success
    settled(shop, signed["contract_id"], "sig-1")
    told = a_contract(contract_id=f"C-{uuid4()}", order_queue_id=987, **contact)
    tell(shop, told)
    told_by_provider(shop, billing_details={"name": mark, "email": email}, metadata={"order_id": mark})
    drained(shop, shop.stack.contract_queue)

    found = kept.places_of(mark)
    assert set(found) == BELONGS, found
    whatever = set(kept.places_of(f"orderid{order_id}"))  # the reader sees what it finds no person in
    assert {"execution", "execution's history", f"queue {kept.events}"} < whatever
    assert any(place.startswith("log ") for place in whatever)


def person_refused(shop: Shop, mark: str) -> list[httpx.Response]:
    """Refused by each kind of rule, whose words go into logs and errors."""
    return [
        shop.call("order.create", new_client_order(email=f"{mark} at example.com", cc_expire=mark)),
        shop.call("order.create", {**new_client_order(first=mark), "order_queue_id": mark, mark: mark}),
        shop.call("order.create", new_client_order(country=mark, first=mark)),
        shop.http.get("/order.get", params={"order_id": mark, mark: mark}),
        shop.http.post("/order.create", content=f'{{"info": {{"first": "{mark}"}}'),
        httpx.get(f"{shop.stack.api_url}/orders/{mark}", timeout=60),
        httpx.get(f"{shop.stack.api_url}/forms/hosting/resume/{mark}", timeout=60),
        httpx.post(f"{shop.stack.api_url}/order.get", json={}, auth=(mark, mark), timeout=60),
    ]
