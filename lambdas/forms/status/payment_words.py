"""How an order is paid, in words: a sentence for each way to pay, and none that is not so."""

from lambdas.forms.pages.amounts import amount
from lambdas.languages.texts import N_, _
from lambdas.orders.decisions.await_payment import INVOICING_MODULE
from lambdas.orders.model.checklist import ActionState
from lambdas.orders.model.info import text
from lambdas.orders.model.order import Order
from lambdas.orders.model.steps import StepStatus
from lambdas.records.clients.payment_method import MethodKind, submitted_method

_RETURNING = "reverse_payment"
_HELD = {
    MethodKind.CARD.value: (
        N_("{sum} is held on your card and will be charged with your invoice."),
        N_("{sum} is held on your card ending in {digits} and will be charged with your invoice."),
    ),
    MethodKind.PAYPAL.value: (N_("{sum} is reserved at PayPal and will be charged with your invoice."),),
}
_PAID = {
    MethodKind.CARD.value: (
        N_("{sum} was charged to your card."),
        N_("{sum} was charged to your card ending in {digits}."),
    ),
    MethodKind.PAYPAL.value: (N_("{sum} was paid by PayPal."),),
    MethodKind.BANK_ACCOUNT.value: (
        N_("{sum} was debited from your bank account."),
        N_("{sum} was debited from your bank account ending in {digits}."),
    ),
}
_DEBITED = (
    N_("{sum} will be debited from your bank account, with your invoice."),
    N_("{sum} will be debited from your bank account ending in {digits}, with your invoice."),
)
_BILLED = (N_("{sum} is billed by invoice. No money is held."),)
_HELD_SOMEHOW = (N_("{sum} is held now and will be charged with your invoice."),)
_PAID_SOMEHOW = (N_("{sum} was paid."),)
"""Each without and, where a method has them, with its last digits."""  # fmt: skip


def how_paid(order: Order) -> str:
    """The sentence on the first charge of a sent order; empty if nothing is due, or if it was refunded or released."""
    if order.is_lead or not order.total_cents or _is_returned(order):
        return ""
    hold = order.hold
    cents, currency = (hold.amount_cents, hold.currency) if hold else (order.total_cents, order.currency)
    method = submitted_method(order.info)
    known = {"sum": amount(cents, currency), "digits": method.last_four if method else ""}
    if hold is None:
        debited = MethodKind.BANK_ACCOUNT.value in text(order.info, "payment_type") or text(order.info, "ach_token")
        return _sentence(_DEBITED if debited else _BILLED, known)
    if hold.captured or _is_invoiced(order):
        return _sentence(_PAID.get(hold.method, _PAID_SOMEHOW), known)
    return _sentence(_HELD.get(hold.method, _HELD_SOMEHOW), known)


def _sentence(forms: tuple[str, ...], known: dict[str, str]) -> str:
    return _(forms[-1] if known["digits"] else forms[0], **known)


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
