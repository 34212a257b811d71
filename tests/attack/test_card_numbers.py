"""Card numbers at every door, in spellings nobody thought of: none may be kept, and none may be repeated."""

import json
import time
from collections.abc import Iterator
from urllib.parse import parse_qs, quote, urlencode, urlsplit
from uuid import uuid4

import httpx
import pytest

from tests.flow.conftest import Shop, new_client_order
from tests.flow.doors.test_forms import CARD, PERSON, Visitor
from tests.support.contracts import a_contract, timed_headers

PAN = "4242 4242 4242 4242"
JOINTS = (
    "",
    "\u00a0",
    "\u2013",
    "\n",
    "\t",
    "/",
    "_",
    "\u200b",
    " - ",
    "\r\n",
    "*",
    "|",
    "\u2028",
    "&nbsp;",
    "%20",
    "\u3164",
)
SCRIPTS = (0xFF10, 0x660, 0x966, 0x1D7CE)  # where ten digits begin: full-width, Arabic, Devanagari, bold
SPELLINGS = [PAN.replace(" ", joint) for joint in JOINTS] + [
    PAN.translate({ord(str(digit)): zero + digit for digit in range(10)}) for zero in SCRIPTS
]


@pytest.fixture(scope="module")
def order_id(shop: Shop) -> str:
    return str(shop.done("order.create", new_client_order())["order_id"])


@pytest.fixture
def mark() -> str:
    """Stands beside every number that a test sends, so that it is found wherever the number is kept."""
    return uuid4().hex[:12].translate(str.maketrans("0123456789", "ghijklmnop"))


@pytest.fixture
def visitor(shop: Shop) -> Iterator[Visitor]:
    with httpx.Client(base_url=shop.stack.api_url, follow_redirects=True, timeout=30) as http:
        yield Visitor(http)


def kept(shop: Shop, mark: str) -> list[str]:
    """Every item of every table that holds the mark."""
    scan = shop.dynamodb.get_paginator("scan")
    tables = shop.dynamodb.list_tables()["TableNames"]
    items = (
        json.dumps(item, default=str)
        for table in tables
        for page in scan.paginate(TableName=table)
        for item in page["Items"]
    )
    return [item for item in items if mark in item]


def test_a_card_number_is_not_put_on_an_order(shop: Shop, order_id: str, mark: str) -> None:
    for spelling in SPELLINGS:
        said = f"{mark} {spelling}"
        answers = [
            shop.call("order.update", {"order_id": order_id, "info": {"note": said}}),
            shop.call("order.update", {"order_id": order_id, "info": {"a": [{said: "x"}]}}),
            shop.call("order.update", {"order_id": order_id, "owner": said}),
            shop.call("order.respond", {"order_id": order_id, "body": said}),
            shop.call("order.process", {"order_id": order_id, "order_action_id": 1, "input": {"a": said}}),
            shop.call("order.cancel", {"order_id": order_id, "reason": said}),
            shop.call("client.add", {"first": mark, "company": spelling}),
            shop.http.post("/order.update", params={"order_id": order_id}, data={"info[note]": said}),
            shop.http.post("/order.update", files={"order_id": (None, order_id), "info[note]": (None, said)}),
            shop.call("order.update", {"order_id": order_id}, **{"Idempotency-Key": quote(f"{mark} {PAN}")}),
        ]
        assert [answer.status_code for answer in answers] == [422] * len(answers), ascii(spelling)
        assert not [answer.text for answer in answers if "4242" in answer.text or mark in answer.text]
    assert kept(shop, mark) == []


