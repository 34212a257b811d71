"""Quotes over the API: made, filled, signed into an order, and compared with it (reference/ubersmith.md 3.1)."""

import base64
import hashlib
import json
from typing import Any

import boto3
import pytest

from lambdas.orders.model.queue import QUEUES_ROOT, Queue
from lambdas.records.clients.client import Client, ClientRecords
from lambdas.records.clients.stored_methods import PaymentMethodRecords
from lambdas.records.posts.attachment import AttachmentFiles
from lambdas.records.posts.post import PostRecords
from lambdas.records.users.rights import ROLES, Grant, Right
from tests.support.build import NOW, a_queue
from tests.unit.api.auth.test_rights import as_user
from tests.unit.api.conftest import Answer, Caller
from tests.unit.records.builders import CARD_METHOD

HOSTING = 9
PDF = b"%PDF-1.7\nsigned"
SIGNER = {"signer": "Ada Lovelace", "signer_ip": "192.0.2.7"}


@pytest.fixture
def seller(caller: Caller, monkeypatch: pytest.MonkeyPatch) -> Caller:
    """With a queue that takes quotes and captures money, and a bucket for documents."""
    boto3.client("s3").create_bucket(Bucket="files")
    monkeypatch.setenv("ATTACHMENT_BUCKET", "files")
    queues = dict(caller.api.backend.queues)
    colocation = Queue.read(QUEUES_ROOT / "colocation")
    extended = {**queues, HOSTING: a_queue(allow_quotes=True), colocation.order_queue_id: colocation}
    object.__setattr__(caller.api.backend.service, "queues", extended)
    return caller


@pytest.fixture
def client_id(seller: Caller) -> str:
    clients = ClientRecords(seller.api.backend.records)
    return clients.add(Client(client_id=clients.new_client_id(), brand_id=1, first="Ada", created_at=NOW))


def a_quote(client_id: str, /, **changes: Any) -> dict[str, Any]:
    said = {"client_id": client_id, "name": "Ten units", "owner": "grace", "order_queue_id": HOSTING, "status": "4"}
    return {**said, **changes}


def a_line(quote_id: str, /, **changes: Any) -> dict[str, Any]:
    said = {"quote_id": quote_id, "desserv": "Ten units", "plan_id": "0", "period": "1", "price": "480", "setup": "250"}
    return {**said, **changes}


@pytest.fixture
def quote_id(seller: Caller, client_id: str) -> str:
    quote_id = str(seller.data("client.quote_add", a_quote(client_id)))
    seller.data("client.quote_service_add", a_line(quote_id))
    return quote_id


def refused(caller: Caller, method: str, parameters: dict[str, Any]) -> str:
    answer = caller.send("/api/2.0/", query=f"method={method}", body=json.dumps(parameters))
    assert (answer.status, answer.body["status"]) == (200, False)
    return str(answer.body["error_message"])


def test_a_quote_is_answered_in_text_with_its_services(seller: Caller, client_id: str) -> None:
    said = a_quote(client_id, term="2", term_type="y", expires="2027-12-31", notes="for the board", opportunity_id="7")
    quote_id = seller.data("client.quote_add", said)
    assert seller.data("client.quote_service_add", a_line(quote_id, setup_qs="1")) == "1"

    found = seller.data("client.quote_get", {"quote_id": quote_id})

    service = found.pop("services")["1"]
    assert found == {
        "quote_id": quote_id,
        "client_id": client_id,
        "class_id": "1",
        "name": "Ten units",
        "owner": "grace",
        "status": "4",
        "order_queue_id": str(HOSTING),
        "opportunity_id": "7",
        "term": "24",
        "term_type": "m",
        "expires": "1830211200",
        "notes": "for the board",
        "created": str(NOW),
        "signer": "",
        "signed": "0",
        "order_id": "0",
        "duplicate_of": "0",
        "total": "730.00",
    }
    assert (service["price"], service["setup"], service["setup_qs"], service["plan_id"]) == (
        "480.00",
        "250.00",
        "1",
        "0",
    )


def test_a_signed_quote_is_a_submitted_order(seller: Caller, quote_id: str, client_id: str) -> None:
    said = {"quote_id": quote_id, **SIGNER, "cc_token": "tok_approve", "cc_num": "4242", "cc_exp": "1230"}
    signed = seller.data("client.quote_sign", said)

    assert signed == {"quote_id": quote_id, "order_id": "1001", "submitted": "1", "reason": ""}
    order = seller.api.backend.service.get(order_id="1001")
    assert (order.client_id, order.signature, order.owner) == (client_id, "Ada Lovelace", "grace")
    assert order.hold is not None
    assert (order.hold.amount_cents, order.step.name) == (73_000, "Processing")
    assert order.info["contract"]["quote_id"] == quote_id
    quote = seller.call("client.quote_get", {"quote_id": quote_id}).body
    assert (quote["status"], quote["order_id"], quote["signer"]) == ("signed", "1001", "Ada Lovelace")


