"""The facts of an order that numbers count: each once a day, by how much. Pure.

They follow from the order and its own times, so a later look at it finds the same ones. Only a lead that its buyer took up again,
and waits that ended, are known from the change alone.
"""

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime

from lambdas.orders.decisions.await_payment import AWAITING_MODULE
from lambdas.orders.model.checklist import MET, ActionState, ChecklistAction
from lambdas.orders.model.money import MoneyError, parse_cents
from lambdas.orders.model.order import Order
from lambdas.orders.model.steps import StepStatus
from lambdas.orders.model.waits import WaitKey, WaitKind
from lambdas.read_models.numbers.histogram import bucket_of
from lambdas.runtime.models import Frozen

RETURNED_AFTER_SECONDS = 3600  # A lead that is changed later was left and taken up again.
_OF_PEOPLE = frozenset(WaitKind) - {WaitKind.LEADS, WaitKind.GATE}


class Fact(Frozen):
    """`key` names it among the facts of its order. `day`: in UTC, such as 2026-11-27. `adds`: by how much, by number."""

    key: str
    day: str
    adds: dict[str, int]


def facts(order: Order) -> Mapping[str, Fact]:
    """By key."""
    return {fact.key: fact for fact in _facts(order)}


def new_facts(old: Order | None, new: Order) -> tuple[Fact, ...]:
    """The facts that a change brought. `old` None: all."""
    before = facts(old) if old else {}
    found = [fact for key, fact in facts(new).items() if key not in before]
    if old and _is_taken_up_again(old, new) and "r" not in before:
        found.append(_fact("r", new.activity, {"returned": 1}))
    return tuple(found)


def day_of(at: int) -> str:
    return datetime.fromtimestamp(at, UTC).date().isoformat()


def _facts(order: Order) -> Iterator[Fact]:
    yield _fact("b", order.ts, {"begun": 1})
    if order.submitted_at:
        sums = {f"submitted_cents#{order.currency}": order.total_cents}
        yield _fact("s", order.submitted_at, {"submitted": 1, **sums})
        if order.submitted_at - order.ts >= RETURNED_AFTER_SECONDS:
            yield _fact("r", order.submitted_at, {"returned": 1})
    if order.completed_at:
        yield _fact("c", order.completed_at, {"completed": 1})
    if order.canceled_at:
        yield from _of_cancel(order, order.canceled_at)
    yield from _money(order)
    yield from _times(order)
    yield from _waits(order)


def _of_cancel(order: Order, at: int) -> Iterator[Fact]:
    if not order.submitted_at:
        yield _fact("x", at, {"lost": 1})
        return
    uncaptured = 0 if any(_invoiced(order)) else order.total_cents
    yield _fact("x", at, {"canceled": 1, f"canceled_cents#{order.currency}": uncaptured})


def _money(order: Order) -> Iterator[Fact]:
    """The payment of the order's invoice, and its return. A payment of an open invoice is known by the action that awaits it."""
    for invoiced in _invoiced(order):
        cents = _total_cents(invoiced, order.currency)
        paid_at = invoiced.at if invoiced.result.get("status") == "paid" else _paid_at(order)
        if paid_at and cents:
            yield _fact("m", paid_at, {f"captured_cents#{order.currency}": cents})
        if paid_at and cents and invoiced.state is ActionState.UNDONE and invoiced.at:
            yield _fact("u", invoiced.at, {f"returned_cents#{order.currency}": cents})


def _invoiced(order: Order) -> Iterator[ChecklistAction]:
    """The action that invoiced the order, if one did."""
    for action in order.actions.values():
        if action.captures and action.state in (ActionState.DONE, ActionState.UNDONE) and "total" in action.result:
            yield action
            return


def _paid_at(order: Order) -> int | None:
    for action in order.actions.values():
        if (
            action.module == AWAITING_MODULE
            and action.state is ActionState.DONE
            and action.result.get("invoice_numbers")
        ):
            return action.at
    return None


def _total_cents(action: ChecklistAction, currency: str) -> int:
    try:
        return parse_cents(str(action.result["total"]), currency)
    except MoneyError:
        return 0


def _times(order: Order) -> Iterator[Fact]:
    """How long the order was in Leads, and in each ordinary step behind it until it left it."""
    entered = order.submitted_at
    if not entered:
        return
    leads, *others = order.checklist_steps
    yield _time_fact(leads.step_id, order.ts, entered)
    places = [step.step_id for step in order.checklist_steps]
    here = places.index(order.step_id)
    is_canceled = order.step_status is StepStatus.CANCELED
    for step in others:
        if step.status is not StepStatus.ORDINARY or (not is_canceled and places.index(step.step_id) >= here):
            return
        left = _left_at(order, step.step_id)
        if left is None:
            return
        yield _time_fact(step.step_id, entered, left)
        entered = left


def _left_at(order: Order, step_id: int) -> int | None:
    """When the last of the step's required actions was met. None: it was left without that, by a cancel or by hand."""
    needed = [action for action in order.actions_of(step_id) if not action.optional]
    times = [action.at for action in needed if action.state in MET and action.at]
    return max(times) if times and len(times) == len(needed) else None


def _time_fact(step_id: int, entered: int, left: int) -> Fact:
    return _fact(f"t{step_id}", left, {f"left#{step_id}#{bucket_of(left - entered)}": 1})


def _waits(order: Order) -> Iterator[Fact]:
    for key, wait in order.waits.items():
        if WaitKey(key).kind not in _OF_PEOPLE or wait.due_at is None:
            continue
        yield _fact(f"w{key}@{wait.since}", wait.since, {f"waits#{wait.owner}": 1})
        if wait.overdue:
            yield _fact(f"o{key}@{wait.since}", wait.due_at, {f"overdue#{wait.owner}": 1})


def _is_taken_up_again(old: Order, new: Order) -> bool:
    return old.is_lead and new.is_lead and old.info != new.info and new.activity - new.ts >= RETURNED_AFTER_SECONDS


def _fact(key: str, at: int, adds: Mapping[str, int]) -> Fact:
    return Fact(key=key, day=day_of(at), adds=dict(adds))
