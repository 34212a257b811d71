"""Everything on an order that waits for somebody: what, for which team, who took it, since when and until when. Pure.

A gate waits for other actions, and a lead for its buyer, so neither is open work.
"""

import re
from enum import StrEnum

from lambdas.orders.decisions.hold_clock import is_kept
from lambdas.orders.decisions.same_address import doubled_client
from lambdas.orders.model.checklist import ActionState, ChecklistAction
from lambdas.orders.model.order import Assignment, Order, Wait
from lambdas.orders.model.waits import WaitKey, WaitKind
from lambdas.runtime.models import Frozen

SALES = "sales"
REVIEW, REPLY, ADDRESS = "review", "reply", "address"
ANSWERED_WITHIN_SECONDS = 86_400  # a review, or the reply of a client
_USER = re.compile(r"[A-Za-z0-9][A-Za-z0-9._@-]{0,63}")


class WorkKind(StrEnum):
    """The reason for which somebody must act."""

    WAITING = "waiting"
    """An action is done by a person, or needs one to say something."""
    OUTSIDE = "outside"
    """A service or a payment outside must answer the action. Its owner acts once it is overdue."""
    FAILED = "failed"
    """An action failed, and a person processes it again or skips it."""
    UNDO = "undo"
    """The undo of an action failed."""
    HOLD = "hold"
    """Money held for an action lapses soon, or did."""
    DISPUTE = "dispute"
    """The payer disputes the order's payment at their bank."""
    REFUND = "refund"
    """Money of the order's payment went back without a credit note."""
    OUTSTANDING = "outstanding"
    """Money of a skipped action is outstanding."""
    STOPPED = "stopped"
    """No execution walks the order."""
    REVIEW = "review"
    """A lead must be looked at before it is submitted."""
    REPLY = "reply"
    """The client wrote, and nobody answered."""
    SAME_ADDRESS = "same_address"
    """The order made a client who has the e-mail address of another one."""
    MONEY = "money"
    """Money that belongs to no invoice. No order says so: records do."""


class OpenWork(Frozen):
    """`key`: a key of `Order.waits`, an action's id, `review`, `reply` or `address`.

    `person`: a user of the API, or empty. Unix seconds.

    `turn`: tells it from later work under the same key. A machine that parks again in front of the same run (it does so weekly)
    begins no new turn.
    """

    key: str
    kind: WorkKind
    team: str
    person: str = ""
    since: int
    due_at: int
    turn: int
    action_id: int | None = None
    assignment: Assignment | None = None


def open_work(order: Order) -> tuple[OpenWork, ...]:
    """All open work of the order, most urgent first."""
    found = [
        *(
            _of_wait(order, WaitKey(key), wait)
            for key, wait in order.waits.items()
            if _is_for_somebody(order, WaitKey(key))
        ),
        *(_of_failure(action) for action in order.actions_of(order.step_id) if _is_left_failed(order, action)),
    ]
    if order.is_lead and order.review_at is not None:
        found.append(_of_order(REVIEW, WorkKind.REVIEW, order.review_at))
    if order.reply_waiting_at is not None:
        found.append(_of_order(REPLY, WorkKind.REPLY, order.reply_waiting_at))
    if (made := doubled_client(order)) is not None:
        found.append(_of_order(ADDRESS, WorkKind.SAME_ADDRESS, made.at or 0))
    return tuple(sorted((_taken(order, work) for work in found), key=lambda work: (work.due_at, work.key)))


def _is_for_somebody(order: Order, key: WaitKey) -> bool:
    if key.kind is WaitKind.HOLD:  # the money may have been taken or released since
        return is_kept(order)
    return key.kind not in (WaitKind.GATE, WaitKind.LEADS)


def _is_left_failed(order: Order, action: ChecklistAction) -> bool:
    """Failed, and no machine parks there: an optional action. A required one gets a wait in a moment."""
    is_parked = str(action.action_id) in order.waits
    return action.optional and action.state is ActionState.FAILED and not action.retryable and not is_parked


def _of_wait(order: Order, key: WaitKey, wait: Wait) -> OpenWork:
    action = order.actions.get(key.action_key)
    due_at = wait.since + ANSWERED_WITHIN_SECONDS if wait.due_at is None else wait.due_at
    action_id = action.action_id if action else None
    turn = action.attempts if action and key.kind not in (WaitKind.OUTSTANDING, WaitKind.HOLD) else wait.since
    fields = {"team": wait.owner, "since": wait.since, "due_at": due_at, "turn": turn, "action_id": action_id}
    return OpenWork(key=key, kind=_kind_of(key, action), **fields)


_KINDS = {
    WaitKind.MACHINE: WorkKind.STOPPED,
    WaitKind.UNDO: WorkKind.UNDO,
    WaitKind.OUTSTANDING: WorkKind.OUTSTANDING,
    WaitKind.HOLD: WorkKind.HOLD,
    WaitKind.DISPUTE: WorkKind.DISPUTE,
    WaitKind.REFUND: WorkKind.REFUND,
}


def _kind_of(key: WaitKey, action: ChecklistAction | None) -> WorkKind:
    if kind := _KINDS.get(key.kind):
        return kind
    if action is None or not action.automatic:
        return WorkKind.FAILED if action and _failed(action) else WorkKind.WAITING
    return WorkKind.FAILED if _failed(action) else WorkKind.OUTSIDE


def _failed(action: ChecklistAction) -> bool:
    return action.failed_last or action.state is ActionState.FAILED


def _of_failure(action: ChecklistAction) -> OpenWork:
    since = action.at or 0
    times = {"since": since, "due_at": since + action.due_hours * 3600, "turn": action.attempts}
    key = str(action.action_id)
    return OpenWork(key=key, kind=WorkKind.FAILED, team=action.owner, action_id=action.action_id, **times)


def _of_order(key: str, kind: WorkKind, since: int) -> OpenWork:
    times = {"since": since, "due_at": since + ANSWERED_WITHIN_SECONDS, "turn": since}
    return OpenWork(key=key, kind=kind, team=SALES, **times)


def _taken(order: Order, work: OpenWork) -> OpenWork:
    """With who took it. An assignment is of one wait: the next one under the same key begins without."""
    given = order.assigned.get(work.key)
    if given and given.turn == work.turn:
        return work.changed(person=given.to, assignment=given)
    if work.kind is WorkKind.REPLY and _USER.fullmatch(order.owner):
        return work.changed(person=order.owner)
    return work
