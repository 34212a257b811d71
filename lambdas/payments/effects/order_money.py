"""Reads the money of one order: what the ledger says was asked for, and what the gateway says became of it."""

from collections.abc import Iterable
from dataclasses import dataclass

from lambdas.orders.model.order import Order
from lambdas.payments.effects.effect import MOVED_NOTHING, Effect, EffectKind, LookUp, Outcome, Payment
from lambdas.payments.effects.ledger import EffectLedger
from lambdas.payments.effects.recorded_gateway import payment_of
from lambdas.payments.gateway import Gateway, GatewayUnavailableError, OutcomeUnknownError, TransactionState
from lambdas.records.invoices.invoice import Invoice, InvoiceStatus
from lambdas.records.invoices.order_invoices import read_invoices
from lambdas.records.table import RecordTable

FROM_RECORDS = " This is from our own records; the payment provider was not asked now, or did not answer."
MOST_ASKED = 10  # payments that the gateway is asked about, the latest ones: a call takes a part of a second each
_BEGINS = (EffectKind.AUTHORIZE, EffectKind.RENEW)


@dataclass(frozen=True)
class SeenPayment:
    """A payment of the order. `payment`: as it is; None: nothing was begun under its key, as far as is known.

    `is_current`: the gateway stated so now; else the records are all there is. `is_unclear`: a call has no known outcome, and the
    gateway did not say either.
    """

    key: str
    payment: Payment | None
    is_current: bool
    is_unclear: bool = False


@dataclass(frozen=True)
class OrderMoney:
    """`invoices`: all that the order's services are on. `looked_at`: Unix seconds."""

    order: Order
    invoices: tuple[Invoice, ...]
    payments: tuple[SeenPayment, ...]
    effects: tuple[Effect, ...]
    look_ups: tuple[LookUp, ...]
    looked_at: int

    @property
    def is_current(self) -> bool:
        """Whether the gateway answered about each payment."""
        return all(each.is_current for each in self.payments)


def read_effects(order: Order, records: RecordTable) -> tuple[tuple[Effect, ...], tuple[Invoice, ...], tuple[str, ...]]:
    """The ledger's calls for the order and its invoices, these invoices, and the subjects of both. No gateway is asked."""
    invoices = tuple(read_invoices(records, order.order_id, order.brand_id))
    subjects = (order.known_as, *(f"invoice:{each.invoice_id}" for each in invoices))
    return EffectLedger(records).of(subjects), invoices, subjects


def read_money(order: Order, gateway: Gateway | None, records: RecordTable, *, now: int) -> OrderMoney:
    """Ask the gateway about each payment that may have moved money for the order. One that does not answer is read from the
    records, as all are if there is no gateway to ask.
    """
    effects, invoices, subjects = read_effects(order, records)
    keys = _payment_keys(order, effects, invoices)
    seen = {key: _look(key, gateway) for key in keys[-MOST_ASKED:]} if gateway else {}
    look_ups = EffectLedger(records).look_ups(subjects)
    booked = _booked(order, invoices)
    payments = tuple(seen.get(key) or recorded_payment(key, effects, look_ups, booked.get(key)) for key in keys)
    return OrderMoney(order, invoices, payments, effects, look_ups, now)


def _payment_keys(order: Order, effects: Iterable[Effect], invoices: Iterable[Invoice]) -> list[str]:
    """The keys under which money may have moved, the earliest first."""
    begun = [each.key for each in effects if each.kind in _BEGINS and each.outcome not in MOVED_NOTHING]
    known = (order.hold, order.attempt, *(invoice.charge for invoice in invoices))
    return list(dict.fromkeys([*begun, *(each.key for each in known if each)]))


def _booked(order: Order, invoices: Iterable[Invoice]) -> dict[str, Payment]:
    """Payments by key, as far as the order and its paid invoices say what became of them."""
    found, hold = dict[str, Payment](), order.hold
    if hold and order.canceled_at is None:
        paid = any(each.transaction_id == hold.transaction_id for each in invoices)
        state = TransactionState.CAPTURED if hold.captured or paid else TransactionState.HELD
        found[hold.key] = Payment(
            transaction_id=hold.transaction_id, state=state, amount_cents=hold.amount_cents, currency=hold.currency
        )
    for each in invoices:
        if each.charge and each.transaction_id and each.status is InvoiceStatus.PAID:
            found[each.charge.key] = Payment(
                transaction_id=each.transaction_id,
                state=TransactionState.CAPTURED,
                amount_cents=each.owed_cents,
                currency=each.currency,
            )
    return found


def _look(key: str, gateway: Gateway) -> SeenPayment | None:
    try:
        found = gateway.find(key)
    except (GatewayUnavailableError, OutcomeUnknownError):
        return None
    return SeenPayment(key, payment_of(found) if found else None, is_current=True)


def recorded_payment(
    key: str, effects: Iterable[Effect], look_ups: Iterable[LookUp], booked: Payment | None
) -> SeenPayment:
    """The payment as the latest entry has it, or as it is `booked` if there is none: it is from before the ledger."""
    answers: list[tuple[int, Payment | None]] = [
        (each.answered_at, each.payment) for each in look_ups if each.key == key and each.answered_at is not None
    ]
    begun = [each for each in effects if each.key == key]
    ids = {each.payment.transaction_id for each in begun if each.payment}
    ids |= {payment.transaction_id for _, payment in answers if payment}
    of_it = [each for each in effects if each.key == key or each.transaction_id in ids]
    answers += [
        (each.answered_at or each.asked_at, each.payment)
        for each in of_it
        if each.payment and each.payment.transaction_id in ids
    ]
    if booked and not of_it and not answers:
        return SeenPayment(key, booked, is_current=False)
    payment = sorted(answers, key=lambda each: each[0])[-1][1] if answers else None
    renewed = [each for each in of_it if each.kind is EffectKind.RENEW and each.key != key]
    if payment and any(each.outcome is Outcome.DONE for each in renewed):
        payment = payment.changed(state=TransactionState.VOIDED)  # another hold took its place
    looked_up_at = max((each.answered_at or 0 for each in look_ups if each.key == key), default=0)
    unclear = _is_unclear(of_it, looked_up_at)
    return SeenPayment(key, payment, is_current=False, is_unclear=unclear or not answers)


def _is_unclear(calls: Iterable[Effect], looked_up_at: int) -> bool:
    """Whether a call has no outcome, and neither a later call nor a later look-up says what became of the payment.

    One in the same second may have come before: what is not certain is unclear.
    """
    unknown = None
    for each in calls:
        if each.outcome is Outcome.UNKNOWN:
            unknown = each
        elif each.payment:
            unknown = None
    return unknown is not None and looked_up_at <= unknown.asked_at
