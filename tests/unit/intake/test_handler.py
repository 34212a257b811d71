"""Messages of the contract queue: taken in, tried again, or set aside with their reason."""

import json
from dataclasses import dataclass, field
from typing import Any

import pytest
from botocore.exceptions import EndpointConnectionError

from lambdas.contracts.acceptance import Accepted, ContractIntake
from lambdas.contracts.contract import ContractSigned
from lambdas.intake.handler import Worker, take
from lambdas.intake.messages import ContractQueue, DeadLetters
from lambdas.orders.errors import OrderError
from lambdas.orders.payment_ports import ABSENT, Payer
from lambdas.orders.submit_errors import PaymentUnknownError
from tests.support.contracts import a_contract, a_service
from tests.support.logs import logged
from tests.unit.contracts.conftest import Sales, sales

__all__ = ["sales"]
TRIES = 5
CARD = "4111111111111111"


@dataclass
class Sqs:
    parked: list[tuple[str, dict[str, str]]] = field(default_factory=list)
    pauses: list[int] = field(default_factory=list)
    broken: bool = False

    def send_message(self, *, QueueUrl: str, MessageBody: str, MessageAttributes: Any) -> None:
        if self.broken:
            raise ConnectionError("out of reach")
        said = {name: str(value["StringValue"]) for name, value in MessageAttributes.items()}
        self.parked.append((MessageBody, said))

    def change_message_visibility(self, *, QueueUrl: str, ReceiptHandle: str, VisibilityTimeout: int) -> None:
        if self.broken:
            raise EndpointConnectionError(endpoint_url="queue")
        self.pauses.append(VisibilityTimeout)


@dataclass
class Failing(ContractIntake):
    """Refuses everything."""

    error: Exception

    def accept(self, signed: ContractSigned, by: str, payer: Payer = ABSENT) -> Accepted:
        raise self.error


@pytest.fixture
def sqs() -> Sqs:
    return Sqs()


@pytest.fixture
def worker(sales: Sales, sqs: Sqs) -> Worker:
    return a_worker(sales.process(), sqs)


def a_worker(contracts: ContractIntake, sqs: Sqs) -> Worker:
    return Worker(contracts, ContractQueue("queue", sqs), DeadLetters("dead", sqs), TRIES)


def a_message(body: Any, message_id: str = "m-1", received: int = 1) -> dict[str, Any]:
    text = body if isinstance(body, str) else json.dumps(body)
    return {
        "messageId": message_id,
        "receiptHandle": "r",
        "body": text,
        "attributes": {"ApproximateReceiveCount": str(received)},
    }


def an_event(**changes: Any) -> dict[str, Any]:
    return {"detail-type": "ContractSigned", "source": "crm", "id": "e-1", "detail": a_contract(**changes)}


def test_events_and_deliveries_become_orders_that_say_how_they_came(sales: Sales, worker: Worker, sqs: Sqs) -> None:
    delivery = {"provider": "generic", "contract": a_contract(contract_id="other")}

    assert take([a_message(an_event()), a_message(delivery, "m-2")], worker) == []

    assert sorted(order.changed_by for order in sales.orders()) == ["contract:event", "contract:generic"]
    assert sqs.parked == []


@pytest.mark.parametrize(
    ("body", "kind", "reason"),
    [
        ("not json", "malformed", "neither an event nor"),
        ({"hello": 1}, "malformed", "neither an event nor"),
        ({"provider": "docusign", "unreadable": "data is missing", "body": "{}"}, "malformed", "data is"),
        (an_event(signed_at="yesterday"), "malformed", "signed_at"),
        (an_event(order_queue_id=404), "invalid", "order_queue_id: no such queue"),
        (an_event(order_queue_id=1), "invalid", "takes no quotes"),
        (an_event(services=[a_service(plan_id="77")]), "invalid", "services.0.plan_id"),
        (an_event(contact=None, client_id="999"), "invalid", "client_id: no such client"),
    ],
)
def test_what_no_trying_helps_is_set_aside_at_once_with_the_reason(
    sales: Sales, sqs: Sqs, body: Any, kind: str, reason: str
) -> None:
    message = a_message(body)

    assert take([message], a_worker(sales.process(), sqs)) == []

    ((parked, said),) = sqs.parked
    assert parked == message["body"]
    assert (said["kind"], said["message_id"]) == (kind, "m-1")
    assert reason in said["reason"]
    assert sales.orders() == []


def test_one_bad_message_holds_up_no_other(sales: Sales, worker: Worker, sqs: Sqs) -> None:
    batch = [a_message("bad"), a_message(an_event(), "m-2"), a_message("bad", "m-3")]

    assert take(batch, worker) == []
    assert (len(sales.orders()), len(sqs.parked)) == (1, 2)


@pytest.mark.parametrize("error", [PaymentUnknownError("1001"), ConnectionError("tables out of reach")])
def test_what_may_succeed_later_is_handed_out_again_and_set_aside_at_its_last_try(sqs: Sqs, error: Exception) -> None:
    worker = a_worker(Failing(error), sqs)

    for received in range(1, TRIES):
        assert take([a_message(an_event(), received=received)], worker) == ["m-1"]
    assert (sqs.parked, sqs.pauses) == ([], [5, 20, 80, 320])
    assert take([a_message(an_event(), received=TRIES)], worker) == []

    ((_, said),) = sqs.parked
    expected = "order 1001" if isinstance(error, OrderError) else "ConnectionError"
    assert expected in said["reason"]


def test_what_cannot_be_put_back_sooner_comes_again_by_itself(sqs: Sqs) -> None:
    sqs.broken = True

    assert take([a_message(an_event())], a_worker(Failing(PaymentUnknownError("1001")), sqs)) == ["m-1"]


def test_what_cannot_be_set_aside_stays_in_the_queue(worker: Worker, sqs: Sqs) -> None:
    sqs.broken = True

    assert take([a_message("bad")], worker) == ["m-1"]


def test_a_card_number_is_not_kept_in_the_dead_letters(
    worker: Worker, sqs: Sqs, caplog: pytest.LogCaptureFixture
) -> None:
    take([a_message(an_event(owner=CARD))], worker)

    ((body, said),) = sqs.parked
    assert said["kind"] == "card_data"
    assert CARD not in body + said["reason"] + logged(caplog)


def test_no_person_is_in_log_or_reason(worker: Worker, sqs: Sqs, caplog: pytest.LogCaptureFixture) -> None:
    take([a_message(an_event()), a_message(an_event(order_queue_id=404, contract_id="x"), "m-2")], worker)

    assert "contract accepted" in logged(caplog)
    assert "Lovelace" not in logged(caplog)
    assert "ada@example.com" not in sqs.parked[0][1]["reason"]
