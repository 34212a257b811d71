"""Events of an order, for other systems: name, version, payload model. Ids only, never personal data.

Names mirror Ubersmith's hooks (reference/ubersmith.md 1.13), in the past tense. `changes` derives them from two versions
of an order, so no code path can change an order without its event.
"""

from collections.abc import Callable, Iterator

from lambdas.orders.model.checklist import ActionState
from lambdas.orders.model.order import Order
from lambdas.orders.model.steps import StepStatus
from lambdas.orders.model.waits import DISPUTE_WAIT, REFUND_WAIT, WaitKey, WaitKind
from lambdas.runtime.models import Frozen

VERSION = 1
AS_IT_STANDS = (
    "AS_IT_STANDS"  # the name of a record that tells what an order is, for what happened to it cannot be read
)


class OrderEvent(Frozen):
    """The payload of every event. `event_id` is the same however often the event is sent; `order_form_id`: the form the order
    came through, if it came through one."""

    name: str
    version: int = VERSION
    event_id: str
    occurred_at: int
    order_id: str
    order_queue_id: int
    brand_id: int
    order_step_id: int
    step_name: str
    step_status: int
    client_id: str | None = None
    order_form_id: int | None = None
    changed_by: str | None = None
    order_action_id: int | None = None
    module: str | None = None
    attempts: int | None = None


ACTION_EVENTS = {
    ActionState.RUNNING: "OrderActionStarted",
    ActionState.DONE: "OrderActionDone",
    ActionState.FAILED: "OrderActionFailed",
    ActionState.WAITING: "OrderActionWaiting",
    ActionState.SKIPPED: "OrderActionSkipped",
    ActionState.UNDONE: "OrderActionUndone",
}


def changes(old: Order | None, new: Order) -> tuple[OrderEvent, ...]:
    """The events between two versions of one order, in the order in which they happened.

    A revision that follows on none was put back by an operator, or raised: what it says happened before, and was sent then.
    """
    if new.revision > (old.revision if old else 0) + 1:
        return ()
    if old is None:
        return (_event(new, "OrderCreated"),)
    of_waits = (*_undo_events(old, new), *_hold_events(old, new), *_overdue_events(old, new))
    return (*_action_events(old, new), *of_waits, *_order_events(old, new))


def _action_events(old: Order, new: Order) -> Iterator[OrderEvent]:
    for key, action in new.actions.items():
        before = old.actions.get(key)
        if (
            before
            and (before.state, before.attempts) != (action.state, action.attempts)
            and action.state in ACTION_EVENTS
        ):
            yield _event(
                new,
                ACTION_EVENTS[action.state],
                order_action_id=action.action_id,
                module=action.module,
                attempts=action.attempts,
            )


def _undo_events(old: Order, new: Order) -> Iterator[OrderEvent]:
    """An undo that failed waits for a person. The machine's first wait tells it, and one that parks again does not."""
    for key in map(WaitKey, new.waits):
        if key.kind is WaitKind.UNDO and key not in old.waits:
            yield _event(new, "OrderUndoFailed", **_action_named(new, key))


def _hold_events(old: Order, new: Order) -> Iterator[OrderEvent]:
    """Somebody must look after held money: it lapses soon, or did. Each of the two is sent once."""
    for key, wait in new.waits.items():
        before = old.waits.get(key)
        if WaitKey(key).kind is WaitKind.HOLD and (before is None or before.since != wait.since):
            yield _event(new, "OrderHoldLapsing", **_action_named(new, WaitKey(key)))


def _overdue_events(old: Order, new: Order) -> Iterator[OrderEvent]:
    for key, wait in new.waits.items():
        before = old.waits.get(key)
        if wait.overdue and not (before and before.overdue):
            yield _event(new, "OrderActionOverdue", **_action_named(new, WaitKey(key)))


def _action_named(order: Order, key: WaitKey) -> dict[str, object]:
    action = order.actions.get(key.action_key)
    return {"order_action_id": action.action_id, "module": action.module} if action else {}


_OF_THE_ORDER: tuple[tuple[str, Callable[[Order, Order], bool]], ...] = (
    ("OrderSubmitted", lambda old, new: bool(new.submitted_at and not old.submitted_at)),
    ("OrderReviewNeeded", lambda old, new: bool(new.review_at and not old.review_at)),
    ("OrderClientResponded", lambda old, new: new.reply_id > old.reply_id),
    ("OrderUpdated", lambda old, new: new.info != old.info or new.total_cents != old.total_cents),
    ("OrderStepEntered", lambda old, new: new.step_id != old.step_id and new.step_status is StepStatus.ORDINARY),
    ("OrderCompleted", lambda old, new: new.step_status is StepStatus.COMPLETE is not old.step_status),
    ("OrderCanceled", lambda old, new: new.step_status is StepStatus.CANCELED is not old.step_status),
    ("OrderPaymentDisputed", lambda old, new: DISPUTE_WAIT in new.waits and DISPUTE_WAIT not in old.waits),
    ("OrderRefundedElsewhere", lambda old, new: REFUND_WAIT in new.waits and REFUND_WAIT not in old.waits),
    ("OrderUnwound", lambda old, new: bool(new.unwound_at and not old.unwound_at)),
    ("OrderMachineStopped", lambda old, new: bool(new.machine_stopped_at and not old.machine_stopped_at)),
    ("OrderRestarted", lambda old, new: new.machine_run > old.machine_run > 0),
)


def _order_events(old: Order, new: Order) -> Iterator[OrderEvent]:
    return (_event(new, name) for name, happened in _OF_THE_ORDER if happened(old, new))


def _event(order: Order, name: str, **of_the_action: object) -> OrderEvent:
    action = of_the_action.get("order_action_id", "")
    return OrderEvent.model_validate(
        {
            "name": name,
            "event_id": f"{order.known_as}.{order.revision}.{name}.{action}".rstrip("."),
            "occurred_at": order.activity,
            "order_id": order.order_id,
            "order_queue_id": order.order_queue_id,
            "brand_id": order.brand_id,
            "order_step_id": order.step_id,
            "step_name": order.step.name,
            "step_status": int(order.step_status),
            "client_id": order.client_id,
            "order_form_id": order.order_form_id or None,
            "changed_by": order.changed_by or None,
            **of_the_action,
        }
    )
