"""Asks the gateway for the money of one attempt to charge an invoice: authorizes and captures, or returns it.

An outcome that is not known is looked up under the attempt's key, never tried again under a new one.
"""

from typing import assert_never

from lambdas.orders.payment_ports import ABSENT
from lambdas.payments.captures import FAILED, refuse_another_sum, why_returned
from lambdas.payments.gateway import (
    DeclinedError,
    Gateway,
    GatewayMisusedError,
    GatewayUnavailableError,
    LapsedError,
    OutcomeUnknownError,
    Transaction,
    TransactionState,
    UndecidedError,
    void_or_refund,
)
from lambdas.records.clients.payment_method import PaymentMethod
from lambdas.records.invoices.invoice import ChargeAttempt, Invoice


def take(gateway: Gateway, invoice: Invoice, attempt: ChargeAttempt, method: PaymentMethod) -> Transaction:
    """Authorize and capture what is owed on the invoice. If an earlier try did, return what it took.

    Raises DeclinedError, LapsedError, GatewayUnavailableError or GatewayMisusedError if nothing moved, OutcomeUnknownError,
    UndecidedError while its bank decides, and AnotherSumTakenError.
    """
    taken = _take(gateway, invoice, attempt, method)
    refuse_another_sum(taken, invoice)
    return taken


def _take(gateway: Gateway, invoice: Invoice, attempt: ChargeAttempt, method: PaymentMethod) -> Transaction:
    found = _find(gateway, attempt) if attempt.tries > 1 else None
    authorized = found or _authorize(gateway, invoice, attempt, method)
    match authorized.state:
        case TransactionState.CAPTURED | TransactionState.PARTLY_REFUNDED:
            return authorized
        case TransactionState.HELD:
            _refuse_another_hold(gateway, invoice, attempt, authorized)
            return _capture(gateway, invoice, attempt, authorized)
        case TransactionState.PENDING:
            raise UndecidedError
        case TransactionState.LAPSED:
            raise LapsedError
        case TransactionState.FAILED:
            raise DeclinedError(authorized.why_failed or FAILED)
        case TransactionState.VOIDED | TransactionState.REFUNDED:
            raise DeclinedError(why_returned(authorized) or "the payment was given up meanwhile")
        case TransactionState.NEEDS_AUTHENTICATION:
            return_money(gateway, attempt)
            raise DeclinedError("the card's bank asks its holder to confirm the payment, and nobody is there to do so")
        case _:
            assert_never(authorized.state)


def _refuse_another_hold(gateway: Gateway, invoice: Invoice, attempt: ChargeAttempt, held: Transaction) -> None:
    """Release a hold that cannot pay the invoice any more, because that was changed since. The next charge holds again."""
    if held.currency != invoice.currency or held.amount_cents < invoice.owed_cents:
        return_money(gateway, attempt)
        raise DeclinedError("another sum was held for it, which is released; charge it again")


def return_money(gateway: Gateway, attempt: ChargeAttempt) -> None:
    """Void or refund what the attempt holds or took. May be repeated. Raises DeclinedError or OutcomeUnknownError."""
    try:
        void_or_refund(gateway, attempt.key)
    except GatewayUnavailableError as unavailable:
        raise OutcomeUnknownError(str(unavailable)) from None


def _authorize(gateway: Gateway, invoice: Invoice, attempt: ChargeAttempt, method: PaymentMethod) -> Transaction:
    try:
        return gateway.authorize(
            key=attempt.key,
            token=method.token,
            amount_cents=invoice.owed_cents,
            currency=invoice.currency,
            order_id=invoice.order_id or "",
            payer=ABSENT,
        )
    except (OutcomeUnknownError, GatewayMisusedError):  # an earlier call under the key may have moved money
        found = _find(gateway, attempt)
        if found is None:
            raise
        return found


def _capture(gateway: Gateway, invoice: Invoice, attempt: ChargeAttempt, held: Transaction) -> Transaction:
    try:
        return gateway.capture(
            key=f"{attempt.key}:capture",
            transaction_id=held.transaction_id,
            amount_cents=invoice.owed_cents,
            currency=invoice.currency,
        )
    except DeclinedError:
        return_money(gateway, attempt)
        raise
    except GatewayMisusedError:
        found = _find(gateway, attempt)
        if found and found.is_taken:
            return found
        return_money(gateway, attempt)
        raise
    except (GatewayUnavailableError, OutcomeUnknownError):
        found = _find(gateway, attempt)
        if found is None or not found.is_taken:
            raise OutcomeUnknownError("the payment is not confirmed yet") from None
        return found


def _find(gateway: Gateway, attempt: ChargeAttempt) -> Transaction | None:
    try:
        return gateway.find(attempt.key)
    except GatewayUnavailableError as unavailable:
        raise OutcomeUnknownError(str(unavailable)) from None
