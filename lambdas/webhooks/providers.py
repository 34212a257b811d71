"""Payment providers: how each signs its webhooks, and the payment that an event is about."""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from lambdas.payments.gateways import PAYPAL, SANDBOX, STRIPE
from lambdas.payments.paypal.disputes import named_dispute
from lambdas.runtime.timed_signatures import is_signed
from lambdas.webhooks.certificates import is_signed_by_paypal

_ID = re.compile(r"[A-Za-z0-9_-]{1,100}")
_OF_PAYPAL = ("CHECKOUT.ORDER.", "CHECKOUT.PAYMENT-APPROVAL.", "PAYMENT.AUTHORIZATION.", "PAYMENT.CAPTURE.")
_DISPUTES = "CUSTOMER.DISPUTE."
_OF_PAYMENTS = ("payment_intent.", "charge.", "refund.", "radar.early_fraud_warning.")


class NotReadableError(ValueError):
    """A signed delivery that has not the shape of its provider's events."""


@dataclass(frozen=True)
class Hint:
    """An event as far as it is read. `transaction_id`: empty if it is about no payment."""

    event_id: str
    kind: str
    transaction_id: str


@dataclass(frozen=True)
class Provider:
    """`is_signed`: by headers in lower case, the raw body, the secret's lines, and now in Unix seconds. `hint_of`: of the parsed
    body; raises NotReadableError.
    """

    is_signed: Callable[[Mapping[str, str], bytes, Sequence[str], int], bool]
    hint_of: Callable[[Mapping[str, Any]], Hint]


def _hint_of_stripe(event: Mapping[str, Any]) -> Hint:
    kind = str(event.get("type") or "")[:100]
    data = event.get("data")
    about = data.get("object") if isinstance(data, Mapping) else None
    if not isinstance(about, Mapping):
        raise NotReadableError("the event has no object")
    named = about.get("id") if about.get("object") == "payment_intent" else about.get("payment_intent")
    is_of_payment = kind.startswith(_OF_PAYMENTS) and named
    return Hint(_id(event.get("id")), kind, _id(named) if is_of_payment else "")


def _hint_of_paypal(event: Mapping[str, Any]) -> Hint:
    """Captures and authorizations name their order, refunds link to their capture, disputes name themselves."""
    kind = str(event.get("event_type") or "")[:100]
    about = event.get("resource")
    if not isinstance(about, Mapping):
        raise NotReadableError("the event has no resource")
    if kind.startswith(_DISPUTES):
        return Hint(_id(event.get("id")), kind, named_dispute(_id(about.get("dispute_id"))))
    named = about.get("id") if kind.startswith("CHECKOUT.ORDER.") else _named_order(about) or _capture_above(about)
    return Hint(_id(event.get("id")), kind, _id(named) if kind.startswith(_OF_PAYPAL) and named else "")


def _named_order(about: Mapping[str, Any]) -> Any:
    related = (about.get("supplementary_data") or {}).get("related_ids") or {}
    return related.get("order_id") or about.get("order_id")


def _capture_above(about: Mapping[str, Any]) -> str:
    links = (each for each in about.get("links") or () if isinstance(each, Mapping) and each.get("rel") == "up")
    path, _, name = next((str(each.get("href")) for each in links), "").rpartition("/")
    return name if path.endswith("/captures") else ""


def _signed_in(header: str) -> Callable[[Mapping[str, str], bytes, Sequence[str], int], bool]:
    return lambda headers, body, keys, now: is_signed(str(headers.get(header, "")), body, keys, now)


def _id(value: Any) -> str:
    """Raises NotReadableError unless it can be a provider's id."""
    if not isinstance(value, str) or not _ID.fullmatch(value):
        raise NotReadableError("an id of the event cannot be read")
    return value


# The sandbox tells in Stripe's shape.
PROVIDERS: Mapping[str, Provider] = {
    STRIPE: Provider(_signed_in("stripe-signature"), _hint_of_stripe),
    SANDBOX: Provider(_signed_in("sandbox-signature"), _hint_of_stripe),
    PAYPAL: Provider(is_signed_by_paypal, _hint_of_paypal),
}
