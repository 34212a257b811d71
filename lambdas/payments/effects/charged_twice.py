"""Answers a client's question in one sentence: was I charged twice?"""

from collections import Counter
from collections.abc import Mapping
from enum import StrEnum
from typing import NamedTuple

from lambdas.orders.dispute import DisputeState
from lambdas.orders.model.money import Money
from lambdas.payments.captures import awaits_invoice
from lambdas.payments.effects.effect import Payment
from lambdas.payments.effects.order_money import FROM_RECORDS, OrderMoney
from lambdas.payments.gateway import TransactionState
from lambdas.records.invoices.invoice import InvoiceStatus

_HELD = (TransactionState.HELD, TransactionState.NEEDS_AUTHENTICATION)
_TAKEN = (TransactionState.CAPTURED, TransactionState.PARTLY_REFUNDED, TransactionState.REFUNDED)


class Verdict(StrEnum):
    """`yes`: more was taken than is owed, or the same is held twice. `unknown`: a payment is not decided yet."""

    NO = "no"
    YES = "yes"
    UNKNOWN = "unknown"


class Answer(NamedTuple):
    verdict: Verdict
    sentence: str


def answer_of(money: OrderMoney) -> Answer:
    """The sentence names sums and counts alone. It says so if the gateway did not answer."""
    verdict, text = _answer(money)
    source = "" if money.is_current else FROM_RECORDS
    return Answer(verdict, f"{text}{_disputed(money)}{source}")


def _answer(money: OrderMoney) -> tuple[Verdict, str]:
    payments = [each.payment for each in money.payments if each.payment]
    taken, held = (
        [each for each in payments if each.state in _TAKEN],
        [each for each in payments if each.state in _HELD],
    )
    undecided = [each for each in payments if each.state is TransactionState.PENDING]
    if undecided or any(each.is_unclear for each in money.payments):
        return Verdict.UNKNOWN, f"It is not known yet: {_why_unknown(undecided)}, so do not pay again."
    kept, owed = _sums(taken, refunds=True), _owed(money)
    if above := sums_above(money):
        return Verdict.YES, (
            f"Yes: {_amounts(kept)} was taken by {_count(len(taken), 'payment')}, and {_amounts(owed)} is owed; "
            f"{_amounts(above)} must be refunded."
        )
    if len(held) > 1 or (held and kept):
        return Verdict.YES, (
            f"Yes: {_amounts(_sums(held))} is held by {_count(len(held), 'payment')}, and {_amounts(kept)} was taken beside it; "
            "one of them must be released."
        )
    if held:
        return Verdict.NO, f"No: nothing was taken, and {_amounts(_sums(held))} is held once."
    if not taken:
        return Verdict.NO, "No: nothing was taken, and nothing is held."
    return Verdict.NO, f"No: {_amounts(_sums(taken))} was taken {_times(len(taken))}{_refunded(taken, kept)}."


def sums_above(money: OrderMoney) -> Mapping[str, int]:
    """Cents by currency that were taken and not refunded, above what is owed."""
    kept = _sums(
        [each.payment for each in money.payments if each.payment and each.payment.state in _TAKEN], refunds=True
    )
    owed = _owed(money)
    return +Counter({currency: kept[currency] - owed[currency] for currency in kept})


def _why_unknown(undecided: list[Payment]) -> str:
    if undecided:
        return f"the bank has not decided about {_amounts(_sums(undecided))}"
    return "the payment provider has not stated what became of a payment"


def _disputed(money: OrderMoney) -> str:
    found = [each.payment.dispute for each in money.payments if each.payment and each.payment.dispute]
    return "".join(f" {each.money} {'is' if each.is_open else 'was'} disputed{_END[each.state]}." for each in found)


_END = {
    DisputeState.OPEN: " at the payer's bank",
    DisputeState.WON: ", and the payer has nothing back",
    DisputeState.LOST: ", and the payer has it back",
}


def _refunded(taken: list[Payment], kept: Mapping[str, int]) -> str:
    refunded = Counter[str]()
    for each in taken:
        refunded[each.currency] += each.refunded_cents
    if not +refunded:
        return ""
    return f", and {_amounts(refunded) if any(kept.values()) else 'all of it'} was refunded"


def _owed(money: OrderMoney) -> Counter[str]:
    """The sums that the gateway's payments may have taken: those owed on invoices that no money from elsewhere paid.

    Some methods take the money at submit. Until its invoice is issued, the order's total is owed.
    """
    order, owed = money.order, Counter[str]()
    for invoice in money.invoices:
        if invoice.status is not InvoiceStatus.CREDITED and invoice.payment is None:
            owed[invoice.currency] += invoice.owed_cents
    if awaits_invoice(order) and not any(each.order_id == order.order_id for each in money.invoices):
        owed[order.currency] += order.total_cents
    return owed


def _sums(payments: list[Payment], *, refunds: bool = False) -> Counter[str]:
    """Cents by currency. `refunds`: less what was refunded."""
    sums = Counter[str]()
    for each in payments:
        sums[each.currency] += each.amount_cents - (each.refunded_cents if refunds else 0)
    return sums


def _amounts(sums: Mapping[str, int]) -> str:
    return " and ".join(f"{Money(cents, currency)}" for currency, cents in sorted(sums.items()) if cents) or "nothing"


def _count(number: int, what: str) -> str:
    return f"{number} {what}{'' if number == 1 else 's'}"


def _times(number: int) -> str:
    return {1: "once", 2: "twice"}.get(number, f"{number} times")
