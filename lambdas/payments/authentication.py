"""How far a card holder is with confirming an order's payment, as the gateway knows it."""

from enum import StrEnum

from lambdas.orders.order import Order
from lambdas.payments.gateway import Challenge, Gateway, TransactionState
from lambdas.runtime.models import Frozen


class AuthenticationState(StrEnum):
    """`pending`: the card holder was asked; `expired`: they did not answer in time; `failed`: the bank did not believe them."""

    PENDING = "pending"
    AUTHENTICATED = "authenticated"
    FAILED = "failed"
    EXPIRED = "expired"


class Authentication(Frozen):
    order_id: str
    state: AuthenticationState
    challenge: Challenge


_STATES = {
    TransactionState.NEEDS_AUTHENTICATION: AuthenticationState.PENDING,
    TransactionState.HELD: AuthenticationState.AUTHENTICATED,
    TransactionState.CAPTURED: AuthenticationState.AUTHENTICATED,
    TransactionState.REFUNDED: AuthenticationState.AUTHENTICATED,
    TransactionState.VOIDED: AuthenticationState.FAILED,
}


def authentication_of(order: Order, gateway: Gateway, now: int) -> Authentication | None:
    """None if no card holder was asked for the order's payment."""
    payment = order.hold or order.attempt
    transaction = gateway.find(payment.key) if payment else None
    if transaction is None or transaction.challenge is None:
        return None
    state = _STATES[transaction.state]
    if state is AuthenticationState.PENDING and transaction.challenge.expires_at < now:
        state = AuthenticationState.EXPIRED
    return Authentication(order_id=order.order_id, state=state, challenge=transaction.challenge)
