"""Tells staff about a hold that they must look after: why, and what they can do. Pure."""

from datetime import UTC, datetime

from lambdas.orders.decisions.hold_clock import OVER, mark_at
from lambdas.orders.model.hold_clock import Trouble
from lambdas.orders.model.money import Money
from lambdas.orders.model.order import Order

_GONE = (
    "Ask the client to pay again, or charge the order's invoice with another method; then skip the action."
    " Or cancel the order."
)
_HELD = "Invoice the order now, which takes the money. Or cancel it, which releases the money."
_WHY = {
    Trouble.NONE: "",
    Trouble.TOO_SLOW: "By the deadlines of its actions, the order's money is taken after that.",
    Trouble.ASKED: "The queue leaves it to people what is done before that.",
    Trouble.RENEWED_ENOUGH: "It was renewed as often as the queue allows.",
    Trouble.DECLINED: "The client's bank did not hold or pay the money when it was asked again.",
    Trouble.REFUSED: "The payment provider could not renew or take it.",
    Trouble.LAPSED: "Nobody declined the payment.",
}


def hold_texts(order: Order) -> tuple[str, str]:
    """Why somebody must look after the hold, and what they can do. Both are empty without a hold."""
    hold = order.hold
    if hold is None:
        return "", ""
    money, trouble = str(Money(hold.amount_cents, hold.currency)), hold.clock.trouble
    on = datetime.fromtimestamp(mark_at(hold, OVER), UTC).strftime("%Y-%m-%d %H:%M UTC")
    if hold.clock.marked < OVER:
        return f"The hold of {money} lapses on {on}. {_WHY[trouble]}".strip(), _HELD
    so = f"lapsed on {on}" if trouble is Trouble.LAPSED else "is not held any more"
    return f"The hold of {money} {so}. {_WHY[trouble]}".strip(), _GONE
