"""Asks the gateway for the money that an open order says is held."""

from collections.abc import Iterator

from lambdas.orders.decisions import hold_clock
from lambdas.orders.model.money import Money
from lambdas.orders.model.order import Order
from lambdas.payments.captures import awaits_invoice
from lambdas.payments.gateway import Gateway, TransactionState
from lambdas.watch.invariants.violation import Promise, Violation

_GONE = (TransactionState.VOIDED, TransactionState.REFUNDED, TransactionState.FAILED)


def of_held_money(order: Order, gateway: Gateway) -> Iterator[Violation]:
    """A hold that lapsed is no violation: it is counted among those that lapse (lapses_soon)."""
    hold = order.hold
    if hold is None or not awaits_invoice(order) or hold.clock.is_renewing or hold.clock.marked == hold_clock.OVER:
        return  # while it is renewed the old hold has ended; what a person has is on the worklist
    found = gateway.find(hold.key)
    if found is None or found.state in _GONE:
        is_so = found.state.value if found else "unknown there"
        money = f"{Money(hold.amount_cents, hold.currency)} are {'taken' if hold.captured else 'held'} for it"
        yield Violation(
            promise=Promise.MATCHED,
            place=order.order_id,
            what=f"{money}, and at the gateway that payment is {is_so}",
            mend="ask the client for another payment, and charge the order's invoice with it; or cancel the order",
        )
