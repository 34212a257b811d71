"""The clock of a hold: it is warned about at 50 % and 80 % of its life, and then renewed, captured or given to a person. Pure.

The clock begins once the order was looked at, or changed an hour after its money was held: most orders are captured before that,
and never stand in the index of deadlines. `lambdas/payments/holds` does what is due, and each step of it is written here first.
"""

from lambdas.orders.decisions.await_payment import INVOICING_MODULE
from lambdas.orders.decisions.claims import is_busy
from lambdas.orders.model.checklist import ChecklistAction
from lambdas.orders.model.hold_clock import HoldClock, HoldPolicy, Holds, Trouble
from lambdas.orders.model.order import Hold, Order, Wait, without
from lambdas.orders.model.waits import WaitKey
from lambdas.orders.payment_key import gateway_of, key_at

HALF, LATE, OVER = 50, 80, 100  # percent of a hold's life
USUAL_SECONDS = 7 * 86_400  # the life of a hold that does not say when it began
CLAIM_SECONDS = 300  # longer than the function may run, so no process is behind a claim that is over
AGAIN_SECONDS = 900  # after a provider that did not answer
_YOUNG_SECONDS = 3_600


def capturing_action(order: Order) -> ChecklistAction | None:
    """The action that takes the held money and has not yet; None: nothing takes it."""
    found = (each for each in order.actions.values() if each.module == INVOICING_MODULE and not each.met)
    return None if order.is_final or order.is_lead else next(found, None)


def is_kept(order: Order) -> bool:
    """Whether the order's money is held for an action that has still to take it."""
    hold = order.hold
    return hold is not None and not hold.captured and _ends_at(hold) is not None and capturing_action(order) is not None


def mark_at(hold: Hold, percent: int) -> int:
    """When this part of its life is over, in Unix seconds."""
    ends_at = _ends_at(hold) or 0
    begun_at = ends_at - USUAL_SECONDS if hold.held_at is None else min(hold.held_at, ends_at)
    return begun_at + (ends_at - begun_at) * percent // 100


def mark_passed(hold: Hold, now: int) -> int:
    """The last mark that is behind us; 0: none."""
    return max((mark for mark in (HALF, LATE, OVER) if mark_at(hold, mark) <= now), default=0)


def next_look_at(order: Order) -> int | None:
    """When the hold must be looked at. None: it has no clock, or a person has it."""
    hold = order.hold
    if hold is None or not is_kept(order):
        return None
    clock = hold.clock
    if clock.look_at is not None or clock.marked:
        return clock.look_at
    is_begun = order.looked_at is not None or order.activity > mark_at(hold, 0) + _YOUNG_SECONDS
    return mark_at(hold, HALF) if is_begun else None


def begun(order: Order, now: int) -> Order:
    """The order with the clock of its hold begun. The very same order if it runs, or there is nothing to watch."""
    if order.looked_at is not None or not is_kept(order) or next_look_at(order) is not None:
        return order
    return order.looked_over(now)


def is_due(order: Order, now: int) -> bool:
    due_at = next_look_at(order)
    return due_at is not None and due_at <= now and not is_being_kept(order, now)


def is_being_kept(order: Order, now: int) -> bool:
    """Whether a run renews the hold at this moment, so that nobody else may touch its money."""
    return order.hold is not None and (order.hold.clock.busy_until or 0) >= now


def may_move(order: Order, now: int) -> bool:
    """Whether the clock may move the money: no run of the action that takes it is in progress."""
    action = capturing_action(order)
    return action is not None and not is_busy(action, now)


def renewal_key(order: Order) -> str:
    """The key of the renewal that is begun, or would be next. It counts on only when an outcome is known."""
    hold = order.hold
    renewals, gateway = (hold.clock.renewals, gateway_of(hold.key)) if hold else (0, "")
    return key_at(f"{order.known_as}:renew:{renewals + 1}", gateway)


def marked(order: Order, mark: int) -> Order:
    """The order with the mark noted; the next one is looked at in its turn."""
    hold = _hold(order)
    following = {HALF: LATE, LATE: OVER}.get(mark)
    return _with_clock(order, marked=mark, look_at=mark_at(hold, following) if following else None)


def renewal_begun(order: Order, now: int) -> Order:
    """The intent to renew, written before the provider is asked. It is found again until its outcome is known."""
    clock = _hold(order).clock
    ends_at = now + CLAIM_SECONDS
    asked = {"is_renewing": True, "tries": clock.tries + 1, "busy_until": ends_at, "look_at": ends_at}
    return _with_clock(order, marked=max(clock.marked, LATE), **asked)


