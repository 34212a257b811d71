"""Money that goes back to its payer without us: a dispute at their bank, a refund made at the payment provider. Pure.

Neither moves money here. The owner of the action that takes the money is asked: about a dispute until the bank decides, about a
refund until credit notes stand for it. What a provider states twice changes nothing.
"""

from datetime import UTC, datetime

from lambdas.orders.decisions.await_payment import INVOICING_MODULE
from lambdas.orders.dispute import Dispute, DisputeReason, DisputeState, RefundThere
from lambdas.orders.model.order import Order, Wait, without
from lambdas.orders.model.waits import DISPUTE_WAIT, REFUND_WAIT, WaitKey

BY_PROVIDER = "webhook:"  # what names of payment providers begin with, where they changed an order
NAMES = {DISPUTE_WAIT: "Disputed payment", REFUND_WAIT: "Refund without a credit note"}  # of what waits
_ANSWER = "Answer it at the payment provider. Until the bank decides, nothing of the payment can be refunded."
_OPERATIONS, _DUE_HOURS = "operations", 24  # of an order that no action invoices
HOW = {DisputeState.OPEN: "open_dispute", DisputeState.WON: "win_dispute", DisputeState.LOST: "lose_dispute"}


def with_dispute(order: Order, dispute: Dispute, now: int) -> Order:
    """The very same order if it says so already, or if an older answer comes late: what a bank decided stays decided."""
    known = order.dispute
    is_late = known and dispute.opened_at <= known.opened_at and dispute.is_open and not known.is_open
    if dispute == known or is_late:
        return order
    waits = without(order.waits, DISPUTE_WAIT)
    if dispute.is_open:
        waits[DISPUTE_WAIT] = order.waits.get(DISPUTE_WAIT) or _wait(order, now, dispute.answer_by)
    return order.changed(dispute=dispute, waits=waits, activity=now)


def with_refund_there(order: Order, cents: int, currency: str, now: int) -> Order:
    """`cents`: what went back and no credit note stands for. The very same order if it says so already, or was canceled."""
    known = order.refund_there
    if not cents:
        return order if known is None else order.changed(refund_there=None, waits=without(order.waits, REFUND_WAIT))
    if order.canceled_at is not None or (known and (known.amount_cents, known.currency) == (cents, currency)):
        return order  # what is canceled is credited whole
    refund = RefundThere(amount_cents=cents, currency=currency, since=known.since if known else now)
    wait = order.waits.get(REFUND_WAIT) or _wait(order, now)
    return order.changed(refund_there=refund, waits={**order.waits, REFUND_WAIT: wait}, activity=now)


_COLLECT = (
    "Ask the client to pay in another way. Or credit these lines of the invoice (client.invoice_credit), or cancel the order: "
    "what went back is not refunded again."
)


def dispute_texts(order: Order) -> tuple[str, str]:
    """The dispute in words, and how staff answer it. Both are empty without a dispute."""
    dispute = order.dispute
    if dispute is None:
        return "", ""
    until = f" It takes evidence until {_day(dispute.answer_by)}." if dispute.is_open and dispute.answer_by else ""
    end = {
        DisputeState.OPEN: "",
        DisputeState.WON: " The bank decided for us.",
        DisputeState.LOST: " The bank decided for the payer, who has the money back.",
    }
    if dispute.reason is DisputeReason.RETURNED:
        return (
            f"The payer's bank returned the debit of {dispute.money}: {dispute.says}.{until}{end[dispute.state]}",
            _ANSWER,
        )
    why = f"The payer disputes {dispute.money} at their bank: {dispute.says}.{until}{end[dispute.state]}"
    return why, _ANSWER


def refund_texts(order: Order) -> tuple[str, str]:
    """The refund in words, and how staff write it down. Both are empty if nothing did."""
    if order.refund_there is None:
        return "", ""
    lost = order.dispute is not None and order.dispute.state is DisputeState.LOST
    if lost and order.dispute and order.dispute.reason is DisputeReason.RETURNED:
        why = f"The payer's bank returned the debit: {order.refund_there.money} went back to its payer, who owes it again."
        return why, _COLLECT
    how = "by a dispute that was lost" if lost else "by a refund made at the payment provider"
    why = f"{order.refund_there.money} of the payment went back to its payer {how}, and no credit note says so."
    return why, "Credit these lines of the invoice (client.invoice_credit): what went back is not refunded again."


def texts(order: Order, key: WaitKey) -> tuple[str, str]:
    return dispute_texts(order) if key == DISPUTE_WAIT else refund_texts(order)


def _wait(order: Order, now: int, due_at: int | None = None) -> Wait:
    action = next((each for each in order.actions.values() if each.module == INVOICING_MODULE), None)
    hours = action.due_hours if action else _DUE_HOURS
    owner = action.owner if action else _OPERATIONS
    return Wait(token="", since=now, due_at=due_at or now + hours * 3_600, owner=owner)


def _day(at: int) -> str:
    return datetime.fromtimestamp(at, UTC).strftime("%Y-%m-%d %H:%M UTC")
