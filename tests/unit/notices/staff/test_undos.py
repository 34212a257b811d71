"""An undo that fails is told at once, because money or a server may still be out; not only when it is overdue."""

import pytest

from lambdas.orders.events import OrderEvent
from lambdas.orders.model.checklist import ActionState
from lambdas.orders.model.order import Order, Wait
from lambdas.orders.model.steps import StepStatus
from tests.unit.notices.staff.conftest import Office

DAY_SECONDS = 86_400


def canceled(office: Office, *, optional: bool = False) -> Order:
    order = office.order()
    action = order.actions["21"].changed(state=ActionState.DONE, optional=optional)
    office.happens(
        order.with_action(action), step_status=StepStatus.CANCELED, step_id=office.queue.steps[-1].id, canceled_at=1
    )
    return office.now()


def undo_fails(office: Office, order: Order) -> list[OrderEvent]:
    """The run writes its failure, then the machine parks: two changes of the order."""
    failed = order.actions["21"].changed(state=ActionState.FAILED, failed_last=True, reason="Lovelace's card")
    first = office.happens(order, actions={**order.actions, "21": failed})
    at = office.clock()
    wait = Wait(token="t", since=at, due_at=at + DAY_SECONDS, owner="netops")
    return [*first, *office.happens(office.now(), waits={"undo_21": wait})]


@pytest.mark.parametrize("optional", [False, True])
def test_a_failed_undo_is_told_at_once_and_once(office: Office, optional: bool) -> None:
    events = undo_fails(office, canceled(office, optional=optional))

    assert office.receive(*events) == []
    assert office.receive(*events, times=2) == []
    assert office.mails() == [("netops@example.com", "[A queue] Order 1001: undo of Install OS failed")]
    assert "Due: " in office.text()
    assert "Lovelace" not in office.text()


def test_each_try_that_fails_is_told_and_a_machine_that_parks_again_is_not(office: Office) -> None:
    order = canceled(office)
    office.receive(*undo_fails(office, order))
    waiting = office.now()
    parked_again = office.happens(waiting, waits={"undo_21": waiting.waits["undo_21"].changed(token="t2")})

    assert office.receive(*parked_again) == []
    assert len(office.mails()) == 1

    asked = office.happens(office.now(), waits={})
    assert office.receive(*asked, *undo_fails(office, office.now())) == []
    assert len(office.mails()) == 2


def test_an_undo_that_somebody_tried_again_meanwhile_is_told_to_nobody(office: Office) -> None:
    events = undo_fails(office, canceled(office))
    office.happens(office.now(), waits={})

    assert office.receive(*events) == []
    assert office.mails() == []


def test_a_rule_that_turns_failures_off_turns_off_those_of_undos(office: Office) -> None:
    office.with_rules({"event": "failed", "off": True})

    assert office.receive(*undo_fails(office, canceled(office))) == []
    assert office.mails() == []
