"""The relay starts and wakes machines: each order by itself, the changes of one in their order."""

from collections.abc import Sequence
from typing import Any

import pytest
from botocore.exceptions import ClientError

from lambdas.orders.decisions import progress
from lambdas.orders.machine import Answer, Machine
from lambdas.orders.model.order import Order, Wait
from lambdas.orders.ports import OrderStore
from lambdas.orders.store import order_item
from lambdas.outbox import relay as outbox
from lambdas.outbox.changes import NoDeadLetters, batch_response
from lambdas.outbox.execution_starts import ExecutionStarter
from tests.support.build import CONTACT, NOW, an_order
from tests.support.fakes import FakeDeadLetters, FakeMachine, InMemoryOrderStore
from tests.support.logs import logged


def relay(
    records: Sequence[dict[str, Any]],
    machine: Machine,
    orders: OrderStore | None = None,
    dead_letters: FakeDeadLetters | None = None,
) -> list[str]:
    """The sequence numbers of the records that have to come again."""
    care = ExecutionStarter(machine, orders or InMemoryOrderStore(), lambda: NOW)
    return outbox.relay(records, care, dead_letters or FakeDeadLetters())


def record(sequence: int, new: Order | None, old: Order | None = None) -> dict[str, Any]:
    """A stream record as DynamoDB writes it, with both images."""
    images = {"NewImage": new, "OldImage": old}
    named = new or old
    assert named
    return {
        "eventName": "REMOVE" if new is None else "MODIFY" if old else "INSERT",
        "dynamodb": {
            "SequenceNumber": str(sequence),
            "Keys": {"pk": {"S": named.order_id}, "sk": {"S": "order"}},
            **{name: order_item(order) for name, order in images.items() if order},
        },
    }


def broken(sequence: int, order: Order) -> dict[str, Any]:
    """A record of a row that somebody edited by hand."""
    told = record(sequence, order)
    del told["dynamodb"]["NewImage"]["hash"]
    return told


def lead(order_id: str, **changes: Any) -> Order:
    return an_order(order_id=order_id, **changes)


def submitted(order: Order) -> Order:
    return progress.submitted(order, now=NOW, hold=None).changed(revision=order.revision + 1)


def waiting(order: Order, **tokens: str) -> Order:
    waits = {key: Wait(token=token, since=NOW, due_at=NOW, owner="x") for key, token in tokens.items()}
    return order.changed(waits=waits)


def test_a_lead_starts_no_machine() -> None:
    machine = FakeMachine()

    assert relay([record(1, lead("1001"))], machine) == []
    assert machine.started == []


def test_a_submit_starts_the_machine_of_its_order() -> None:
    machine = FakeMachine()

    assert relay([record(1, submitted(lead("1001")), lead("1001"))], machine) == []
    assert machine.started == ["1001"]


def test_a_change_answers_the_waits_that_it_took_off() -> None:
    machine = FakeMachine()
    parked = waiting(lead("1001", machine_run=1), leads="t-1")  # by an earlier version
    relay([record(1, submitted(parked), parked)], machine)

    assert machine.answered == [("t-1", Answer.GO_ON)]
    assert machine.started == []


def test_a_cancel_wakes_all_waits() -> None:
    machine = FakeMachine()
    parked = waiting(submitted(lead("1001")), **{"101": "t-1", "102": "t-2"})
    relay([record(1, progress.canceled(parked, now=NOW, because="x"), parked)], machine)

    assert machine.answered == [("t-1", Answer.CANCELED), ("t-2", Answer.CANCELED)]


def test_an_order_that_its_time_to_live_removed_starts_nothing() -> None:
    machine = FakeMachine()

    assert relay([record(1, None, lead("1001"))], machine) == []
    assert (machine.started, machine.answered) == ([], [])


def test_an_order_that_cannot_be_passed_on_now_holds_up_no_other_and_comes_again() -> None:
    machine, dead_letters = FakeMachine(fails_on={"1002"}), FakeDeadLetters()
    batch = [record(number, submitted(lead(f"100{number}"))) for number in (1, 2, 3)]

    assert relay(batch, machine, dead_letters=dead_letters) == ["2"]
    assert machine.started == ["1001", "1003"]
    assert dead_letters.letters == []
    assert batch_response(batch, ["2"]) == {"batchItemFailures": [{"itemIdentifier": "2"}]}


