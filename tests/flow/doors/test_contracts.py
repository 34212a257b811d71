"""Signed contracts on the engine: by event and by webhook, told again and again, with the function killed, and refused."""

import json
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from uuid import uuid4

import httpx
import pytest
from rich.console import Console

from infra.local.engine_process import ACCOUNT_ID, REPOSITORY
from infra.local.panel.process import LocalPanel
from infra.local.play.people import People
from infra.local.play.scenes import SCENES
from lambdas.records.quotes.contract import ContractRecords, KeptContract, Outcome, contract_digest
from tests.flow.conftest import Shop, until
from tests.flow.doors.dying_intake import POINTS
from tests.support.archive import PRODUCT, zipped
from tests.support.contracts import (
    COLOCATION,
    a_contract,
    a_service,
    an_envelope,
    by_card,
    docusign_headers,
    timed_headers,
)

pytestmark = pytest.mark.engine
SIGNER = {"signer": "Ada Lovelace", "signer_ip": "192.0.2.7"}


@pytest.fixture
def people(shop: Shop, panel: LocalPanel) -> Iterator[People]:
    with People(shop.stack, panel.url, SCENES["colocation"], Console(quiet=True)) as people:
        yield people


def fresh(**changes: Any) -> dict[str, Any]:
    """A contract that nobody has sent before."""
    return a_contract(contract_id=f"C-{uuid4()}", **changes)


def tell(shop: Shop, *contracts: dict[str, Any]) -> None:
    entries = [
        {
            "EventBusName": shop.stack.contract_bus,
            "Source": "sales",
            "DetailType": "ContractSigned",
            "Detail": json.dumps(contract),
        }
        for contract in contracts
    ]
    assert shop.client("events").put_events(Entries=entries)["FailedEntryCount"] == 0


def deliver(shop: Shop, provider: str, body: bytes, headers: dict[str, str]) -> httpx.Response:
    sent = {"content-type": "application/json", **headers}
    return httpx.post(f"{shop.stack.api_url}/contracts/{provider}", content=body, headers=sent, timeout=30)


def settled(shop: Shop, contract_id: str, signature_id: str) -> KeptContract:
    contracts, digest = ContractRecords(shop.records), contract_digest(contract_id, signature_id)

    def ask() -> KeptContract | None:
        kept = contracts.get(digest)
        return kept if kept and kept.outcome else None

    return until(f"contract {contract_id} settled", ask)


def drained(shop: Shop, queue_url: str) -> None:
    """Until every message, repeats included, was dealt with."""
    sqs, names = shop.client("sqs"), ["ApproximateNumberOfMessages", "ApproximateNumberOfMessagesNotVisible"]

    def ask() -> bool | None:
        counts = sqs.get_queue_attributes(QueueUrl=queue_url, AttributeNames=names)["Attributes"]
        return True if all(counts[name] == "0" for name in names) else None

    until("the contract queue empty", ask)


def orders_of(shop: Shop, contract_id: str) -> list[str]:
    """All orders made of it, found without its own records."""
    listed = shop.done("order.list", {"order_queue_id": COLOCATION, "limit": 500})["orders"]
    return [
        order["order_id"] for order in listed if order["info"].get("contract", {}).get("contract_id") == contract_id
    ]


def test_an_event_told_again_and_again_becomes_one_order_that_reaches_complete(shop: Shop, people: People) -> None:
    contract = fresh()
    tell(shop, *[contract] * 10)  # more than a batch: some are worked on side by side
    kept = settled(shop, contract["contract_id"], "sig-1")
    tell(shop, contract)
    drained(shop, shop.stack.contract_queue)

    assert orders_of(shop, contract["contract_id"]) == [kept.order_id]
    order = people.finished(shop.order(str(kept.order_id)))
    assert (order["step"]["status"], order["owner"], order["opportunity_id"]) == ("complete", "grace", 77)
    invoice = shop.invoices.of_order(order["order_id"])
    assert invoice is not None
    assert invoice.total_cents == 73_000
    assert shop.done("order.diff_contract", {"order_id": order["order_id"]})["same"] is True


