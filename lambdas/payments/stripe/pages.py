"""Stripe's hosted pages: a Checkout Session that sets a payment method up, on checkout.stripe.com.

No script of Stripe's is on a page of ours, and card fields are on theirs. The address that a browser comes back with could name
anybody's session: it is read at Stripe, and must name the visit that it was made for.
"""

import hashlib
import secrets
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from lambdas.languages.texts import N_
from lambdas.payments.gateway import GatewayMisusedError, GatewayUnavailableError, OutcomeUnknownError
from lambdas.payments.hosted_pages import HostedPage, NotEnteredError, is_page_of, refuse_card_numbers
from lambdas.payments.stripe.addresses import ORIGINS
from lambdas.payments.stripe.calls import StripeCalls
from lambdas.payments.stripe.outcomes import UnknownObjectError

if TYPE_CHECKING:
    from stripe import StripeClient

_ACH, _SEPA = "us_bank_account", "sepa_debit"
_TYPES = {HostedPage.CARD: ("card",), HostedPage.BANK_ACCOUNT: (_ACH, _SEPA)}
_SESSION_ID = "{CHECKOUT_SESSION_ID}"  # Stripe replaces it; encoded it would stay as it is.
_CANCELED = N_("You came back without entering anything. Choose how you want to pay.")
_SILENT = N_(
    "The payment page does not answer just now. Nothing was charged, and everything you entered is saved. "
    "Try again soon."
)
_UNREADABLE = N_("The payment page's answer could not be read, so nothing was entered. Please enter it again.")
_OF_OTHERS = N_("The payment page's answer belongs to another visit, so nothing was entered. Please enter it again.")
_FAILURES = (GatewayUnavailableError, OutcomeUnknownError, GatewayMisusedError)


class StripePages:
    """Comes back with `state` and `session`, or with `canceled=1`."""

    def __init__(self, calls: StripeCalls, origins: tuple[str, ...] = ORIGINS) -> None:
        self._calls, self.origins = calls, origins

    def entry_url(self, page: HostedPage, *, back: str, state: str, currency: str = "") -> str:
        with_state, kind = f"{back}?{urlencode({'state': state})}", _kind_of(page, currency)
        asked: Any = {
            "mode": "setup",
            "ui_mode": "hosted_page",
            "payment_method_types": [kind],
            "customer_creation": "always",  # a method of nobody pays once
            "client_reference_id": _reference(state),
            "success_url": f"{with_state}&session={_SESSION_ID}",
            "cancel_url": f"{with_state}&canceled=1",
        }
        if kind == _ACH:  # an account that is verified by small deposits days later could not be debited now
            asked["payment_method_options"] = {_ACH: {"verification_method": "instant"}}
        # Each visit to the page is a session of its own: one that was used takes no other card.
        options: Any = {"idempotency_key": f"checkout:{_reference(state)}:{secrets.token_hex(8)}"}

        def create(client: "StripeClient") -> Any:
            return client.v1.checkout.sessions.create(asked, options)

        try:
            return self._own(str(self._calls.ask(create)["url"]))
        except _FAILURES:
            raise NotEnteredError(_SILENT) from None

    def entered(self, page: HostedPage, answer: Mapping[str, str]) -> dict[str, str]:
        if answer.get("canceled"):
            raise NotEnteredError(_CANCELED)
        refuse_card_numbers(answer)
        session = self._read(answer.get("session", ""))
        reference = str(session.get("client_reference_id") or "")
        if not secrets.compare_digest(reference, _reference(answer.get("state", ""))):
            raise NotEnteredError(_OF_OTHERS)
        setup: Mapping[str, Any] = session.get("setup_intent") or {}
        method: Mapping[str, Any] = setup.get("payment_method") or {}
        if session["status"] != "complete" or method.get("type") not in _TYPES[page]:
            raise NotEnteredError(_CANCELED)
        return _info_of(method, str(setup.get("mandate") or ""))

    def challenge_url(self, challenge: str, *, back: str, state: str) -> str:
        """The bank's page, which was given its way back when the payment was confirmed."""
        return self._own(challenge)

    def proof(self, answer: Mapping[str, str]) -> dict[str, Any]:
        """No proof of anything: the gateway reads the payment again."""
        refuse_card_numbers(answer)
        return {"challenge_id": answer.get("payment_intent", "")}

    def _own(self, address: str) -> str:
        if not is_page_of(address, self.origins):
            raise NotEnteredError(_SILENT)
        return address

    def _read(self, session: str) -> dict[str, Any]:
        asked: Any = {"expand": ["setup_intent.payment_method"]}
        if not session.startswith("cs_") or not session.isascii() or not session.replace("_", "").isalnum():
            raise NotEnteredError(_UNREADABLE)
        try:
            return self._calls.ask(lambda client: client.v1.checkout.sessions.retrieve(session, asked))
        except UnknownObjectError:
            raise NotEnteredError(_UNREADABLE) from None
        except _FAILURES:
            raise NotEnteredError(_SILENT) from None


def _reference(state: str) -> str:
    """The visit, as its session at Stripe names it."""
    return hashlib.sha256(f"visit:{state}".encode()).hexdigest()


def _kind_of(page: HostedPage, currency: str) -> str:
    """Accounts in the euro area are debited by SEPA, in euros alone."""
    if page is HostedPage.CARD:
        return "card"
    return _SEPA if currency == "EUR" else _ACH


def _info_of(method: Mapping[str, Any], mandate: str) -> dict[str, str]:
    """`mandate`: Stripe's name for the one that was given on its page."""
    if method["type"] in (_ACH, _SEPA):
        account = method[method["type"]]
        known_by = {"ach_acct": str(account["last4"]), "ach_bank": str(account.get("bank_name") or "")[:60]}
        return {"payment_type": "ach", "ach_token": method["id"], **known_by, "ach_mandate": mandate}
    card = method["card"]
    expiry = f"{int(card['exp_month']):02d}{int(card['exp_year']) % 100:02d}"
    known_by = {"cc_type": str(card["brand"]).capitalize()[:30], "cc_num": str(card["last4"]), "cc_expire": expiry}
    return {"payment_type": "cc", "cc_token": method["id"], **known_by}
