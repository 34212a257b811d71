"""Predicts from an order's own deadlines whether its money is taken before its hold lapses. Pure.

A person may need the whole time that an action gives them, and so may a client who pays. Automatic actions take no time.
"""

from lambdas.orders.decisions import hold_clock, progress
from lambdas.orders.decisions.await_payment import AWAITING_MODULE
from lambdas.orders.decisions.progress import unmet_prereqs
from lambdas.orders.model.checklist import ChecklistAction
from lambdas.orders.model.hold_clock import HoldPolicy, Holds, Trouble
from lambdas.orders.model.order import Hold, Order, Wait
from lambdas.orders.model.waits import WaitKey

SURE_SECONDS = 4 * 86_400  # every brand of cards holds money for as long


def taken_at(order: Order, now: int) -> int | None:
    """When the held money is taken at the latest, if every deadline from now on is kept. Unix seconds. None: nothing takes it."""
    taking = hold_clock.capturing_action(order)
    if taking is None:
        return None
    positions = [step.step_id for step in order.checklist_steps]
    here, there = positions.index(order.step_id), positions.index(taking.step_id)
    before = (order.actions_of(step_id) for step_id in positions[here:there])
    steps = sum(max((_seconds(order, action, now) for action in actions), default=0) for actions in before)
    return now + steps + _seconds(order, taking, now)


def needed_until(lead: Order, now: int) -> int | None:
    """When the money of a lead that is submitted now is taken at the latest. None: while every bank still holds it."""
    at = taken_at(progress.submitted(lead, now=now, hold=None), now)
    return at if at is not None and at > now + SURE_SECONDS else None


def held_until(hold: Hold, rules: Holds) -> int | None:
    """Until when the queue's rules keep the money held, in Unix seconds. None: they take it before the hold lapses."""
    if rules.when_lapsing is HoldPolicy.CAPTURE:
        return None
    begun_at, late_at, ends_at = (hold_clock.mark_at(hold, mark) for mark in (0, hold_clock.LATE, hold_clock.OVER))
    left = rules.renewals_at_most - hold.clock.renewals if rules.when_lapsing is HoldPolicy.RENEW else 0
    return ends_at + max(0, left) * (late_at - begun_at)


def warned(order: Order, rules: Holds, now: int) -> Order:
    """The order with a warning to the owner of the action that takes the money, if that comes too late by the order's deadlines.
    The very same order if it comes in time.
    """
    hold, taking, at = order.hold, hold_clock.capturing_action(order), taken_at(order, now)
    if hold is None or taking is None or at is None or not hold_clock.is_kept(order):
        return order
    until = held_until(hold, rules)
    if until is None or at <= until:
        return order
    clock = hold.clock.changed(trouble=Trouble.TOO_SLOW)
    wait = Wait(token="", since=now, due_at=hold_clock.mark_at(hold, hold_clock.LATE), owner=taking.owner)
    waits = {**order.waits, WaitKey.hold(taking.action_id): wait}
    return order.changed(hold=hold.changed(clock=clock), waits=waits)


def _seconds(order: Order, action: ChecklistAction, now: int) -> int:
    """How long the action may take, with all that must come before it in its step."""
    if action.met or action.optional:
        return 0
    before = (each for each in unmet_prereqs(order, action) if each.step_id == action.step_id)
    chain = max((_seconds(order, each, now) for each in before), default=0)
    wait = order.waits.get(str(action.action_id))
    if wait and wait.due_at:
        return chain + max(0, wait.due_at - now)
    takes_time = not action.automatic or action.module == AWAITING_MODULE
    return chain + (action.due_hours * 3_600 if takes_time else 0)