def test_a_quote_that_comes_to_another_sum_than_was_shown_is_not_signed(seller: Caller, quote_id: str) -> None:
    shown = seller.call("client.quote_get", {"quote_id": quote_id}).body["total"]
    seller.data("client.quote_service_add", a_line(quote_id, desserv="Cross connect", price="50", setup="0"))
    said = {"quote_id": quote_id, **SIGNER, "billing_info_id": "-1"}

    answer = seller.call("client.quote_sign", {**said, "total": shown})

    assert (answer.status, answer.body["type"].rpartition(":")[2]) == (409, "total_differs")
    assert (answer.body["said_total"], answer.body["total"]) == ("730.00", "780.00")
    assert seller.orders_written() == 0
    assert seller.call("client.quote_sign", {**said, "total": "780.00"}).body["outcome"] == "submitted"


def test_signed_again_the_same_way_it_is_the_same_order(seller: Caller, quote_id: str) -> None:
    said = {"quote_id": quote_id, **SIGNER}
    first = seller.call("client.quote_sign", said)
    again = seller.call("client.quote_sign", said)

    assert first.body["outcome"] == "submitted"
    assert again.body == {**first.body, "repeated": True}
    assert "order 1001 was made" in refused(seller, "client.quote_sign", {**said, "signer": "Eve"})
    assert list(seller.data("order.list", {"order_queue_id": HOSTING})) == ["1001"]


def test_a_persistent_quote_makes_an_order_each_time_and_one_per_key(seller: Caller, client_id: str) -> None:
    quote_id = seller.data("client.quote_add", a_quote(client_id, status=32))
    seller.data("client.quote_service_add", a_line(quote_id))
    said = {"quote_id": quote_id, **SIGNER}

    orders = [seller.call("client.quote_sign", said).body["order_id"] for _ in range(2)]
    keyed = [seller.call("client.quote_sign", said, **{"idempotency-key": "k"}).body["order_id"] for _ in range(2)]

    assert len({*orders, *keyed}) == 3
    listed = seller.data("client.quote_list", {"client_id": client_id, "status": 8})
    assert [one["duplicate_of"] for one in listed.values()] == [quote_id] * 2
    assert list(seller.data("client.quote_list", {"client_id": client_id, "status": 32})) == [quote_id]


def test_a_refused_card_is_said_with_the_order_that_waits(seller: Caller, quote_id: str) -> None:
    signed = seller.data("client.quote_sign", {"quote_id": quote_id, **SIGNER, "cc_token": "tok_decline"})

    assert (signed["order_id"], signed["submitted"]) == ("1001", "0")
    assert "declined" in signed["reason"]
    assert seller.call("order.get", {"order_id": "1001"}).body["step"]["status"] == "leads"
    seller.data("order.update", {"order_id": "1001", "info": {"cc_token": "tok_approve"}})
    assert seller.data("order.submit", {"order_id": "1001"})