def test_a_docusign_envelope_delivered_three_times_becomes_one_order_that_reaches_complete(
    shop: Shop, people: People
) -> None:
    client_id = shop.done("client.add", {"first": "Ada", "email": "ada@example.com", "company": "Engines"})["client_id"]
    said = {"client_id": client_id, "name": "Ten units", "owner": "grace", "order_queue_id": COLOCATION, "status": 4}
    quote_id = shop.done("client.quote_add", said)["quote_id"]
    line = {"desserv": "Ten units", "plan_id": "0", "period": 1, "price": "480.00", "setup": "250.00"}
    shop.done("client.quote_service_add", {"quote_id": quote_id, **line})
    envelope = an_envelope(quote_id, payment_type="ach", payment_token="tok_bank")
    body = json.dumps(envelope, indent=1).encode()
    headers = docusign_headers(body, "another key", shop.stack.contract_keys["docusign"])

    answers = [deliver(shop, "docusign", body, headers) for _ in range(3)]

    assert [(answer.status_code, answer.json()) for answer in answers] == [(200, {"received": True})] * 3
    kept = settled(shop, f"quote-{quote_id}", envelope["data"]["envelopeId"])
    drained(shop, shop.stack.contract_queue)
    assert orders_of(shop, f"quote-{quote_id}") == [kept.order_id]
    order = people.finished(shop.order(str(kept.order_id)))
    assert (order["client_id"], order["total"], order["step"]["status"]) == (client_id, "730.00", "complete")
    quote = shop.done("client.quote_get", {"quote_id": quote_id})
    assert (quote["status"], quote["order_id"], quote["signer"]) == ("signed", order["order_id"], "Ada Lovelace")


@pytest.fixture
def dying(shop: Shop, tmp_path: Path) -> Iterator[str]:
    """A queue with a function behind it that is the deployed one in all but this: it dies once at each point."""
    functions, sqs = shop.client("lambda"), shop.client("sqs")
    found = (each for page in functions.get_paginator("list_functions").paginate() for each in page["Functions"])
    deployed = next(each for each in found if each["Handler"] == "lambdas.intake.handler.handler")
    for point in POINTS:
        (tmp_path / point).touch()
    url = sqs.create_queue(QueueName=f"dying-{uuid4().hex}", Attributes={"VisibilityTimeout": "2"})["QueueUrl"]
    arn = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["QueueArn"])["Attributes"]["QueueArn"]
    variables = {**deployed["Environment"]["Variables"], "FAULT_FOLDER": str(tmp_path), "CONTRACT_TRIES": "50"}
    variables["CONTRACT_QUEUE_URL"] = url
    name = f"dying-{uuid4().hex}"
    functions.create_function(
        FunctionName=name,
        Runtime=deployed["Runtime"],
        Role=f"arn:aws:iam::{ACCOUNT_ID}:role/dying",  # not deployed: the deployed one may not read this queue
        Handler="tests.flow.doors.dying_intake.handler",
        Code={
            "ZipFile": zipped(
                REPOSITORY,
                *PRODUCT,
                "tests/__init__.py",
                "tests/flow/__init__.py",
                "tests/flow/doors/__init__.py",
                _DYING,
            )
        },
        Layers=[layer["Arn"] for layer in deployed["Layers"]],
        Environment={"Variables": variables},
        Timeout=30,
    )
    mapping = functions.create_event_source_mapping(
        EventSourceArn=arn, FunctionName=name, BatchSize=2, FunctionResponseTypes=["ReportBatchItemFailures"]
    )
    yield str(url)
    functions.delete_event_source_mapping(UUID=mapping["UUID"])
    functions.delete_function(FunctionName=name)
    sqs.delete_queue(QueueUrl=url)


_DYING = "tests/flow/doors/dying_intake.py"


def test_told_three_times_out_of_order_with_the_function_killed_it_is_one_order_each(
    shop: Shop, dying: str, tmp_path: Path
) -> None:
    by_event = fresh(payment=by_card("tok_approve"))
    by_webhook = fresh(payment=by_card("tok_approve"), persistent=True)
    again = {**by_webhook, "signature_id": "sig-2"}
    messages = [
        {"provider": "generic", "contract": again},
        {"detail-type": "ContractSigned", "detail": by_event},
        {"provider": "generic", "contract": by_webhook},
    ]
    sqs = shop.client("sqs")
    for number in range(9):
        sqs.send_message(QueueUrl=dying, MessageBody=json.dumps(messages[number * 2 % 3]))

    kept = settled(shop, by_event["contract_id"], "sig-1")
    several = [settled(shop, by_webhook["contract_id"], signature) for signature in ("sig-1", "sig-2")]
    drained(shop, dying)

    assert list(tmp_path.iterdir()) == []  # it died at each point
    assert orders_of(shop, by_event["contract_id"]) == [kept.order_id]
    assert sorted(orders_of(shop, by_webhook["contract_id"])) == sorted(str(one.order_id) for one in several)
    for one in (kept, *several):
        assert one.outcome is Outcome.SUBMITTED
        held = shop.gateway.find(shop.hold_key(str(one.order_id)))
        assert held is not None
        assert held.amount_cents == 73_000
        assert shop.gateway.find(shop.hold_key(str(one.order_id), 2)) is None


