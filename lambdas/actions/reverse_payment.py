"""Reverse Payment: returns the order's payment now and credits its invoice (docs/reference/ubersmith.md, 2.1 no. 16).

A hold is voided and captured money refunded. Money that was recorded by hand is waited for, until a user notes that it was
returned. The order continues; cancel it if it should not.
"""

from lambdas.actions._frame.action import action_handler
from lambdas.actions._frame.module import Config, Done, Module, PermanentError, Tools
from lambdas.actions._frame.reversal import reversals
from lambdas.orders.model.order import Order


class ReversePaymentConfig(Config):
    """No settings."""


def run(order: Order, config: ReversePaymentConfig, tools: Tools) -> Done:
    with reversals(tools) as money:
        reversal = money.reverse(order, now=tools.now())
    if reversal.to_return:
        raise PermanentError(f"{reversal}, then process this action again")
    result = {"payment_given_back": reversal.given_back, "credit_note_number": reversal.credit_note}
    return Done(str(reversal) or "nothing to reverse", result)


def on_skip(order: Order, config: ReversePaymentConfig, tools: Tools) -> None:
    """Credit the invoice if the money was returned already."""
    with reversals(tools) as money:
        money.finish(order, now=tools.now())


module = Module("reverse_payment", ReversePaymentConfig, run, on_skip=on_skip, label="Reverse Payment", money="returns")
handler = action_handler(module)
