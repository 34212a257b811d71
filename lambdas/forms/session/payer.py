"""The client in this browser as the one who pays: their way back from their bank, and what they agreed to."""

from urllib.parse import urlencode

from lambdas.forms.form import Form
from lambdas.forms.session.session import Session
from lambdas.forms.shop import RETURN, path_of
from lambdas.orders.decisions.lead.shown_order import ShownOrder
from lambdas.orders.model.order import Order
from lambdas.orders.payment_ports import Payer
from lambdas.web.http import WebRequest

CHALLENGE = "challenge"


def payer_of(form: Form, session: Session, request: WebRequest) -> Payer:
    """The way back works for this browser's session alone."""
    back = request.origin + path_of(form, RETURN)
    return Payer(return_to=f"{back}?{urlencode({'state': session.derived(CHALLENGE)})}")


def seen_at_payment(order: Order) -> ShownOrder:
    """The content that the client agreed to when the open payment began."""
    return ShownOrder(content=order.attempt.content if order.attempt else "")
