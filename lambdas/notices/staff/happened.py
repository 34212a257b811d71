"""Reads an event of the bus and the order as it is now in the words of a queue's `[[notify]]`. Pure.

An event may come late. If somebody acted in the meantime, nobody is notified.
"""

from collections.abc import Callable, Mapping
from typing import Any

from lambdas.orders.decisions.hold_clock import is_kept
from lambdas.orders.model.checklist import ActionState, ChecklistAction
from lambdas.orders.model.notify import NoticeEvent
from lambdas.orders.model.order import Order, Wait
from lambdas.orders.model.queue import Queue
from lambdas.orders.model.steps import StepStatus
from lambdas.orders.model.waits import DISPUTE_WAIT, REFUND_WAIT, WaitKey, WaitKind
from lambdas.runtime.models import Frozen


class Happened(Frozen):
    """Names, numbers and times only, so that it may go anywhere. `event_id`: the same for every delivery. `team`: that
    owns what waits, or else the queue. `at`, `due_at`: Unix seconds. `about`: `review`, `undo`,
    `hold`, `dispute` or `refund`, if it is of one. `reminder`: how many notices of the same overdue wait came before."""

    event: NoticeEvent
    event_id: str
    order_id: str
    queue: str
    order_queue_id: int
    step: str
    action: str = ""
    module: str = ""
    team: str
    at: int
    due_at: int | None = None
    attempts: int = 0
    priority: int = 1
    total_cents: int = 0
    about: str = ""
    reminder: int = 0


def what_happened(name: str, detail: Mapping[str, Any], order: Order, queue: Queue) -> Happened | None:
    """Read the event. `detail`: of the bus (lambdas/orders/events.py). None: nobody needs to know, or it is no longer so."""
    event_of = _EVENTS.get(name)
    found = event_of(detail, order) if event_of else None
    if found is None:
        return None
    event, facts = found
    if event in _OF_THE_QUEUE:  # whatever the order waits for by the time its event is read
        facts = {**facts, "team": queue.owner}
    return Happened(
        event=event,
        event_id=str(detail["event_id"]),
        at=int(detail["occurred_at"]),
        **{**_of_order(order, queue), "step": str(detail["step_name"]), **facts},
    )


def still_overdue(order: Order, queue: Queue, key: str, *, reminder: int) -> Happened | None:
    """The next notice of an overdue wait. None if somebody acted."""
    wait = order.waits.get(key)
    if wait is None or not wait.overdue:
        return None
    event_id = f"{order.known_as}.{key}.{wait.since}.overdue.{reminder}"
    facts = _of_wait(order, key, wait)
    return Happened(
        event="overdue", event_id=event_id, at=wait.due_at or wait.since, reminder=reminder,
        **{**_of_order(order, queue), **facts},
    )  # fmt: skip


def overdue_key(detail: Mapping[str, Any], order: Order) -> str:
    """The wait that an overdue event is of; empty if it is over."""
    action = str(detail.get("order_action_id") or "")
    overdue = (key for key, wait in order.waits.items() if wait.overdue and WaitKey(key).action_key == action)
    return next(overdue, "")


_OF_THE_QUEUE = ("new order", "completed", "canceled")
_Found = tuple[NoticeEvent, dict[str, Any]] | None


def _waits(detail: Mapping[str, Any], order: Order) -> _Found:
    """A wait for a person, after a failure or not. An automatic action that did not fail waits for a program outside."""
    action, wait = _action_of(detail, order), order.waits.get(str(detail.get("order_action_id")))
    if action is None or wait is None or action.state is not ActionState.WAITING:
        return None
    if action.automatic and not action.failed_last:
        return None
    return "failed" if action.failed_last else "waiting", _of_wait(order, str(action.action_id), wait)


def _failed(detail: Mapping[str, Any], order: Order) -> _Found:
    """A failed optional action waits for nobody, so its failure counts at once. The others count when they wait.

    After a cancel, the undo failed: that counts when it waits, whatever the action is.
    """
    action = _action_of(detail, order)
    if action is None or action.state is not ActionState.FAILED or not action.optional:
        return None
    return None if order.step_status is StepStatus.CANCELED else ("failed", _of_action(action))


