"""The console's hand: an order whose execution ended before it did shows that, and goes on."""

import pytest

from lambdas.orders.decisions.operator.restart import restarted
from lambdas.orders.errors import OrderIsFinalError
from lambdas.orders.events import changes
from lambdas.orders.machine import Answer, answers, requests
from lambdas.orders.model.checklist import ActionState
from lambdas.orders.model.executions import execution_name
from lambdas.orders.model.order import Order, Wait
from lambdas.orders.model.steps import StepStatus
from lambdas.orders.operator_errors import RestartRefusedError
from lambdas.orders.service import OrderService
from lambdas.watch.stopped_executions import notice
from tests.support.build import NOW, a_queue, a_service, a_submitted_order, the_default_queue
from tests.support.fakes import InMemoryOrderStore


def stored(order: Order) -> InMemoryOrderStore:
    store = InMemoryOrderStore()
    store.create(order, (), NOW)
    return store


def told(store: InMemoryOrderStore, status: str, name: str = "order-1001", said: tuple[str, str] = ("", "")) -> Order:
    detail = {"name": name, "status": status, "executionArn": f"arn:{name}"}
    notice(detail, store, NOW, ask=lambda arn: said if arn == f"arn:{name}" else ("", ""))
    return store.get("1001")


@pytest.mark.parametrize(
    ("status", "words"), [("ABORTED", "stopped in the console"), ("FAILED", "failed"), ("TIMED_OUT", "ran out of time")]
)
def test_an_execution_that_ended_early_shows_on_the_order(status: str, words: str) -> None:
    order = told(stored(a_submitted_order()), status)

    assert order.machine_stopped_at == NOW
    assert words in order.machine_stopped_because


@pytest.mark.parametrize(
    ("said", "words"),
    [
        (("", ""), ""),
        (("OperatorStop", "rack 7 is\non fire"), ": OperatorStop: rack 7 is on fire"),
        (("", "no reason"), ": no reason"),
        (("OperatorStop", ""), ": OperatorStop"),
        (("", "card 4242 4242 4242 4242"), " (the text is left out: it holds a card number)"),
        (("E", "x" * 32_000), f": E: {'x' * 296}…"),
    ],
)
def test_error_and_cause_of_a_stop_stand_on_the_order(said: tuple[str, str], words: str) -> None:
    order = told(stored(a_submitted_order()), "ABORTED", said=said)

    assert order.machine_stopped_because == f"the machine was stopped in the console{words}"


def test_a_redrive_takes_the_mark_off() -> None:
    store = stored(a_submitted_order())
    told(store, "ABORTED")

    assert told(store, "RUNNING").machine_stopped_at is None


@pytest.mark.parametrize("name", ["order-1001-2", "order-77", "something-else"])
def test_other_executions_change_nothing(name: str) -> None:
    order = a_submitted_order()

    assert told(stored(order), "ABORTED", name) == order


@pytest.mark.parametrize(
    "at_its_end",
    [
        {"step_id": 13, "step_status": StepStatus.COMPLETE},
        {"step_id": 14, "step_status": StepStatus.CANCELED, "unwound_at": 1},
    ],
)
def test_an_order_at_its_end_needs_no_machine(at_its_end: dict[str, int]) -> None:
    order = a_submitted_order().changed(**at_its_end)

    assert told(stored(order), "FAILED") == order
    with pytest.raises(OrderIsFinalError):
        restarted(order, the_default_queue(), by="ann", now=NOW)


def a_stopped_order() -> Order:
    wait = {"101": Wait(token="old", since=1, due_at=2, owner="ops")}
    return a_submitted_order(machine_stopped_at=NOW, machine_stopped_because="x", waits=wait)


def test_a_restart_begins_a_new_execution_and_fences_the_old_one() -> None:
    old = a_stopped_order()

    new = restarted(old, the_default_queue(), by="ann", now=NOW)

    assert execution_name(new) == f"{execution_name(old)}-2"
    assert (new.epoch, new.waits, new.machine_stopped_at) == (old.epoch + 1, {}, None)
    assert answers(old, new) == {"old": Answer.MOVED}
    assert "OrderRestarted" in [event.name for event in changes(old, new)]


def test_a_running_machine_is_not_restarted() -> None:
    with pytest.raises(RestartRefusedError, match="its machine is running"):
        restarted(a_submitted_order(), the_default_queue(), by="ann", now=NOW)


def test_a_restart_is_refused_where_the_queue_no_longer_fits_the_order() -> None:
    other = a_queue(order_queue_id=1)
    with pytest.raises(RestartRefusedError, match="no step 12 any more"):
        restarted(a_stopped_order(), other, by="ann", now=NOW)
    with pytest.raises(RestartRefusedError, match="no longer deployed"):
        restarted(a_stopped_order(), None, by="ann", now=NOW)


def test_an_action_that_is_asked_for_runs_beside_the_machine_only_if_no_wait_was_woken() -> None:
    old = a_submitted_order(waits={"101": Wait(token="t", since=1, due_at=2, owner="ops")})
    asked = old.with_action(old.actions["101"].changed(requested_at=NOW))

    assert requests(old, asked.changed(waits={})) == ()
    assert [action.action_id for action in requests(old, asked)] == [101]
    assert requests(asked, asked) == ()
    assert requests(None, asked) == ()


def test_the_verb_restarts_what_is_stopped() -> None:
    service: OrderService = a_service(store=stored(a_stopped_order()))

    order = service.restart(service.get(order_id="1001"), by="ann")

    assert (order.machine_run, order.restarted_by) == (2, "ann")
    assert order.actions["101"].state is ActionState.PENDING


@pytest.mark.parametrize(
    ("is_canceled", "to_do"), [(False, "process this action again, or skip it"), (True, "what it did is taken back")]
)
def test_a_run_that_ended_with_its_machine_is_told_as_any_failed_one(is_canceled: bool, to_do: str) -> None:
    order = a_submitted_order()
    running = order.actions["101"].changed(
        state=ActionState.RUNNING, attempts=1, claim="c", claim_ends_at=NOW - 9, at=NOW - 60, retryable=True
    )
    placed = order.with_action(running).changed(machine_stopped_at=NOW)
    if is_canceled:
        last = order.checklist_steps[-1]
        placed = placed.changed(step_id=last.step_id, step_status=last.status, canceled_at=NOW)
    action = restarted(placed, the_default_queue(), by="ann", now=NOW).actions["101"]

    assert (action.state, action.failed_last, action.retryable, action.at) == (ActionState.FAILED, True, False, NOW)
    assert action.reason == f"its machine was stopped while it ran: {to_do}"
