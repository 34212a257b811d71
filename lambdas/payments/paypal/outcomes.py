"""Outcomes of calls to PayPal, in words of ours. Only its codes decide about a failure, never its words."""

from collections.abc import Mapping, Set
from typing import Any

from lambdas.payments.gateway import (
    DeclinedError,
    GatewayMisusedError,
    GatewayRefusedUsError,
    GatewayUnavailableError,
    OutcomeUnknownError,
)

_DECLINES = {
    "INSTRUMENT_DECLINED": "PayPal could not charge the way to pay that was chosen there; another one can be chosen",
    "PAYER_CANNOT_PAY": "PayPal does not let this account pay",
    "PAYER_ACCOUNT_LOCKED_OR_CLOSED": "the PayPal account is closed",
    "PAYER_ACCOUNT_RESTRICTED": "the PayPal account is restricted",
    "TRANSACTION_REFUSED": "PayPal refused the payment",
    "TRANSACTION_BLOCKED_BY_PAYEE": "PayPal refused the payment",
    "COMPLIANCE_VIOLATION": "PayPal refused the payment",
}
_NOT_APPROVED = frozenset({"ORDER_NOT_APPROVED", "PAYER_ACTION_REQUIRED"})
_STATES = frozenset(
    {
        "ORDER_ALREADY_AUTHORIZED", "ORDER_ALREADY_CAPTURED", "ORDER_ALREADY_COMPLETED", "ORDER_EXPIRED",
        "MAX_NUMBER_OF_PAYMENT_ATTEMPTS_EXCEEDED", "AUTHORIZATION_ALREADY_CAPTURED", "PREVIOUSLY_CAPTURED",
        "PREVIOUSLY_VOIDED", "AUTHORIZATION_VOIDED", "AUTHORIZATION_EXPIRED", "AUTHORIZATION_DENIED",
        "CAPTURE_FULLY_REFUNDED", "DUPLICATE_INVOICE_ID",
    }
)  # fmt: skip
_NOT_RENEWED = frozenset(
    {"REAUTHORIZATION_NOT_SUPPORTED", "REAUTHORIZATION_FAILED_FOR_CARD_AUTHORIZATION", "MAX_REAUTHORIZATIONS_REACHED"}
)
_TOO_SOON = "REAUTHORIZATION_TOO_SOON"
NOT_RENEWED = "PayPal does not hold the money again"


class StateDiffersError(Exception):
    """The payment is in another state than the call expects: read it again. The call moved nothing."""


class NotApprovedError(Exception):
    """The payer has still to approve the payment on PayPal's page. The call moved nothing."""


class RenewedTooSoonError(Exception):
    """PayPal still vouches for the hold. The call moved nothing."""


class UnknownObjectError(GatewayMisusedError):
    """PayPal has no object of this id."""


class TokenRefusedError(Exception):
    """The access token, or the key that it is bought with, is not valid. Nothing was done."""


def failure(status: int, body: Mapping[str, Any]) -> Exception:
    """The error for an answer that is no success. Its text names no person and no key."""
    if status in (400, 422):
        issues = {str(each.get("issue")) for each in body.get("details") or () if isinstance(each, Mapping)}
        return _of_issues(issues | {str(body.get("name") or "")})
    match status:
        case 401:
            return TokenRefusedError()
        case 403:
            return GatewayRefusedUsError("the payment provider does not let this installation do that")
        case 404:
            return UnknownObjectError("the payment provider has no such payment")
        case 429:
            return GatewayUnavailableError("the payment provider takes no more calls at this moment")
    return OutcomeUnknownError("the payment provider gave no answer that decides the payment")


def _of_issues(issues: Set[str]) -> Exception:
    for issue in sorted(issues & _DECLINES.keys()):
        return DeclinedError(_DECLINES[issue])
    if issues & _NOT_APPROVED:
        return NotApprovedError()
    if issues & _STATES:
        return StateDiffersError()
    if _TOO_SOON in issues:
        return RenewedTooSoonError()
    if issues & _NOT_RENEWED:
        return DeclinedError(NOT_RENEWED)
    named = ", ".join(sorted(filter(None, issues)))
    return GatewayMisusedError(f"the payment provider cannot do what was asked{f' ({named})' if named else ''}")
