"""Money of an order: its price, and whether money is held, captured, released or refunded."""

from collections.abc import Iterator

from lambdas.desk.pages.times import amount, moment
from lambdas.orders.decisions import money_back
from lambdas.orders.model.checklist import ActionState
from lambdas.orders.model.order import Hold, Order
from lambdas.orders.model.steps import StepStatus
from lambdas.runtime.models import Frozen

_RETURNING = "reverse_payment"


class MoneyLine(Frozen):
    """`note`: a sentence more, or empty."""

    label: str
    value: str
    note: str = ""


def money_of(order: Order) -> tuple[MoneyLine, ...]:
    tax = sum(pack.tax_cents for pack in order.priced)
    lines = [MoneyLine(label="First charge", value=amount(order.total_cents, order.currency), note=_tax(tax, order))]
    if order.hold is None:
        return (*lines, MoneyLine(label="Held", value="nothing", note=_unheld(order)))
    return (*lines, _of_hold(order, order.hold), *_went_back(order))


def _went_back(order: Order) -> Iterator[MoneyLine]:
    if order.dispute:
        why, _ = money_back.dispute_texts(order)
        yield MoneyLine(label="Disputed", value=f"{order.dispute.money}", note=why)
    if order.refund_there:
        why, _ = money_back.refund_texts(order)
        yield MoneyLine(label="Refunded at the provider", value=f"{order.refund_there.money}", note=why)


def _tax(cents: int, order: Order) -> str:
    taxed = f"including {amount(cents, order.currency)} tax" if cents else ""
    checks = dict.fromkeys(tax.vat_check for pack in order.priced for tax in pack.taxes)
    return ", ".join(filter(None, (taxed, *(f"VAT number {check}" for check in checks if check))))


def _unheld(order: Order) -> str:
    if order.declined_at:
        return f"payments declined: {len(order.declined_at)}"
    return "" if order.is_lead else "it is paid by invoice, or nothing is due"


def _of_hold(order: Order, hold: Hold) -> MoneyLine:
    value = amount(hold.amount_cents, hold.currency)
    is_captured = hold.captured or _is_captured(order)
    if _is_returned(order):
        return MoneyLine(label="Refunded" if is_captured else "Released", value=value)
    if is_captured:
        return MoneyLine(label="Captured", value=value, note=_return_note(order))
    until = f"capture it before {moment(hold.capture_before)}" if hold.capture_before else ""
    return MoneyLine(label="Held", value=value, note=_return_note(order) or until)


def _is_captured(order: Order) -> bool:
    """Whether an action took it; one that was undone took it before."""
    taken = (ActionState.DONE, ActionState.UNDONE)
    return any(action.captures and action.attempts and action.state in taken for action in order.actions.values())


def _is_returned(order: Order) -> bool:
    returned = any(
        action.module == _RETURNING and action.state is ActionState.DONE for action in order.actions.values()
    )
    return returned or order.unwound_at is not None


def _return_note(order: Order) -> str:
    return "being returned" if order.step_status is StepStatus.CANCELED else ""
