"""How an order is paid, in words: a sentence for each way to pay, and none that is not so."""

from lambdas.forms.pages.amounts import amount
from lambdas.orders.decisions.await_payment import INVOICING_MODULE
from lambdas.orders.model.checklist import ActionState
from lambdas.orders.model.info import text
from lambdas.orders.model.order import Order
from lambdas.orders.model.steps import StepStatus
from lambdas.records.clients.payment_method import MethodKind, submitted_method

_RETURNING = "reverse_payment"
_HELD = {
    MethodKind.CARD.value: "{sum} is held on your card{ending} and will be charged with your invoice.",
    MethodKind.PAYPAL.value: "{sum} is reserved at PayPal and will be charged with your invoice.",
}
_PAID = {
    MethodKind.CARD.value: "{sum} was charged to your card{ending}.",
    MethodKind.PAYPAL.value: "{sum} was paid by PayPal.",
    MethodKind.BANK_ACCOUNT.value: "{sum} was debited from your bank account{ending}.",
}
_DEBITED = "{sum} will be debited from your bank account{ending}, with your invoice."
_BILLED = "{sum} is billed by invoice. No money is held."


def how_paid(order: Order) -> str:
    """The sentence on the first charge of a sent order; empty if nothing is due, or if it was refunded or released."""
    if order.is_lead or not order.total_cents or _is_returned(order):
        return ""
    hold = order.hold
    cents, currency = (hold.amount_cents, hold.currency) if hold else (order.total_cents, order.currency)
    known = {"sum": amount(cents, currency), "ending": _ending(order)}
    if hold is None:
        debited = MethodKind.BANK_ACCOUNT.value in text(order.info, "payment_type") or text(order.info, "ach_token")
        return (_DEBITED if debited else _BILLED).format(**known)
    if hold.captured or _is_invoiced(order):
        return _PAID.get(hold.method, "{sum} was paid.").format(**known)
    return _HELD.get(hold.method, "{sum} is held now and will be charged with your invoice.").format(**known)


def _ending(order: Order) -> str:
    method = submitted_method(order.info)
    return f" ending in {method.last_four}" if method and method.last_four else ""


def _is_invoiced(order: Order) -> bool:
    """Whether the action that takes held money is done."""
    return any(each.module == INVOICING_MODULE and each.state is ActionState.DONE for each in order.actions.values())


def _is_returned(order: Order) -> bool:
    """Whether the money was refunded, or is not taken: the order was canceled, or its invoice was left out."""
    left_out = any(
        each.module == INVOICING_MODULE and each.state in (ActionState.SKIPPED, ActionState.UNDONE)
        for each in order.actions.values()
    )
    returned = any(each.module == _RETURNING and each.state is ActionState.DONE for each in order.actions.values())
    return left_out or returned or order.step_status is StepStatus.CANCELED
