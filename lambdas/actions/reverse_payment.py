"""Reverse Payment: gives the order's payment back now and credits its invoice (reference ubersmith-orders 2.1 no. 16).

A hold is voided, captured money refunded; what came by hand is waited for until somebody notes that it went back. The order
goes on; cancel it if it should not.
"""

from lambdas.actions._frame.action import action_handler
from lambdas.actions._frame.module import Config, Done, Module, PermanentError, Tools
from lambdas.actions._frame.reversal import reversing
from lambdas.orders.model.order import Order


class ReversePaymentConfig(Config):
    """No settings."""


def run(order: Order, config: ReversePaymentConfig, tools: Tools) -> Done:
    with reversing(tools) as money:
        reversal = money.reverse(order, now=tools.now())
    if reversal.to_return:
        raise PermanentError(f"{reversal}, then process this action again")
    result = {"payment_given_back": reversal.given_back, "credit_note_number": reversal.credit_note}
    return Done(str(reversal) or "nothing to reverse", result)


def skipped(order: Order, config: ReversePaymentConfig, tools: Tools) -> None:
    """What had gone back already is written down: its invoice is credited."""
    with reversing(tools) as money:
        money.finish(order, now=tools.now())


module = Module("reverse_payment", ReversePaymentConfig, run, skipped=skipped, label="Reverse Payment", money="returns")
handler = action_handler(module)
