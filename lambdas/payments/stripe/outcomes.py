"""Outcomes of calls to Stripe, in words of ours; sdk.py finds which of them a failure of the SDK is."""

from lambdas.payments.gateway import GatewayMisusedError

_ASKS = "authentication_required"
_DECLINES = {
    "insufficient_funds": "the card does not have enough funds",
    "expired_card": "the card has expired",
    "incorrect_cvc": "the card's security code is wrong",
    "incorrect_number": "the card's number is wrong",
    "processing_error": "the card's bank could not process the payment; it can be tried again",
    "authentication_failed": "the card's bank could not confirm that its holder pays",
    _ASKS: "the card's bank asks its holder to confirm the payment",
}
DECLINED = "the card was declined by its bank"


class StateDiffersError(Exception):
    """The payment is in another state than the call expects: read it again. The call moved nothing."""


class UnknownObjectError(GatewayMisusedError):
    """Stripe has no object of this id."""


def declined(decline_code: str | None, code: str | None = None) -> str:
    """The reason for the client, in words of ours: a bank's own could say more than they may know (`stolen_card`)."""
    return _DECLINES.get(decline_code or "") or _DECLINES.get(code or "") or DECLINED
