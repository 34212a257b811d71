"""Pre-authorisation at submit: the domain's `Payments` port over a gateway.

Ubersmith: if the client pays by card, a pre-authorisation is made when the order is submitted, and Generate Invoice
completes it later (reference ubersmith-orders 3.3).
"""

import hashlib
from dataclasses import dataclass

from lambdas.orders.errors import Problem
from lambdas.orders.info import text
from lambdas.orders.order import Hold, Order, PaymentAttempt
from lambdas.orders.ports import PaymentDeclined, PaymentDue, PaymentUnclear
from lambdas.payments.gateway import (
    DeclinedError,
    Gateway,
    GatewayUnavailableError,
    OutcomeUnknownError,
    Transaction,
    TransactionState,
)
from lambdas.records.client import ClientRecords
from lambdas.records.payment_method import PaymentMethod, method_problems, submitted_method

CAPTURING_MODULE = "generate_invoice"  # without it in the queue nothing would ever take the money that is held


@dataclass(frozen=True)
class PreAuthorization:
    gateway: Gateway
    clients: ClientRecords

    def problems(self, order: Order) -> tuple[Problem, ...]:
        stored = text(order.info, "billing_info_id")
        if stored and self._method(order) is None:
            return (
                Problem(
                    "info.billing_info_id",
                    "this client has no such payment method; list the client's, or send a new one",
                ),
            )
        return method_problems(order.info)

    def due(self, order: Order) -> PaymentDue:
        method = self._method(order)
        captures = any(action.module == CAPTURING_MODULE for action in order.actions.values())
        if method is None or not method.can_be_held or not captures or not order.total_cents:
            return PaymentDue(0, "")
        fingerprint = hashlib.sha256(f"{method.kind}:{method.token}".encode()).hexdigest()[:16]
        return PaymentDue(order.total_cents, f"{method.kind}:{fingerprint}")

    def authorize(self, order: Order, attempt: PaymentAttempt) -> Hold:
        method = self._method(order)
        if method is None:
            raise PaymentDeclined("its payment method was taken off the order")
        transaction = self._found(attempt) if attempt.tries > 1 else None
        transaction = transaction or self._authorize(order, attempt, method)
        if transaction.state is TransactionState.NEEDS_AUTHENTICATION:
            raise PaymentDeclined(
                "the card's bank asks its holder to confirm the payment (3-D Secure), which this order did not do"
            )
        if transaction.state not in (TransactionState.HELD, TransactionState.CAPTURED):
            raise PaymentDeclined("the payment is no longer held")
        return Hold(
            transaction_id=transaction.transaction_id,
            key=attempt.key,
            method=method.kind.value,
            amount_cents=transaction.amount_cents,
            currency=transaction.currency,
            captured=transaction.state is TransactionState.CAPTURED,
            avs_code=transaction.avs_code,
            capture_before=transaction.capture_before,
        )

    def release(self, attempt_or_hold: PaymentAttempt | Hold) -> None:
        transaction = self.gateway.find(attempt_or_hold.key)
        if transaction is None:
            return
        key = f"{attempt_or_hold.key}:release"
        if transaction.state is TransactionState.HELD:
            self.gateway.void(key=key, transaction_id=transaction.transaction_id)
        elif transaction.state is TransactionState.CAPTURED:
            self.gateway.refund(key=key, transaction_id=transaction.transaction_id)

    def _authorize(self, order: Order, attempt: PaymentAttempt, method: PaymentMethod) -> Transaction:
        try:
            return self.gateway.authorize(
                key=attempt.key,
                token=method.token,
                amount_cents=attempt.amount_cents,
                currency=attempt.currency,
                order_id=order.order_id,
            )
        except DeclinedError as declined:
            raise PaymentDeclined(str(declined)) from None
        except GatewayUnavailableError as unavailable:
            raise PaymentDeclined(f"{unavailable}; nothing was charged") from None
        except OutcomeUnknownError:
            found = self._found(attempt)
            if found is None:
                raise PaymentUnclear from None
            return found

    def _found(self, attempt: PaymentAttempt) -> Transaction | None:
        try:
            return self.gateway.find(attempt.key)
        except (GatewayUnavailableError, OutcomeUnknownError):
            raise PaymentUnclear from None

    def _method(self, order: Order) -> PaymentMethod | None:
        stored = text(order.info, "billing_info_id")
        if not stored:
            return submitted_method(order.info)
        return self.clients.payment_method(order.client_id, stored) if order.client_id else None