def test_a_card_number_is_not_put_on_an_order_by_the_old_door(shop: Shop, order_id: str, mark: str) -> None:
    for spelling in SPELLINGS:
        nested = {"order_id": order_id, "info[deep][er]": f"{mark} {spelling}"}
        method = {"method": "order.update"}
        answers = [
            shop.http.post("/api/2.0/", params={**method, **nested}),
            shop.http.post(
                "/api/2.0/", params=method, json={"order_id": order_id, "info": {"x": f"{mark} {spelling}"}}
            ),
            shop.http.post("/api/2.0/", data={**method, **nested}),
            shop.http.post("/api/2.0/", data={**method, **nested}, files={"file": ("a.txt", b"a")}),
            shop.http.post("/api/2.0/", data={**method, "order_id": order_id, f"info[{mark} {spelling}]": "x"}),
        ]
        assert [answer.json()["status"] for answer in answers] == [False] * len(answers), ascii(spelling)
        assert not [answer.text for answer in answers if "4242" in answer.text or mark in answer.text]
    assert kept(shop, mark) == []


def test_a_card_number_is_not_attached(shop: Shop, order_id: str, mark: str) -> None:
    for spelling in SPELLINGS:
        for name, content in (
            (f"{mark}.txt", spelling),
            (f"{mark}.csv", f"a;b\n{spelling};c"),
            (f"{mark}.eml", f"To: a\n\n{spelling}"),
        ):
            said = {"order_id": order_id, "subject": "a file", "followup": mark}
            answer = shop.http.post(
                "/order.respond", data=said, files={"attach": (name, content.encode(), "text/plain")}
            )
            assert (answer.status_code, answer.json()["type"].split(":")[-1]) == (422, "card_data"), ascii(spelling)
    assert kept(shop, mark) == []


def test_a_card_number_is_not_typed_into_a_form(shop: Shop, visitor: Visitor, mark: str) -> None:
    visitor.open("/forms/hosting").send(plan="1:12", email="ada@example.com").send(site="www.example.com")
    for spelling in SPELLINGS:
        page = visitor.send(**{**PERSON, "first": f"{mark} {spelling}"})
        assert "This looks like a card number" in page.text, ascii(spelling)
        assert mark not in page.text
    assert kept(shop, mark) == []


@pytest.mark.parametrize("name", ["token", "brand", "last_four", "expiry"])
def test_a_card_number_does_not_come_back_from_the_payment_page(
    shop: Shop, visitor: Visitor, mark: str, name: str
) -> None:
    visitor.to_payment()
    asked = parse_qs(urlsplit(visitor.led_away(terms="1", terms_signature="Ada Lovelace", payment="enter:card")).query)
    back = urlsplit(asked["return"][0]).path
    for spelling in ("4242424242424242", "4242-4242_42424242", *SPELLINGS):
        answer = {"state": asked["state"][0], "token": "tok_approve", **CARD, name: f"{mark}-{spelling}"}
        page = visitor.open(f"{back}?{urlencode(answer)}")
        assert "card number" in page.text or "could not be read" in page.text, ascii(spelling)
        assert "ending in" not in page.text
    assert kept(shop, mark) == []


def test_a_card_number_does_not_come_with_a_signed_contract(shop: Shop, mark: str) -> None:
    for spelling in SPELLINGS:
        contract = a_contract(contract_id=f"C-{mark}", signer={"name": spelling})
        body = json.dumps({"event": "ContractSigned", "contract": contract}).encode()
        signed = timed_headers(body, int(time.time()), shop.stack.contract_keys["generic"])
        answer = shop.http.post(
            "/contracts/generic", content=body, headers={"content-type": "application/json", **signed}
        )
        assert (answer.status_code, "4242" in answer.text) == (422, False), ascii(spelling)
    assert kept(shop, mark) == []


def test_an_ordinary_german_mobile_number_is_none(shop: Shop, visitor: Visitor) -> None:
    """It passes for a card's number of 13 digits, and is left alone where telephone numbers belong."""
    order = shop.done("order.create", {"order_queue_id": 1, "info": {"phone": "49 171 12345674", "country": "DE"}})
    assert order["info"]["phone"] == "+49 171 12345674"
    assert shop.call("order.update", {"order_id": order["order_id"], "info": {"phone": PAN}}).status_code == 422
    visitor.open("/forms/hosting").send(plan="1:12", email="ada@example.com").send(site="www.example.com")
    page = visitor.send(**{**PERSON, "country": "DE", "phone": "49 171 12345674"})
    assert page.path == "/forms/hosting/payment"
