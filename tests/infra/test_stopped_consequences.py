"""Canceled orders whose machine stopped before they were unwound: only a restart, by the new definition, takes them back."""

from infra.operate.impact.consequences import NewQueue, impact_of
from lambdas.orders.decisions import progress
from lambdas.orders.model.checklist import ActionState
from lambdas.orders.model.order import Order
from lambdas.orders.model.queue import Queue
from tests.infra.operate.test_consequences import MODULES, OLD, edited, facts, harmed, impact, waiting
from tests.support.build import NOW, a_submitted_order


def canceled_and_stopped(order_id: str, *, tried: tuple[str, ...]) -> Order:
    order = waiting(order_id)
    for key in tried:
        order = order.with_action(order.actions[key].changed(state=ActionState.DONE, attempts=1))
    return progress.canceled(order, now=NOW, because="a test").changed(machine_stopped_at=NOW)


def test_an_action_that_goes_fails_for_canceled_orders_that_only_a_restart_can_take_back() -> None:
    tried, untried = canceled_and_stopped("1001", tried=("21", "22")), canceled_and_stopped("1002", tried=("21",))
    undone = tried.changed(order_id="1003")
    undone = undone.with_action(undone.actions["22"].changed(state=ActionState.UNDONE))
    unwinding = tried.changed(order_id="1004", machine_stopped_at=None)  # its old machine still does it

    found = impact(edited(a22=None, a23={"prereqs": [21]}), tried, untried, undone, unwinding)

    assert harmed(found) == [("action 22 Add Services is removed", ("1001",))]
    assert "restart what was stopped" in found.failures[0].fix
    assert (found.running, found.unwinding, found.stopped) == (0, 4, 3)
    assert sum(found.restarts.values()) == 3


def test_what_is_only_ever_taken_back_by_the_machine_is_needed_for_that() -> None:
    by_hand = edited(a22={"optional": True, "automatic": False}, a23={"prereqs": []})
    order = a_submitted_order(by_hand, order_id="1001")
    order = order.with_action(order.actions["22"].changed(state=ActionState.DONE, attempts=1))
    stopped = progress.canceled(order, now=NOW, because="a test").changed(machine_stopped_at=NOW)
    without = edited(a22=None, a23={"prereqs": []})

    found = impact_of("a_queue", facts(by_hand), [stopped], NewQueue(queue=without, facts=facts(without)), MODULES)

    assert harmed(found) == [("action 22 Add Services is removed", ("1001",))]


def test_a_canceled_step_that_goes_fails_for_orders_to_be_restarted_in_it() -> None:
    content = OLD.model_dump(mode="json", exclude={"steps": {"__all__": {"status"}}})
    content["steps"][3]["id"] = 40

    found = impact(Queue.model_validate(content), canceled_and_stopped("1001", tried=("21",)))

    assert harmed(found) == [("step 4 Canceled is removed", ("1001",))]


def stopped_at_22(order_id: str) -> Order:
    """On its way, done with the first action, and its machine was stopped."""
    order = waiting(order_id)
    done = order.with_action(order.actions["21"].changed(state=ActionState.DONE, attempts=1))
    return done.changed(machine_stopped_at=NOW)


def test_an_edit_that_a_running_order_does_not_mind_fails_for_one_that_can_only_go_on_by_a_restart() -> None:
    running = stopped_at_22("1002").changed(machine_stopped_at=None)

    found = impact(edited(a23={"module": "manual_check_off"}), stopped_at_22("1001"), running)

    ((what, order_ids),) = harmed(found)
    assert what.startswith("a restart of what is stopped would be refused (")
    assert order_ids == ("1001",)
    assert "order.restart" in found.failures[0].fix


def test_a_stopped_order_that_the_new_queue_fits_fails_nothing() -> None:
    assert harmed(impact(edited(a21={"name": "Make the client"}), stopped_at_22("1001"))) == []
