"""Outcomes of calls to Stripe, in words of ours; sdk.py finds which of them a failure of the SDK is."""

from lambdas.languages.texts import N_
from lambdas.payments.gateway import GatewayMisusedError

_ASKS = "authentication_required"
_DECLINES = {
    "insufficient_funds": N_("the card does not have enough funds"),
    "expired_card": N_("the card has expired"),
    "incorrect_cvc": N_("the card's security code is wrong"),
    "incorrect_number": N_("the card's number is wrong"),
    "processing_error": N_("the card's bank could not process the payment; it can be tried again"),
    "authentication_failed": N_("the card's bank could not confirm that its holder pays"),
    _ASKS: N_("the card's bank asks its holder to confirm the payment"),
}
_FAILED_DEBITS = {
    "insufficient_funds": N_("the account does not have enough funds"),
    "account_closed": N_("the account is closed"),
    "account_frozen": N_("the account is frozen"),
    "no_account": N_("there is no such account"),
    "invalid_account_number": N_("there is no such account"),
    "debit_not_authorized": N_("the account's owner did not allow the debit"),
    "bank_account_restricted": N_("the account takes no debits"),
    "bank_ownership_changed": N_("the account is at another bank now"),
}
FAILED_DEBIT = N_("the account's bank refused the debit")
DECLINED = N_("the card was declined by its bank")


class StateDiffersError(Exception):
    """The payment is in another state than the call expects: read it again. The call moved nothing."""


class UnknownObjectError(GatewayMisusedError):
    """Stripe has no object of this id."""


def failed_debit(*codes: str | None) -> str:
    """The reason for the client why a debit of a bank account failed, by the first of these codes that says one."""
    return next((_FAILED_DEBITS[code] for code in codes if code in _FAILED_DEBITS), FAILED_DEBIT)


def declined(decline_code: str | None, code: str | None = None) -> str:
    """The reason for the client, in words of ours: a bank's own could say more than they may know (`stolen_card`)."""
    return _DECLINES.get(decline_code or "") or _DECLINES.get(code or "") or DECLINED
