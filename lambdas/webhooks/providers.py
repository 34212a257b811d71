"""Payment providers: the header that each signs its webhooks with, and the payment that an event is about."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from lambdas.payments.gateways import SANDBOX, STRIPE

_ID = re.compile(r"[A-Za-z0-9_]{1,100}")
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
    """`header`: in lower case. `hint_of`: of the parsed body; raises NotReadableError."""

    header: str
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


def _id(value: Any) -> str:
    """Raises NotReadableError unless it can be a provider's id."""
    if not isinstance(value, str) or not _ID.fullmatch(value):
        raise NotReadableError("an id of the event cannot be read")
    return value


# The sandbox tells in Stripe's shape.
PROVIDERS: Mapping[str, Provider] = {
    STRIPE: Provider("stripe-signature", _hint_of_stripe),
    SANDBOX: Provider("sandbox-signature", _hint_of_stripe),
}
