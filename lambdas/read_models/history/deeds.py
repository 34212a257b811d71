"""Tells who changed an order, how and when, by the order before and after. Pure.

Verbs write `changed_by` and `changed_how`. The machine, the runs of actions and the watch write neither, so the names on the
order are still those of the verb before. Their writes are known by what they change. What is not known as theirs is the verb's.

Longer than 200 lines, because each rule leaves to the next what it does not know.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from enum import StrEnum

from lambdas.orders.decisions.money_back import BY_PROVIDER
from lambdas.orders.model.checklist import ActionState, ChecklistAction
from lambdas.orders.model.order import Order, Wait
from lambdas.orders.model.steps import StepStatus
from lambdas.orders.model.waits import WaitKey, WaitKind


class Actor(StrEnum):
    """Kinds of those who change orders."""

    USER = "user"
    CLIENT = "client"
    """By a form or a link."""
    CONTRACT = "contract"
    """A signed contract."""
    PROVIDER = "provider"
    """The payment provider, by its webhooks."""
    CONSOLE = "console"
    """A person with an AWS account: a runbook, or a row that was edited by hand."""
    MACHINE = "machine"
    """The queue's machine, a run of an action, the relay or the watch."""
    UNKNOWN = "unknown"
    """Nothing was recorded."""


@dataclass(frozen=True)
class Deed:
    """`by`: the name that the verb wrote; empty: nobody's. `how`: a verb of orders, or what the machine did. `at`: Unix seconds.

    `action_id`: the action that it is about; 0: the whole order.
    """

    actor: Actor
    by: str
    how: str
    at: int
    action_id: int = 0


AS_IT_STANDS, EDIT, REMOVE, RECONCILE = "record", "edit", "remove", "reconcile"


def deed_of(old: Order | None, new: Order) -> Deed:
    """The deed that made `new` of `old`. `old` None: the order was created, or is recorded as it stands."""
    if old is None:
        if new.revision > 1:
            return Deed(Actor.UNKNOWN, "", AS_IT_STANDS, _moment(old, new))
        return _verb(old, new)
    if old.revision == new.revision:
        return Deed(Actor.CONSOLE, "", EDIT, _moment(old, new))
    if new.revision > old.revision + 1:
        return Deed(Actor.CONSOLE, "", RECONCILE, _moment(old, new))
    if _is_of_a_verb(old, new):
        return _verb(old, new)
    how, action_id = next(_by_machine(old, new), ("", 0))
    return Deed(Actor.MACHINE, "", how, _moment(old, new), action_id) if how else _verb(old, new)


def actor_named(by: str) -> Actor:
    """The kind of author that has this name in `changed_by`."""
    if by.startswith("arn:"):
        return Actor.CONSOLE
    if by.startswith(("form ", "link ")):
        return Actor.CLIENT
    if by.startswith(BY_PROVIDER):
        return Actor.PROVIDER
    if ":" in by:  # no user's name has one
        return Actor.CONTRACT
    return Actor.USER if by else Actor.MACHINE


def _verb(old: Order | None, new: Order) -> Deed:
    by, how = new.changed_by, new.changed_how or "update"
    return Deed(actor_named(by), by, how, _moment(old, new), _acted_on(old, new) if old else 0)


def _is_of_a_verb(old: Order, new: Order) -> bool:
    """Whether something changed that verbs alone change."""
    if _signature(old) != _signature(new):
        return True
    if new.epoch != old.epoch or (new.submitted_at and not old.submitted_at):
        return True
    return any(_is_requested(before, after) or _is_skipped_by_hand(before, after) for before, after in _pairs(old, new))


def _signature(order: Order) -> tuple[str, str, str]:
    return order.changed_by, order.changed_how, order.changed_because


def _is_requested(before: ChecklistAction, after: ChecklistAction) -> bool:
    return after.requested_at is not None and after.requested_at != before.requested_at


def _is_skipped_by_hand(before: ChecklistAction, after: ChecklistAction) -> bool:
    """Not the end of a run that the order was moved past."""
    is_new = after.state is ActionState.SKIPPED is not before.state
    return is_new and not (before.claim and not after.claim)


