"""order.process and order.list on the wire: flags, refusals, empty answers."""

import json

import pytest

from lambdas.orders.model.checklist import ActionState
from lambdas.orders.model.order import Wait
from lambdas.orders.model.steps import StepStatus
from tests.support.build import CONTACT, NOW
from tests.unit.api.conftest import Caller

ORDER = {"order_queue_id": 1, "info": CONTACT}


@pytest.fixture
def order_id(caller: Caller) -> str:
    made = caller.data("order.create", ORDER)["order_id"]
    caller.data("order.submit", {"order_id": made})
    return str(made)


def refusal(caller: Caller, method: str, **parameters: object) -> str:
    answer = caller.send("/api/2.0/", query=f"method={method}", body=json.dumps(parameters))
    assert (answer.status, answer.body["status"], answer.body["error_code"]) == (200, False, 1)
    return str(answer.body["error_message"])


@pytest.mark.parametrize("flag", ["1", "true", "True", "yes", "on", 1, True])
def test_skip_takes_every_way_to_say_yes_and_answers_true(caller: Caller, order_id: str, flag: object) -> None:
    assert caller.data("order.process", {"order_id": order_id, "order_action_id": "101", "skip": flag}) is True
    progress = caller.data("order.get", {"order_id": order_id})["progress"]
    assert (progress["101"]["status"], progress["101"]["user"]) == ("skipped", "web")


@pytest.mark.parametrize("flag", ["0", "false", "False", "no", "off", "", 0, False, None])
def test_and_every_way_to_say_no(caller: Caller, order_id: str, flag: object) -> None:
    assert caller.data("order.process", {"order_id": order_id, "order_action_id": 101, "skip": flag}) is True
    assert caller.data("order.get", {"order_id": order_id})["progress"] == []


def test_an_undone_skip_is_pending_again(caller: Caller, order_id: str) -> None:
    caller.data("order.process", {"order_id": order_id, "order_action_id": 101, "skip": 1})

    assert caller.data("order.process", {"order_id": order_id, "order_action_id": 101, "undo_skip": 1}) is True


def test_refusals_of_process_name_what_is_wrong(caller: Caller, order_id: str) -> None:
    assert "order_action_id parameter not supplied" in refusal(caller, "order.process", order_id=order_id)
    assert "has no action 7" in refusal(caller, "order.process", order_id=order_id, order_action_id=7)
    both = refusal(caller, "order.process", order_id=order_id, order_action_id=101, skip=1, undo_skip=1)
    assert "undo_skip" in both
    early = refusal(caller, "order.process", order_id=order_id, order_action_id=103)
    assert "needs Add Services (102) first" in early


def test_moving_is_part_of_update(caller: Caller, order_id: str) -> None:
    assert "still open: Provision Client (101)" in refusal(
        caller, "order.update", order_id=order_id, step_name="Complete"
    )
    assert "by order.cancel only" in refusal(caller, "order.update", order_id=order_id, step_id=14)


def test_an_update_whose_move_is_refused_changes_nothing(caller: Caller, order_id: str) -> None:
    before = caller.data("order.get", {"order_id": order_id})

    assert "its steps are" in refusal(caller, "order.update", order_id=order_id, info={"city": "Bath"}, step_id=999)
    assert caller.data("order.get", {"order_id": order_id}) == before


def test_an_empty_list_is_an_empty_php_array(caller: Caller) -> None:
    assert caller.data("order.list", {}) == []


def test_an_action_that_a_machine_parked_says_since_when_at_both_doors(caller: Caller, order_id: str) -> None:
    """The machine writes that it waits, and when only into the wait (statemachines/states/wait_states.py)."""
    store = caller.api.backend.service.store
    order = store.get(order_id)
    parked = order.with_action(order.actions["101"].changed(state=ActionState.WAITING, at=None))
    store.save(parked.changed(waits={"101": Wait(token="t", since=NOW + 7, owner="ops")}))

    assert caller.data("order.get", {"order_id": order_id})["progress"]["101"]["ts"] == str(NOW + 7)
    shown = caller.call("order.get", {"order_id": order_id}).body["actions"]
    assert next(each["at"] for each in shown if each["order_action_id"] == 101) is not None


def test_a_submit_that_is_repeated_says_how_the_order_stands_now(caller: Caller, order_id: str) -> None:
    assert "is being processed" in caller.data("order.submit", {"order_id": order_id})
    store = caller.api.backend.service.store
    order = store.get(order_id)
    complete = next(step for step in order.checklist_steps if step.status is StepStatus.COMPLETE)
    store.save(order.changed(step_id=complete.step_id, step_status=StepStatus.COMPLETE))

    assert "Your order is complete." in caller.data("order.submit", {"order_id": order_id})