def _undo_failed(detail: Mapping[str, Any], order: Order) -> _Found:
    key = WaitKey.undo(int(detail["order_action_id"]))
    wait = order.waits.get(key)
    return ("failed", _of_wait(order, key, wait)) if wait else None


def _hold_lapses(detail: Mapping[str, Any], order: Order) -> _Found:
    key = WaitKey.hold(int(detail["order_action_id"]))
    wait = order.waits.get(key)
    return ("waiting", _of_wait(order, key, wait)) if wait and is_kept(order) else None


def _overdue(detail: Mapping[str, Any], order: Order) -> _Found:
    key = overdue_key(detail, order)
    return ("overdue", _of_wait(order, key, order.waits[key])) if key else None


def _skipped(detail: Mapping[str, Any], order: Order) -> _Found:
    action = _action_of(detail, order)
    return ("skipped", _of_action(action)) if action and action.state is ActionState.SKIPPED else None


def _canceled(detail: Mapping[str, Any], order: Order) -> _Found:
    """A lead that was never submitted is no order that anybody lost."""
    is_so = order.step_status is StepStatus.CANCELED and order.submitted_at is not None
    return ("canceled", {}) if is_so else None


def _about_money(key: WaitKey) -> Callable[[Mapping[str, Any], Order], _Found]:
    return lambda detail, order: ("waiting", _of_wait(order, key, order.waits[key])) if key in order.waits else None


def _if(
    event: NoticeEvent, is_so: Callable[[Order], bool], **facts: Any
) -> Callable[[Mapping[str, Any], Order], _Found]:
    return lambda detail, order: (event, facts) if is_so(order) else None


_EVENTS: Mapping[str, Callable[[Mapping[str, Any], Order], _Found]] = {
    "OrderSubmitted": _if("new order", lambda order: order.step_status is not StepStatus.CANCELED),
    "OrderStepEntered": _if("step entered", lambda order: not order.is_final),
    "OrderReviewNeeded": _if("waiting", lambda order: order.is_lead and order.review_at is not None, about="review"),
    "OrderActionWaiting": _waits,
    "OrderActionFailed": _failed,
    "OrderUndoFailed": _undo_failed,
    "OrderHoldLapsing": _hold_lapses,
    "OrderPaymentDisputed": _about_money(DISPUTE_WAIT),
    "OrderRefundedElsewhere": _about_money(REFUND_WAIT),
    "OrderActionOverdue": _overdue,
    "OrderActionSkipped": _skipped,
    "OrderMachineStopped": _if("stopped", lambda order: order.machine_stopped_at is not None, team="operations"),
    "OrderClientResponded": _if("reply", lambda order: order.reply_waiting_at is not None),
    "OrderCompleted": _if("completed", lambda order: order.step_status is StepStatus.COMPLETE),
    "OrderCanceled": _canceled,
}


def _of_order(order: Order, queue: Queue) -> dict[str, Any]:
    waits = (wait.owner for key, wait in order.waits.items() if WaitKey(key).kind is not WaitKind.GATE)
    return {
        "order_id": order.order_id,
        "queue": queue.name,
        "order_queue_id": queue.order_queue_id,
        "step": order.step.name,
        "team": next(waits, queue.owner),
        "priority": order.priority,
        "total_cents": order.total_cents,
    }


def _action_of(detail: Mapping[str, Any], order: Order) -> ChecklistAction | None:
    return order.actions.get(str(detail.get("order_action_id")))


def _of_action(action: ChecklistAction) -> dict[str, Any]:
    return {"action": action.name, "module": action.module, "team": action.owner, "attempts": action.attempts}


_ABOUT = {
    WaitKind.UNDO: "undo",
    WaitKind.HOLD: "hold",
    WaitKind.DISPUTE: "dispute",
    WaitKind.REFUND: "refund",
}


def _of_wait(order: Order, key: str, wait: Wait) -> dict[str, Any]:
    action = order.actions.get(WaitKey(key).action_key)
    of_action = _of_action(action) if action else {}
    about = _ABOUT.get(WaitKey(key).kind, "")
    return {**of_action, "team": wait.owner, "due_at": wait.due_at, "about": about}