def _acted_on(old: Order, new: Order) -> int:
    """The action that a person processed, skipped or unskipped; 0: none, or several."""
    found = [
        after.action_id
        for before, after in _pairs(old, new)
        if _is_requested(before, after) or before.state is not after.state
    ]
    return found[0] if len(found) == 1 else 0


_SETTLED = {
    ActionState.DONE: "done",
    ActionState.FAILED: "fail",
    ActionState.WAITING: "wait",
    ActionState.UNDONE: "undo",
    ActionState.PENDING: "hold_back",
    ActionState.SKIPPED: "pass_over",
}


def _by_machine(old: Order, new: Order) -> Iterator[tuple[str, int]]:
    """The deeds of the machine in the change, and their actions; the first one names it."""
    if new.completed_at and not old.completed_at:
        yield "complete", 0
    if new.unwound_at and not old.unwound_at:
        yield "unwind", 0
    for before, after in _pairs(old, new):
        if how := _run(before, after):
            yield how, after.action_id
    yield from _waits(old, new)
    for how, is_so in _OF_THE_ORDER:
        if is_so(old, new):
            yield how, 0


def _run(before: ChecklistAction, after: ChecklistAction) -> str:
    if after.claim and (after.attempts, after.claim, after.claim_ends_at) != (
        before.attempts,
        before.claim,
        before.claim_ends_at,
    ):
        return "run"
    if before.claim and not after.claim:
        return _SETTLED.get(after.state, "hold_back")
    if before.state is not after.state and after.state in (ActionState.UNDONE, ActionState.FAILED):
        return _SETTLED[after.state]
    return "fail" if before.requested_at and not after.requested_at and before.state is after.state else ""


def _waits(old: Order, new: Order) -> Iterator[tuple[str, int]]:
    for key, wait in new.waits.items():
        action = new.actions.get(WaitKey(key).action_key)
        before, kind = old.waits.get(key), WaitKey(key).kind
        action_id = action.action_id if action else 0
        if wait.overdue and not (before and before.overdue):
            yield "overdue", action_id
        elif kind not in _OF_VERBS and (before is None or _mark(before) != _mark(wait)):
            yield ("outstanding" if kind is WaitKind.OUTSTANDING else "wait"), action_id
    for key in old.waits.keys() - new.waits.keys():
        if WaitKey(key).kind is WaitKind.OUTSTANDING:
            yield "settle", int(WaitKey(key).action_key)


_OF_VERBS = (WaitKind.MACHINE, WaitKind.DISPUTE, WaitKind.REFUND)


def _mark(wait: Wait) -> tuple[int, str]:
    return wait.since, wait.token


_OF_THE_ORDER: tuple[tuple[str, Callable[[Order, Order], bool]], ...] = (
    ("stop", lambda old, new: bool(new.machine_stopped_at and not old.machine_stopped_at)),
    ("resume", lambda old, new: bool(old.machine_stopped_at and not new.machine_stopped_at)),
    ("restart", lambda old, new: new.machine_run != old.machine_run),
    ("look", lambda old, new: new.looked_at != old.looked_at),
    ("advance", lambda old, new: new.step_id != old.step_id and new.step_status is StepStatus.ORDINARY),
    ("look", lambda old, new: new.changed(revision=old.revision) == old),
)


def _pairs(old: Order, new: Order) -> Iterator[tuple[ChecklistAction, ChecklistAction]]:
    return ((old.actions[key], action) for key, action in new.actions.items() if key in old.actions)


def _moment(old: Order | None, new: Order) -> int:
    """The latest of the times that the change wrote; without any, that of the order's last activity."""
    before = _times(old) if old else {}
    return max((at for place, at in _times(new).items() if at and at != before.get(place)), default=new.activity)


_TIMES = (
    "ts", "activity", "submitted_at", "completed_at", "canceled_at", "unwound_at", "review_at", "machine_stopped_at", "looked_at",
    "reply_waiting_at",
)  # fmt: skip


def _times(order: Order) -> dict[str, int | None]:
    """Moments in the past, by the place where a write leaves them."""
    return {
        **{name: getattr(order, name) for name in _TIMES},
        **{f"run {key}": action.at for key, action in order.actions.items()},
        **{f"request {key}": action.requested_at for key, action in order.actions.items()},
        **{f"wait {key}": wait.since for key, wait in order.waits.items()},
    }
