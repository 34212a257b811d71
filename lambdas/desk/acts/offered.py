"""Acts on an order that a user is offered: those that they may do and that the order would take now.

Each act is tried on the order in memory, by the very decision that carries it out. So no button is offered that is refused at
once, and none is missing.
"""

from collections.abc import Callable
from typing import Any

from lambdas.desk.acts import handling
from lambdas.desk.acts.act import (
    ANSWER,
    CANCEL,
    MAX_POST,
    MOVE,
    PROCESS,
    REASON,
    RESTART,
    SKIP,
    SUBMIT,
    UNDO_SKIP,
    Act,
    ActField,
    NewAct,
    Offer,
)
from lambdas.desk.acts.asked import answer_fields, asks_about
from lambdas.desk.acts.seen import seen_text
from lambdas.mail.link_mail import address_of
from lambdas.orders.decisions.open_work import OpenWork, open_work
from lambdas.orders.decisions.operator import manual_actions, moves, restart
from lambdas.orders.errors import OrderError
from lambdas.orders.model.checklist import ActionState, ChecklistAction
from lambdas.orders.model.order import Order
from lambdas.orders.model.queue import Queue
from lambdas.orders.model.steps import StepStatus
from lambdas.records.users.api_user import ApiUser
from lambdas.records.users.rights import Right


def offered(order: Order, user: ApiUser, queue: Queue | None, *, now: int) -> Offer:
    """`order`: the whole one, as it is stored. `queue`: as it is deployed."""
    offering = Offering(order, user, queue, now)
    return Offer(
        of_actions={action.action_id: offering.of_action(action) for action in order.actions.values()},
        of_waits={work.key: offering.of_work(work) for work in open_work(order)},
        of_order=offering.of_order(),
    )


class Offering:
    def __init__(self, order: Order, user: ApiUser, queue: Queue | None, now: int) -> None:
        self._order, self._user, self._queue, self._now = order, user, queue, now
        self._seen = seen_text(order)

    def of_action(self, action: ChecklistAction) -> tuple[Act, ...]:
        found = (self._process(action), self._skip(action), self._undo_skip(action))
        return tuple(act for act in found if act)

    def of_order(self) -> tuple[Act, ...]:
        handing = [self._offered(new) for new, rights in handling.order_acts(self._order) if self._may(*rights)]
        found = (self._submit(), self._restart(), self._answer(), *handing, self._move(), self._cancel())
        return tuple(act for act in found if act)

    def of_work(self, work: OpenWork) -> tuple[Act, ...]:
        if not self._may(Right.ACT):
            return ()
        return tuple(self._offered(act) for act in handling.work_acts(work, self._user.name))

    def _may(self, *rights: Right) -> bool:
        order = self._order
        return all(self._user.may_in(right, order.order_queue_id, order.brand_id) for right in rights)

    def _act(self, what: str, label: str, **more: Any) -> Act:
        return self._offered(NewAct(what=what, label=label, **more))

    def _offered(self, new: NewAct) -> Act:
        order = self._order
        return Act(**dict(new), order_id=order.order_id, revision=order.revision, seen=self._seen)

    def _is_taken(self, change: Callable[[Order], Order]) -> bool:
        """Whether the order would take the change, and be another one after it."""
        try:
            return change(self._order) is not self._order
        except OrderError:
            return False

    def _process(self, action: ChecklistAction) -> Act | None:
        runs_by_itself = action.automatic and action.state in (ActionState.PENDING, ActionState.RUNNING)
        if not self._may(Right.ACT) or (runs_by_itself and self._order.machine_stopped_at is None):
            return None
        name, now, key = self._user.name, self._now, action.action_id
        if not self._is_taken(lambda order: manual_actions.processed(order, key, by=name, given={}, now=now)):
            return None
        label = _PROCESS_LABELS.get(action.state, "Process")
        may_read = self._may(Right.PERSONAL_DATA)
        fields, about = answer_fields(action, may_read=may_read), asks_about(action, may_read=may_read)
        return self._act(PROCESS, f"{label} {action.name}", action_id=action.action_id, fields=fields, about=about)

    def _skip(self, action: ChecklistAction) -> Act | None:
        if not self._may(Right.SKIP, *((Right.MONEY,) if action.captures else ())) or self._order.is_lead:
            return None
        name, now, key = self._user.name, self._now, action.action_id
        if not self._is_taken(lambda order: manual_actions.skipped(order, key, by=name, why="-", now=now)):
            return None
        about = "It counts as done for the actions after it. Nobody does it."
        return self._act(SKIP, f"Skip {action.name}", action_id=action.action_id, fields=(REASON,), about=about)

    def _undo_skip(self, action: ChecklistAction) -> Act | None:
        name, now, key = self._user.name, self._now, action.action_id
        if not self._may(Right.SKIP):
            return None
        if not self._is_taken(lambda order: manual_actions.unskipped(order, key, by=name, now=now)):
            return None
        return self._act(UNDO_SKIP, f"Undo the skip of {action.name}", action_id=action.action_id)

    def _submit(self) -> Act | None:
        order = self._order
        if not (self._may(Right.ACT) and order.is_lead and order.review_at is not None):
            return None
        about = "You looked at the order and found it good. Its payment is tried whatever failed before."
        return self._act(SUBMIT, "Submit after review", about=about)

    def _restart(self) -> Act | None:
        name, queue, now = self._user.name, self._queue, self._now
        if not self._may(Right.ACT):
            return None
        if not self._is_taken(lambda order: restart.restarted(order, queue, by=name, now=now)):
            return None
        about = "A new execution begins where the order is. What is done stays done."
        return self._act(RESTART, "Restart the order", about=about)

    def _move(self) -> Act | None:
        steps = [step for step in self._order.checklist_steps if self._may_move_to(step.step_id)]
        if not self._may(Right.ACT) or not steps:
            return None
        choice = tuple((str(step.step_id), step.name) for step in steps)
        fields = (ActField(name="step_id", label="To step", kind="choice", options=choice), REASON)
        about = "Actions that a move forward leaves out are skipped. A move back begins the step again."
        return self._act(MOVE, "Move to another step", fields=fields, about=about)

    def _may_move_to(self, step_id: int) -> bool:
        order = self._order
        try:
            step = moves.step_of(order, step_id=step_id, step_name=None)
            passed = moves.passed_over(order, step)
        except OrderError:
            return False
        money = (Right.MONEY,) if any(action.captures for action in passed) else ()
        rights = (Right.SKIP, *money) if passed else ()
        name, now = self._user.name, self._now
        return self._may(*rights) and self._is_taken(lambda old: moves.moved(old, step, by=name, why="-", now=now))

    def _cancel(self) -> Act | None:
        order = self._order
        if order.step_status in (StepStatus.COMPLETE, StepStatus.CANCELED) or not self._may(Right.CANCEL):
            return None
        about = "This is final. What was done is taken back, and money that is held is released."
        return self._act(CANCEL, "Cancel the order", fields=(REASON,), about=about, is_grave=True)

    def _answer(self) -> Act | None:
        if not self._may(Right.ACT, Right.PERSONAL_DATA) or not address_of(self._order):
            return None
        field = ActField(name="body", label="Message to the client", kind="text", most=MAX_POST)
        return self._act(ANSWER, "Send by e-mail", fields=(field,))


_PROCESS_LABELS = {
    ActionState.FAILED: "Try again:",
    ActionState.DONE: "Run again:",
    ActionState.SKIPPED: "Clear the money of",
    ActionState.UNDONE: "Take back again:",
}
