"""Creates the intent of one attempt to pay, stores its id, and confirms it."""

import hashlib
import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from lambdas.orders.payment_ports import Payer
from lambdas.payments.gateway import DeclinedError, GatewayUnavailableError, OutcomeUnknownError
from lambdas.payments.stripe.calls import StripeCalls
from lambdas.payments.stripe.intents import Intents
from lambdas.payments.stripe.outcomes import StateDiffersError, UnknownObjectError
from lambdas.payments.stripe.reads import Reads
from lambdas.payments.stripe.transactions import EXPANDED, Intent, is_unbegun

_METHODS = ("card", "us_bank_account", "sepa_debit")  # what the port's tokens may be


@dataclass(frozen=True)
class Attempts:
    """`options`: the options of a call under a key of ours. `extends`: a long hold is asked for where the payer needs one."""

    calls: StripeCalls
    reads: Reads
    intents: Intents
    options: Callable[[str], Any]
    extends: bool = False

    def find_or_create(
        self, key: str, token: str, amount: int, currency: str, order_id: str, *, is_saved: bool = False
    ) -> Intent:
        """The intent of this key. `amount`: as Stripe counts. `is_saved`: only a method that is kept for a customer will do.

        Raises OutcomeUnknownError if an earlier call may have moved money and cannot be looked up now. Any other error of the
        port means that none moved.
        """
        known = self.intents.find(key)
        intent = self.reads.read_after_call(known) if known else None
        if intent and not _is_unbegun_for_another(intent, amount, currency):
            return intent
        method = self._read_method(token)
        if is_saved and not method.get("customer"):
            raise DeclinedError("this payment method was not saved for later payments")
        asked = _asked(method, amount, currency)
        asked["metadata"] = {"key": key, "order_id": order_id, "installation": self.intents.installation}
        made = self._create(key, asked)
        noted = self.intents.note(key, made["id"], instead_of=known)
        return made if noted == made["id"] else self.reads.read_after_call(noted)

    def confirm(self, key: str, intent: Intent, payer: Payer) -> Intent:
        asked: Any = {"expand": EXPANDED}
        if not payer.is_present or "card" not in intent["payment_method_types"]:
            asked["off_session"] = True  # A debit is drawn under the mandate that its owner gave when they entered it.
        elif payer.return_to:
            asked["return_url"] = payer.return_to
        if self.extends and payer.held_until and "card" in intent["payment_method_types"]:
            asked["payment_method_options"] = {"card": {"request_extended_authorization": "if_available"}}
        options = self.options(f"{key}:confirm:{_digest_of(asked)}")  # another browser has another way back
        try:
            return self.calls.ask(lambda client: client.v1.payment_intents.confirm(intent["id"], asked, options))
        except StateDiffersError:
            return self.reads.read_after_call(intent["id"])

    def _create(self, key: str, asked: Any) -> Intent:
        """No money moves: a lost answer leaves at most an intent that nobody confirms."""
        options = self.options(f"{key}:create:{_digest_of(asked)}")
        try:
            return self.calls.ask(lambda client: client.v1.payment_intents.create(asked, options))
        except OutcomeUnknownError as unknown:
            raise GatewayUnavailableError(str(unknown)) from None

    def _read_method(self, token: str) -> Intent:
        try:
            return self.reads.read_method(token)
        except UnknownObjectError:
            raise DeclinedError("the payment provider does not know this payment method") from None


def _digest_of(asked: Any) -> str:
    return hashlib.sha256(json.dumps(asked, sort_keys=True).encode()).hexdigest()[:8]


def _asked(method: Intent, amount: int, currency: str) -> dict[str, Any]:
    """The parameters of an intent for this method. A card's money is held, a debit knows no hold."""
    kind = method["type"]
    if kind not in _METHODS:
        raise DeclinedError("this kind of payment method is not taken here")
    asked = {
        "amount": amount,
        "currency": currency.lower(),
        "payment_method": method["id"],
        "payment_method_types": [kind],
        "capture_method": "manual" if kind == "card" else "automatic",
    }
    return asked | ({"customer": method["customer"]} if method.get("customer") else {})


def _is_unbegun_for_another(intent: Intent, amount: int, currency: str) -> bool:
    return is_unbegun(intent) and (intent["amount"], intent["currency"]) != (amount, currency.lower())
