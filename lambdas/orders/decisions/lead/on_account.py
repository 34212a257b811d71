"""Orders on account: no money is held at submit, and the client is invoiced. Decides which clients may order so. Pure.

Orders without a payment method are on account, and those paid by bank account, which knows no hold. So are orders of a
queue without an action that captures, and contracts that are not pre-authorised.
"""

from lambdas.orders.errors import Problem
from lambdas.orders.model.order import Order
from lambdas.orders.model.queue import MayBeInvoiced
from lambdas.orders.payment_ports import PaymentDue
from lambdas.orders.ports import Clients

_WIDENING = (MayBeInvoiced.NOBODY, MayBeInvoiced.EXISTING_CLIENTS, MayBeInvoiced.EVERYBODY)


def narrower(queue: MayBeInvoiced, form: MayBeInvoiced | None) -> MayBeInvoiced:
    """The narrower of both rules. A form can allow less than its queue, and never more."""
    return queue if form is None else min(queue, form, key=_WIDENING.index)


def for_signed_contracts(queue: MayBeInvoiced) -> MayBeInvoiced:
    """A signed contract is the agreement to be invoiced; only a queue that invoices nobody does not take it as one."""
    return queue if queue is MayBeInvoiced.NOBODY else MayBeInvoiced.EVERYBODY


def costs_nothing(order: Order) -> bool:
    return not any(pack.first_charge_cents for pack in order.priced)


def is_on_account(order: Order, due: PaymentDue) -> bool:
    """Whether it costs something that submitting it does not hold. What is free needs no credit."""
    return not due.amount_cents and not costs_nothing(order)


def is_invoiced_to(order: Order, who: MayBeInvoiced, clients: Clients, now: int) -> bool:
    """Whether this order's client is one of them."""
    if who is MayBeInvoiced.EXISTING_CLIENTS:
        return order.client_id is not None and clients.in_good_standing(order.client_id, order.brand_id, now)
    return who is MayBeInvoiced.EVERYBODY


def on_account_problem(who: MayBeInvoiced) -> Problem:
    """Why an order is not taken on account. It says nothing of the client beyond that."""
    whom = (
        "nobody is invoiced here"
        if who is MayBeInvoiced.NOBODY
        else "only existing clients in good standing (active, no invoice overdue) are invoiced here"
    )
    return Problem("info.payment_type", f"no money would be held for this order, and {whom}; pay by card or PayPal")
