"""Reads from the gateway whether a card holder has confirmed an order's payment."""

from enum import StrEnum
from typing import assert_never

from lambdas.orders.errors import Again, Nature, OrderError
from lambdas.orders.model.order import Order
from lambdas.payments.gateway import (
    Challenge,
    Gateway,
    GatewayUnavailableError,
    OutcomeUnknownError,
    Transaction,
    TransactionState,
)
from lambdas.runtime.models import Frozen


class AuthenticationState(StrEnum):
    """`pending`: the card holder was asked. `expired`: they did not answer in time. `failed`: the bank rejected the answer."""

    PENDING = "pending"
    AUTHENTICATED = "authenticated"
    FAILED = "failed"
    EXPIRED = "expired"


class Authentication(Frozen):
    order_id: str
    state: AuthenticationState
    challenge: Challenge


class GatewayBusyError(OrderError):
    kind = "gateway_busy"
    nature = Nature.UNAVAILABLE
    again = Again.LATER
    retry_after_seconds = 10

    def __init__(self, order_id: str) -> None:
        super().__init__(
            f"the payment provider does not answer, so how far the payment of order {order_id} is, is not known now; nothing was"
            " changed, ask again in a moment"
        )


def authentication_of(order: Order, gateway: Gateway, now: int) -> Authentication | None:
    """None if no card holder was asked for the order's payment. Raises GatewayBusyError."""
    transaction = _find(order, gateway)
    if transaction is None or transaction.challenge is None:
        return None
    state = _state_of(transaction.state)
    if state is AuthenticationState.PENDING and transaction.challenge.expires_at < now:
        state = AuthenticationState.EXPIRED
    return Authentication(order_id=order.order_id, state=state, challenge=transaction.challenge)


def _state_of(state: TransactionState) -> AuthenticationState:
    match state:
        case TransactionState.NEEDS_AUTHENTICATION:
            return AuthenticationState.PENDING
        case TransactionState.VOIDED | TransactionState.FAILED:
            return AuthenticationState.FAILED
        case (
            TransactionState.PENDING  # The card holder did their part, and the provider has still to decide.
            | TransactionState.HELD
            | TransactionState.CAPTURED
            | TransactionState.PARTLY_REFUNDED
            | TransactionState.REFUNDED
            | TransactionState.LAPSED
        ):
            return AuthenticationState.AUTHENTICATED
        case _:
            assert_never(state)


def _find(order: Order, gateway: Gateway) -> Transaction | None:
    payment = order.hold or order.attempt
    try:
        return gateway.find(payment.key) if payment else None
    except (GatewayUnavailableError, OutcomeUnknownError):
        raise GatewayBusyError(order.order_id) from None