def released(order: Order, now: int) -> Order:
    """The order after a try whose outcome is not known: it is looked up soon."""
    return _with_clock(order, busy_until=None, look_at=now + AGAIN_SECONDS)


def postponed(order: Order, again_at: int) -> Order:
    """The order after a renewal that was asked too soon: nothing of it was begun. `again_at`: Unix seconds."""
    return _with_clock(order, busy_until=None, is_renewing=False, tries=0, look_at=again_at)


def renewed(order: Order, hold: Hold) -> Order:
    """The order with the new hold in the place of the old one. Its clock begins again."""
    clock = HoldClock(renewals=_hold(order).clock.renewals + 1)
    fresh = hold.changed(clock=clock.changed(look_at=mark_at(hold, HALF)))
    return _without_wait(order.changed(hold=fresh))


def freed(order: Order) -> Order:
    """The order after a run that worked on a hold which nobody needs any more: its undo need not wait for the run."""
    clock = order.hold.clock if order.hold else None
    if clock is None or is_kept(order) or (clock.busy_until is None and not clock.is_renewing):
        return order
    return _with_clock(order, busy_until=None, is_renewing=False)


def captured(order: Order, capture_id: str) -> Order:
    """The order whose hold was captured before its invoice. Generate Invoice finds the money, and takes no more."""
    hold = _hold(order)
    clock = hold.clock.changed(look_at=None, busy_until=None, is_renewing=False, tries=0, trouble=Trouble.NONE)
    taken = hold.changed(
        captured=True, ids=hold.ids.changed(capture=capture_id).besides(hold.transaction_id), clock=clock
    )
    return _without_wait(order.changed(hold=taken))


def choice(hold: Hold, rules: Holds, *, is_lapsed: bool) -> HoldPolicy | Trouble:
    """The next step for a hold that is at 80 % of its life or further. A hold that a person has is left to them."""
    if hold.clock.trouble not in (Trouble.NONE, Trouble.TOO_SLOW):
        return Trouble.LAPSED if is_lapsed else hold.clock.trouble
    renews = rules.when_lapsing is HoldPolicy.RENEW
    if renews and hold.clock.renewals < rules.renewals_at_most:
        return HoldPolicy.RENEW
    if is_lapsed:
        return Trouble.LAPSED
    return Trouble.RENEWED_ENOUGH if renews else rules.when_lapsing


def given_to_person(order: Order, trouble: Trouble, now: int, *, is_held: bool) -> Order:
    """The order with work for the owner of the action that takes the money: until the hold lapses or, if nothing is held any
    more, in the action's own time. A renewal that was begun is over. A hold that its provider no longer vouches for still lives
    until `capture_before`.
    """
    hold, action = _hold(order), capturing_action(order)
    if action is None:
        return order
    ends_at = mark_at(hold, OVER)
    if ends_at <= now:
        ends_at = max(ends_at, hold.capture_before or 0)
    is_over = not is_held
    due_at = now + action.due_hours * 3_600 if is_over else max(ends_at, now)
    renewals = hold.clock.renewals + hold.clock.is_renewing
    left = {"busy_until": None, "is_renewing": False, "tries": 0, "renewals": renewals, "trouble": trouble}
    again_at = None if is_over else max(ends_at, now) + AGAIN_SECONDS
    given = _with_clock(order, marked=OVER if is_over else LATE, look_at=again_at, **left)
    wait = Wait(token="", since=now, due_at=due_at, owner=action.owner)
    return given.changed(waits={**order.waits, WaitKey.hold(action.action_id): wait})


def _hold(order: Order) -> Hold:
    if order.hold is None:
        raise ValueError("only an order with a hold has a clock")
    return order.hold


def _ends_at(hold: Hold) -> int | None:
    if hold.capture_before is None:
        return None
    return min(hold.capture_before, hold.honoured_until or hold.capture_before)


def _with_clock(order: Order, **changes: object) -> Order:
    hold = _hold(order)
    return order.changed(hold=hold.changed(clock=hold.clock.changed(**changes)))


def _without_wait(order: Order) -> Order:
    keys = (WaitKey.hold(action_id) for action_id in order.actions)
    return order.changed(waits=without(order.waits, *keys))