def test_the_document_is_kept_with_its_hash(seller: Caller, quote_id: str) -> None:
    boundary = "b"
    fields = {"quote_id": quote_id, **SIGNER}
    parts = [
        f'--{boundary}\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'
        for name, value in fields.items()
    ]
    file = f'--{boundary}\r\nContent-Disposition: form-data; name="contract"; filename="c.pdf"\r\n'
    body = "".join(parts).encode() + file.encode() + b"Content-Type: application/pdf\r\n\r\n" + PDF
    answers: list[Answer] = [
        seller.send(
            "/client.quote_sign",
            body=body + f"\r\n--{boundary}--\r\n".encode(),
            content_type=f"multipart/form-data; boundary={boundary}",
        )
        for _ in range(2)
    ]

    assert [answer.status for answer in answers] == [201, 201], answers[0].body
    order_id = answers[0].body["order_id"]
    info = seller.call("order.get", {"order_id": order_id}).body["info"]
    assert info["contract"]["document_sha256"] == hashlib.sha256(PDF).hexdigest()
    (note,) = PostRecords(seller.api.backend.records).of_order(order_id)
    assert AttachmentFiles("files", boto3.client("s3")).content(note.attachments[0]) == PDF


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"order_queue_id": 1}, "order_queue_id"),
        ({"order_queue_id": 404}, "order_queue_id"),
        ({"client_id": "999"}, "client_id"),
        ({"status": 8}, "status"),
        ({"expires": "soon"}, "expires"),
        ({"term_type": "w"}, "term_type"),
        ({"owner": ""}, "owner"),
    ],
)
def test_a_quote_that_cannot_be_is_refused(seller: Caller, client_id: str, changes: dict[str, Any], field: str) -> None:
    answer = seller.call("client.quote_add", a_quote(client_id, **changes))

    assert answer.status in (400, 404, 409, 422)
    assert [error["field"] for error in answer.body["errors"]] == [field]


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"plan_id": "77", "price": "1"}, "plan_id"),
        ({"price": ""}, "price"),
        ({"plan_id": "1", "price": "", "period": "3"}, "price"),
        ({"price": "1.005"}, "price"),
        ({"discount": "481"}, "discount"),
        ({"discount": "101", "discount_type": 0}, "discount"),
        ({"plan_id": "2", "options": {"31": {"po_id": "9"}}}, "options.31"),
        ({"options": {"31": {"price": "1", "discount": "2"}}}, "options.31.discount"),
        ({"quantity": "0"}, "quantity"),
        ({"quote_id": "99"}, "quote_id"),
    ],
)
def test_a_service_that_cannot_be_quoted_is_refused(
    seller: Caller, quote_id: str, changes: dict[str, Any], field: str
) -> None:
    answer = seller.call("client.quote_service_add", a_line(quote_id, **changes))

    assert answer.status in (400, 404, 422)
    assert [error["field"] for error in answer.body["errors"]] == [field]


@pytest.mark.parametrize(
    ("changes", "amounts"),
    [
        ({"period": "12"}, ("5760.00", "250.00", "0.00")),
        ({"period": "12", "bill_type": "0"}, ("480.00", "250.00", "0.00")),
        ({"period": "0"}, ("480.00", "250.00", "0.00")),
        ({"period": "12", "discount": "10"}, ("5760.00", "250.00", "120.00")),
        ({"discount": "12.5", "discount_type": "0"}, ("480.00", "250.00", "60.00")),
        ({"price": "0.05", "discount": "50", "discount_type": "0"}, ("0.05", "250.00", "0.03")),
        ({"plan_id": "2", "period": "12", "price": "", "setup": ""}, ("1599.00", "0.00", "0.00")),
        ({"plan_id": "2", "period": "12", "price": "0", "setup": "0"}, ("0.00", "0.00", "0.00")),
    ],
)
def test_prices_are_fixed_when_the_service_is_added(
    seller: Caller, quote_id: str, changes: dict[str, Any], amounts: tuple[str, str, str]
) -> None:
    seller.data("client.quote_service_add", a_line(quote_id, **changes))

    service = seller.data("client.quote_get", {"quote_id": quote_id})["services"]["2"]
    assert (service["price"], service["setup"], service["discount"]) == amounts


def test_a_draft_is_opened_and_a_signed_quote_is_fixed(seller: Caller, client_id: str) -> None:
    quote_id = seller.data("client.quote_add", a_quote(client_id, status=""))
    seller.data("client.quote_service_add", a_line(quote_id))
    sign = {"quote_id": quote_id, **SIGNER}
    assert "open it with client.quote_update" in refused(seller, "client.quote_sign", sign)

    assert seller.data("client.quote_update", {"quote_id": quote_id, "status": 4, "name": "Eleven"}) is True
    seller.data("client.quote_sign", sign)

    for method, said in (
        ("client.quote_update", {"quote_id": quote_id, "name": "Twelve"}),
        ("client.quote_service_add", a_line(quote_id)),
    ):
        assert "is signed" in refused(seller, method, said)


@pytest.mark.parametrize(
    ("payment", "field"),
    [
        ({"cc_num": "4242"}, "cc_token"),
        ({"ach_acct": "6789"}, "ach_token"),
        ({"cc_token": "tok_approve", "billing_info_id": "-1"}, "billing_info_id"),
        ({"cc_num": "4111111111111111", "cc_token": "tok_approve"}, "cc_num"),
        ({"cc_cvv2": "123", "cc_token": "tok_approve"}, "cc_cvv2"),
        ({"billing_info_id": "777"}, "info.billing_info_id"),
        ({"signer_ip": "next door"}, "signer_ip"),
        ({"contract": "a text"}, "contract"),
    ],
)
def test_a_payment_that_cannot_be_signs_nothing(
    seller: Caller, quote_id: str, payment: dict[str, str], field: str
) -> None:
    answer = seller.call("client.quote_sign", {"quote_id": quote_id, **SIGNER, **payment})

    assert answer.status in (400, 422)
    assert field in [error["field"] for error in answer.body["errors"]]
    assert seller.orders_written() == 0
    assert seller.call("client.quote_get", {"quote_id": quote_id}).body["status"] == "open"


