"""Promises that one order keeps or breaks. Pure, but for the two questions that a canceled order needs answers to."""

from collections.abc import Callable, Iterator

from lambdas.orders.decisions import hold_clock
from lambdas.orders.decisions.operator import restart
from lambdas.orders.model.checklist import ActionState
from lambdas.orders.model.executions import earlier_name, execution_name
from lambdas.orders.model.hold_clock import Trouble
from lambdas.orders.model.order import Hold, Order
from lambdas.orders.model.waits import MACHINE_WAIT, WaitKey, WaitKind
from lambdas.orders.ports import Executions
from lambdas.orders.table.entries import UnreadableOrder
from lambdas.payments.captures import awaits_invoice
from lambdas.watch.invariants.violation import Promise, Violation

LAPSES_WITHIN_SECONDS = 48 * 3_600
PATIENCE_SECONDS = 3_600  # so long a change may take until the order shows it
_STANDS = (ActionState.WAITING, ActionState.FAILED)
_ASKS_NOBODY = (WaitKind.GATE, WaitKind.LEADS)


def of_open_order(order: Order, executions: Executions, running: frozenset[str], now: int) -> Iterator[Violation]:
    """`running`: names of running executions; only of an order without one of these Step Functions is asked."""
    has_one = not running.isdisjoint((execution_name(order), earlier_name(order)))
    if not has_one and restart.with_execution_state(order, executions, now=now) is not order:
        what = "no execution walks it, and it does not say so"
        yield Violation(promise=Promise.EXECUTION, place=order.order_id, what=what, mend="order.restart")
    for key, wait in order.waits.items():
        if not wait.owner.strip():
            mend = "name an owner in its queue.toml, and process, skip or cancel this one"
            what = f"wait {key} is nobody's"
            yield Violation(promise=Promise.OWNER, place=order.order_id, what=what, mend=mend)
    yield from _unasked(order, now)


def _unasked(order: Order, now: int) -> Iterator[Violation]:
    """Required actions of the step that stand still and whom nobody is asked about."""
    if order.activity > now - PATIENCE_SECONDS or MACHINE_WAIT in order.waits:
        return
    for key, action in order.actions.items():
        stands = action.step_id == order.step_id and action.state in _STANDS and not action.optional
        if stands and key not in order.waits and action.requested_at is None:
            what = f"action {key} is {action.state.value}, and its machine waits for nobody"
            mend = "stop its execution in the console, then order.restart"
            yield Violation(promise=Promise.ASKED, place=order.order_id, what=what, mend=mend)


def of_canceled_order(
    order: Order, *, holds: Callable[[Hold], bool], live_services: Callable[[Order], tuple[str, ...]]
) -> Iterator[Violation]:
    """Of an order that says it is unwound. `holds`: whether the gateway still holds this money. `live_services`: their ids."""
    if order.unwound_at is None:
        return
    if order.hold and not order.hold.captured and holds(order.hold):
        mend = f"void the payment with the note of order {order.order_id} at the gateway"
        what = "its money is still held"
        yield Violation(promise=Promise.HOLD, place=order.order_id, what=what, mend=mend)
    if found := live_services(order):
        what = f"services {', '.join(found)} are not canceled"
        mend = "cancel them where they run, and mark their rows in the record table as canceled"
        yield Violation(promise=Promise.SERVICES, place=order.order_id, what=what, mend=mend)


def of_unreadable_order(order: UnreadableOrder) -> Violation:
    mend = "fix its row (docs/operating.md), then make redrive"
    return Violation(promise=Promise.READABLE, place=order.order_id, what=order.why, mend=mend)


def lapses_soon(order: Order, now: int) -> bool:
    """Whether the order's hold lapses within two days, or did, before anything captures it. A hold whose clock runs is looked
    after until a person has it.
    """
    hold = order.hold
    if hold is None or hold.captured or hold.capture_before is None or not awaits_invoice(order):
        return False
    look_at, clock = hold_clock.next_look_at(order), hold.clock
    if (
        clock.look_at
        and clock.trouble in (Trouble.NONE, Trouble.TOO_SLOW)
        and look_at
        and look_at > now - PATIENCE_SECONDS
    ):
        return False
    return hold.capture_before < now + LAPSES_WITHIN_SECONDS


def waits_since(order: Order) -> int | None:
    """Since when nothing was done with an order that waits for somebody: Unix seconds. None: it waits for nobody.

    A wait's own `since` begins again when its machine parks again, so the order's last activity counts.
    """
    waits = any(WaitKey(key).kind not in _ASKS_NOBODY for key in order.waits)
    return order.activity if waits else None