def test_later_changes_of_an_order_that_comes_again_do_not_overtake_it() -> None:
    machine = FakeMachine(fails_on={"1001"})
    parked = waiting(submitted(lead("1001")), **{"101": "t-1"})
    batch = [
        record(1, submitted(lead("1001")), lead("1001")),
        record(2, progress.canceled(parked, now=NOW, because="x"), parked),
        record(3, submitted(lead("1002")), lead("1002")),
    ]

    assert relay(batch, machine) == ["1", "2"]
    assert (machine.answered, machine.started) == ([], ["1002"])
    assert batch_response(batch, ["2", "1"]) == {"batchItemFailures": [{"itemIdentifier": "1"}]}

    machine.fails_on = set()
    assert relay(batch, machine) == []
    assert machine.answered == [("t-1", Answer.CANCELED)]


def test_a_row_that_cannot_be_read_is_set_aside_by_name_and_the_others_go_on(
    caplog: pytest.LogCaptureFixture,
) -> None:
    machine, dead_letters = FakeMachine(), FakeDeadLetters()
    batch = [record(1, submitted(lead("1001"))), broken(2, lead("1002")), record(3, submitted(lead("1003")))]

    assert relay(batch, machine, dead_letters=dead_letters) == []
    assert machine.started == ["1001", "1003"]
    ((order_id, why),) = dead_letters.letters
    assert (order_id, "hash" in why) == ("1002", True)
    assert CONTACT["email"] not in logged(caplog) + why


@pytest.mark.parametrize(
    "spoiled",
    [
        {"step_id": {"N": "99"}},
        {"step_id": {"S": "twelve"}},
        {"actions": {"L": []}},
        {"actions": {"M": {"x": {"M": {}}}}},
        {"checklist_steps": {"L": []}},
        {"waits": {"S": ""}},
        {"revision": {"NULL": True}},
        {"priced": {"L": [{"S": "x"}]}},
        {"written_by_newer_code": {"S": "x"}, "step_status": {"N": "7"}},
    ],
    ids=str,
)
def test_whatever_is_wrong_with_a_row_it_is_that_rows_alone(spoiled: dict[str, Any]) -> None:
    machine, dead_letters = FakeMachine(), FakeDeadLetters()
    told = record(1, submitted(lead("1001")), lead("1001"))
    told["dynamodb"]["NewImage"] |= spoiled

    assert relay([told, record(2, submitted(lead("1002")))], machine, dead_letters=dead_letters) == []
    assert [order_id for order_id, _ in dead_letters.letters] == ["1001"]
    assert machine.started == ["1002"]


class WithoutItsMachine(FakeMachine):
    code = "StateMachineDoesNotExist"

    def start(self, order: Order) -> bool:
        if order.order_id == "1001":
            raise ClientError({"Error": {"Code": self.code}}, "StartExecution")
        return super().start(order)


@pytest.mark.parametrize(
    ("code", "again", "set_aside"),
    [
        ("StateMachineDoesNotExist", [], ["1001"]),
        ("ThrottlingException", ["1"], []),
        ("AccessDeniedException", ["1"], []),
    ],
)
def test_what_no_repeating_will_mend_is_set_aside_and_what_may_pass_comes_again(
    code: str, again: list[str], set_aside: list[str]
) -> None:
    machine, dead_letters = WithoutItsMachine(), FakeDeadLetters()
    machine.code = code
    batch = [record(number, submitted(lead(f"100{number}"))) for number in (1, 2)]

    assert relay(batch, machine, dead_letters=dead_letters) == again
    assert [order_id for order_id, _ in dead_letters.letters] == set_aside
    assert machine.started == ["1002"]


def test_what_cannot_even_be_set_aside_comes_again() -> None:
    class Full(FakeDeadLetters):
        def send(self, record: dict[str, Any], why: str) -> None:
            raise ConnectionError

    batch = [broken(1, lead("1001")), record(2, submitted(lead("1002")))]
    machine = FakeMachine()

    assert relay(batch, machine, dead_letters=Full()) == ["1"]
    assert machine.started == ["1002"]


def test_told_again_by_hand_a_row_that_still_cannot_be_read_keeps_its_letter() -> None:
    batch = [broken(1, lead("1001"))]

    care = ExecutionStarter(FakeMachine(), InMemoryOrderStore(), lambda: NOW)
    assert outbox.relay(batch, care, NoDeadLetters()) == ["1"]


def test_an_empty_batch_is_fine() -> None:
    assert relay([], FakeMachine()) == []
    assert batch_response([], []) == {"batchItemFailures": []}