def test_what_was_not_signed_is_shown(seller: Caller, quote_id: str) -> None:
    said = {"quote_id": quote_id, **SIGNER, "cc_token": "tok_decline"}
    order_id = seller.data("client.quote_sign", said)["order_id"]
    same = seller.data("order.diff_contract", {"order_id": order_id})
    assert (same["contract_id"], same["same"], same["differences"]) == (f"quote-{quote_id}", "1", [])

    seller.data("order.update", {"order_id": order_id, "info": {"pack1": {"price": "400"}, "pack2": {"plan_id": "1"}}})

    found = seller.data("order.diff_contract", {"order_id": order_id})
    assert [one["text"] for one in found["differences"].values()] == [
        "pack1 price: signed 480.00, ordered 400.00",
        "pack2 was not signed: 1 x plan 1 at 9.95 for 1 months",
    ]
    view = seller.call("order.diff_contract", {"order_id": order_id}).body
    assert (view["same"], [one["kind"] for one in view["differences"]]) == (False, ["changed", "added"])


def test_who_may_not_see_people_sees_the_numbers_of_what_was_not_signed(seller: Caller, quote_id: str) -> None:
    order_id = seller.data("client.quote_sign", {"quote_id": quote_id, **SIGNER, "cc_token": "tok_decline"})["order_id"]
    changes = {"pack1": {"price": "400", "desserv": "ada.example"}, "pack2": {"plan_id": "1", "desserv": "ada.example"}}
    seller.data("order.update", {"order_id": order_id, "info": changes})

    found = as_user(seller, Grant(rights=ROLES["viewer"]), "order.diff_contract", {"order_id": order_id}).body
    told = [(one["kind"], one["field"], one["signed"], one["ordered"]) for one in found["differences"]]
    assert told == [
        ("changed", "desserv", "(not shown)", "(not shown)"),
        ("changed", "price", "480.00", "400.00"),
        ("added", "", "", "(not shown)"),
    ]
    assert (found["contract_id"], found["signature_id"], found["same"]) == ("", "", False)


def test_an_order_without_a_contract_has_nothing_to_compare(seller: Caller) -> None:
    order_id = seller.call("order.create", {"order_queue_id": 1}).body["order_id"]

    assert seller.call("order.diff_contract", {"order_id": order_id}).status == 404


def test_quotes_are_seen_and_signed_only_in_the_user_s_queues(seller: Caller, client_id: str, quote_id: str) -> None:
    other = seller.data("client.quote_add", a_quote(client_id, order_queue_id=5))
    rights = ROLES["sales"] | {Right.VIEW}
    token = seller.api.users.add("five", (Grant(rights=rights, queues=frozenset({5})),), now=0)
    as_five = {"authorization": "Basic " + base64.b64encode(f"five:{token}".encode()).decode()}

    assert seller.call("client.quote_get", {"quote_id": quote_id}, **as_five).status == 403
    assert seller.call("client.quote_get", {"quote_id": other}, **as_five).status == 200
    assert seller.call("client.quote_sign", {"quote_id": quote_id, **SIGNER}, **as_five).status == 403


def test_a_stored_method_signs_only_for_who_may_see_its_client(seller: Caller, client_id: str, quote_id: str) -> None:
    """The quote is of their queue, the client and what they stored is of none."""
    stored = PaymentMethodRecords(seller.api.backend.records).add(client_id, CARD_METHOD, is_default=True)
    said = {"quote_id": quote_id, **SIGNER, "billing_info_id": stored}
    in_queue = Grant(rights=frozenset(Right), queues=frozenset({HOSTING}))
    sees_clients = Grant(rights=frozenset(Right), queues=frozenset({HOSTING, 0}))

    refused_to = as_user(seller, in_queue, "client.quote_sign", said)
    assert (refused_to.status, refused_to.body["type"]) == (403, "urn:order-queues:problem:not_allowed")
    assert seller.orders_written() == 0
    assert as_user(seller, sees_clients, "client.quote_sign", said).status == 201