def parked(shop: Shop, marks: dict[str, str]) -> dict[str, str]:
    """The reasons of the dead letters whose body holds these marks, by what they are called."""
    sqs, found = shop.client("sqs"), dict[str, str]()

    def ask() -> bool | None:
        answer = sqs.receive_message(
            QueueUrl=shop.stack.contract_dead_letters, MessageAttributeNames=["All"], MaxNumberOfMessages=10
        )
        for message in answer.get("Messages", []):
            for name, mark in marks.items():
                if mark in message["Body"]:
                    found[name] = message["MessageAttributes"]["reason"]["StringValue"]
                    sqs.delete_message(
                        QueueUrl=shop.stack.contract_dead_letters, ReceiptHandle=message["ReceiptHandle"]
                    )
        return True if found.keys() == marks.keys() else None

    until("all of them set aside", ask)
    return found


def test_what_cannot_become_an_order_waits_with_its_reason(shop: Shop) -> None:
    bad = {
        "malformed": fresh(signed_at="yesterday"),
        "unknown queue": fresh(order_queue_id=404),
        "no quotes": fresh(order_queue_id=1),
        "unknown plan": fresh(services=[a_service(plan_id="77")]),
    }
    unreadable = f"not json {uuid4()}".encode()
    tell(shop, *bad.values())
    key = shop.stack.contract_keys["docusign"]
    assert deliver(shop, "docusign", unreadable, docusign_headers(unreadable, key)).status_code == 200

    marks = {name: str(contract["contract_id"]) for name, contract in bad.items()}
    reasons = parked(shop, {**marks, "unreadable": unreadable.decode()})

    assert reasons["malformed"].startswith("signed_at: ")
    assert reasons["unknown queue"] == "order_queue_id: no such queue; the queues that take quotes are 5"
    assert "takes no quotes" in reasons["no quotes"]
    assert reasons["unknown plan"].startswith("services.0.plan_id: no such service plan")
    assert reasons["unreadable"] == "body: the body is not JSON"
    assert orders_of(shop, bad["unknown plan"]["contract_id"]) == []


def test_only_who_can_sign_gets_in(shop: Shop) -> None:
    contract = fresh()
    body = json.dumps({"event": "ContractSigned", "contract": contract}).encode()
    key, now = shop.stack.contract_keys["generic"], int(time.time())

    assert deliver(shop, "generic", body, timed_headers(body, now, "forged")).status_code == 401
    assert deliver(shop, "generic", body, timed_headers(body, now - 301, key)).status_code == 401
    assert deliver(shop, "generic", body + b" ", timed_headers(body, now, key)).status_code == 401
    assert deliver(shop, "hellosign", body, timed_headers(body, now, key)).status_code == 404
    assert orders_of(shop, contract["contract_id"]) == []

    assert deliver(shop, "generic", body, timed_headers(body, now, key)).json() == {"received": True}
    assert settled(shop, contract["contract_id"], "sig-1").received_by == "contract:generic"


def test_a_declined_card_leaves_a_lead_that_its_owner_reads_of(shop: Shop) -> None:
    contract = fresh(payment=by_card("tok_decline"))
    tell(shop, contract)

    kept = settled(shop, contract["contract_id"], "sig-1")

    order = shop.order(str(kept.order_id))
    assert (kept.outcome, order["step"]["status"], order["owner"]) == (Outcome.LEAD, "leads", "grace")
    (note,) = shop.done("order.post_list", {"order_id": kept.order_id})["posts"]
    assert "declined" in note["body"]
    shop.done("order.update", {"order_id": kept.order_id, "info": {"cc_token": "tok_approve"}})
    assert shop.done("order.submit", {"order_id": kept.order_id})["step"]["status"] == "ordinary"
