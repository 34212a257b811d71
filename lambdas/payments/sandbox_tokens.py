"""The tokens of the sandbox: the named ones, and those that its own pages make of what is entered there (sandbox_provider/).

The table in sandbox.py lists what a named token does. A made one does what a named one does. Numbers are never stored, only
their last four digits, and a fingerprint that is made with a secret of the installation.
"""

import secrets

from lambdas.languages.texts import N_
from lambdas.orders.dispute import DisputeState
from lambdas.orders.model.payment_ids import PaymentIds
from lambdas.orders.payment_ports import PRESENT, Payer
from lambdas.payments.gateway import DeclinedError, GatewayUnavailableError, TransactionState
from lambdas.records.clients.payment_method import APPROVAL
from lambdas.records.table import RecordTable
from lambdas.runtime.models import Frozen

ASKS, ASKS_IN_VAIN, ASKS_THEN_DECLINES = "tok_sca", "tok_needs_authentication", "tok_sca_declines"
AVS_MISMATCH = "tok_avs_mismatch"
RENEWS_NEVER = "tok_renews_never"
# What is captured of them is disputed at once, and decided later.
DISPUTED = {"tok_disputed": DisputeState.LOST, "tok_disputed_in_vain": DisputeState.WON}
HOLDS = frozenset(
    {"tok_approve", RENEWS_NEVER, AVS_MISMATCH, "tok_capture_fails", "tok_times_out", "paypal_approve", *DISPUTED}
)
TAKES = frozenset({"paypal_captured", "ach_approve"})
LATER = {"ach_later": TransactionState.CAPTURED, "ach_fails_later": TransactionState.FAILED}
_NO_FUNDS = N_("the account does not have enough funds")
WHY_LATER = {"ach_fails_later": _NO_FUNDS}
DECLINES = {
    "tok_decline": N_("the card was declined by its bank"),
    "tok_insufficient_funds": N_("the card does not have enough funds"),
    "tok_expired_card": N_("the card has expired"),
    "tok_incorrect_cvc": N_("the card's security code is not right"),
    "tok_processing_error": N_("the card's bank could not process the payment"),
    "tok_capture_fails": N_("the bank declined to pay out the held amount"),
    ASKS_THEN_DECLINES: N_("the card was declined by its bank"),
    "ach_insufficient_funds": _NO_FUNDS,
    "ach_account_closed": N_("the account is closed"),
    "ach_no_account": N_("there is no such account"),
}
WITH_CHALLENGE = (ASKS, ASKS_THEN_DECLINES, APPROVAL)
_UNKNOWN = "the gateway does not know this payment token"
_GONE = "tok_gone"  # no named token, so it is declined as unknown
MADE_CARD, MADE_ACCOUNT = "tok_sb_", "ach_sb_"  # what made tokens begin with


def state_of(token: str, payer: Payer = PRESENT) -> TransactionState:
    """How a payment with this named token begins. Raises DeclinedError or GatewayUnavailableError."""
    if token == "tok_unavailable":
        raise GatewayUnavailableError("the payment gateway cannot be reached")
    if token in (*WITH_CHALLENGE, ASKS_IN_VAIN):
        if not payer.is_present:
            raise DeclinedError("the card's bank asks its holder to confirm the payment, and nobody is there to do so")
        return TransactionState.NEEDS_AUTHENTICATION
    if token in LATER:
        return TransactionState.PENDING
    if token in TAKES:
        return TransactionState.CAPTURED
    if token in HOLDS:
        return TransactionState.HELD
    raise DeclinedError(DECLINES.get(token, _UNKNOWN))


def refuse_renewal(token: str) -> None:
    """Raise DeclinedError if the bank renews no hold while nobody is there."""
    if token == ASKS:
        raise DeclinedError("the card's bank asks its holder to confirm the payment, and nobody is there to do so")
    if token == RENEWS_NEVER or token not in HOLDS:
        raise DeclinedError(DECLINES.get(token, "the card was declined by its bank"))


def avs_code(token: str) -> str:
    """The bank's code for the address; only cards have one."""
    if not token.startswith("tok_"):
        return ""
    return "N" if token == AVS_MISMATCH else "Y"


def ids_of(digest: str, *, is_held: bool = False, is_taken: bool = False) -> PaymentIds:
    """The sandbox's names for the parts of a payment, all of which have its own id. `digest`: of its key."""
    return PaymentIds(authorization=f"sb_{digest}" if is_held else "", capture=f"sb_{digest}" if is_taken else "")


class EnteredMethod(Frozen):
    """A card or bank account as it was entered. `behaves_as`: a named token; `expiry`: MMYY; `entered_at`: Unix seconds."""

    token: str
    behaves_as: str
    brand: str
    last_four: str
    expiry: str = ""
    fingerprint: str = ""
    entered_at: int


class SandboxTokens:
    """In the record table, under `sandbox#`."""

    def __init__(self, records: RecordTable) -> None:
        self._records = records

    def keep(self, method: EnteredMethod) -> None:
        self._records.put_new({**_key(method.token, "method"), **method.model_dump()})

    def find(self, token: str) -> EnteredMethod | None:
        """The method that was entered for a made token."""
        if not token.startswith((MADE_CARD, MADE_ACCOUNT)):
            return None
        found = self._records.get(**_key(token, "method"))
        return EnteredMethod.model_validate(found) if found else None

    def forget(self, token: str) -> None:
        """Keep of a made token only that it pays no more. Named ones belong to nobody."""
        if made := self.find(token):
            gone = EnteredMethod(token=token, behaves_as=_GONE, brand="", last_four="", entered_at=made.entered_at)
            self._records.put_if("attribute_exists(pk)", {**_key(token, "method"), **gone.model_dump()})

    def secret(self) -> bytes:
        """The secret for fingerprints, made on the first call."""
        place = _key("secret", "secret")
        while (found := self._records.get(**place)) is None:
            self._records.put_new({**place, "secret": secrets.token_bytes(32)})  # or another process makes it
        return bytes(found["secret"])


def _key(name: str, sk: str) -> dict[str, str]:
    return {"pk": f"sandbox#{name}", "sk": sk}
