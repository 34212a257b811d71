"""Everything that needs Stripe's SDK: its client, and the class of the port's errors to which each of its failures belongs.

It is imported at the first call, because it costs a function as much start time as all our own code. Only Stripe's codes decide
about a failure, never its words.
"""

import logging
from typing import Any

import stripe
from requests.exceptions import ConnectionError as NoConnection
from requests.exceptions import ConnectTimeout
from urllib3.exceptions import MaxRetryError, NewConnectionError

from lambdas.payments.gateway import (
    DeclinedError,
    GatewayMisusedError,
    GatewayRefusedUsError,
    GatewayUnavailableError,
    LapsedError,
    OutcomeUnknownError,
)
from lambdas.payments.going_back.disputes import IS_DISPUTED
from lambdas.payments.stripe.outcomes import StateDiffersError, UnknownObjectError, declined

CONNECT_SECONDS, ANSWER_SECONDS = 3, 15  # below a door's 29 seconds and a claim's 45
_LAPSED = frozenset({"charge_expired_for_capture", "capture_charge_authorization_expired"})
_STATES = frozenset({"payment_intent_unexpected_state", "charge_already_captured", "charge_already_refunded"})
_DISPUTED = "charge_disputed"
StripeError, AuthenticationError = stripe.StripeError, stripe.AuthenticationError

stripe.enable_telemetry = False  # it would write an id file, and tell Stripe of this platform
logging.getLogger("stripe").setLevel(logging.CRITICAL)  # it would log the end of a refused key, and what is sent


def client_of(secret: str, address: str | None) -> stripe.StripeClient:
    """A client that asks once: a hidden repetition would not know whether it may. `address`: None for Stripe's own."""
    addresses: Any = {"api": address} if address else {}
    http = stripe.RequestsClient(timeout=(CONNECT_SECONDS, ANSWER_SECONDS))
    return stripe.StripeClient(secret, base_addresses=addresses, http_client=http, max_network_retries=0)


def classed(error: stripe.StripeError) -> Exception:
    """The port's error for the SDK's. Its text names no card, person or key."""
    code = code_of(error)
    match error:
        case stripe.CardError():
            return DeclinedError(declined(error.error.decline_code if error.error else None, code))
        case stripe.RateLimitError():
            return GatewayUnavailableError("the payment provider takes no more calls at this moment")
        case stripe.APIConnectionError() if never_arrived(error):
            return GatewayUnavailableError("the payment provider cannot be reached")
        case stripe.AuthenticationError() | stripe.PermissionError():
            return GatewayRefusedUsError("the payment provider does not accept the key of this installation")
        case stripe.InvalidRequestError() | stripe.IdempotencyError():
            return _refused(error, code)
    return OutcomeUnknownError("the payment provider gave no answer that decides the payment")


def code_of(error: stripe.StripeError) -> str | None:
    """`error.code` is None for many statuses, although the body has one."""
    return (error.error.code if error.error else None) or error.code


def never_arrived(error: stripe.APIConnectionError) -> bool:
    """Whether no connection was made, so that nothing can have been done. Of all others nobody knows."""
    cause = error.__cause__
    if isinstance(cause, ConnectTimeout):
        return True
    reason = cause.args[0] if isinstance(cause, NoConnection) and cause.args else None
    return isinstance(reason, MaxRetryError) and isinstance(reason.reason, NewConnectionError)


def _refused(error: stripe.InvalidRequestError | stripe.IdempotencyError, code: str | None) -> Exception:
    if isinstance(error, stripe.IdempotencyError):
        return GatewayMisusedError("the payment provider knows the key of this call from another one")
    if code in _LAPSED:
        return LapsedError("the hold lapsed")
    if code == _DISPUTED:
        return DeclinedError(IS_DISPUTED)
    if code in _STATES:
        return StateDiffersError(code)
    if error.http_status == 404:
        return UnknownObjectError("the payment provider has no such payment or payment method")
    named = ", ".join(each for each in (code, str(error.param or "")) if each)
    return GatewayMisusedError(f"the payment provider cannot do what was asked{f' ({named})' if named else ''}")
