"""What the verbs need from outside the domain, as the domain sees it; each door passes the real ones in."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Protocol

from lambdas.orders.errors import Problem
from lambdas.orders.order import Hold, Order, PaymentAttempt
from lambdas.orders.packs import PricedPack


@dataclass(frozen=True)
class PaymentDue:
    """`method` identifies the card or account, so that a changed one is noticed."""

    amount_cents: int
    method: str


class Pricing(Protocol):
    """What the requested services cost."""

    def price(self, info: Mapping[str, Any]) -> tuple[PricedPack, ...]:
        """Every pack that can be priced, in the packs' order. Raises InvalidOrderError for malformed packs."""
        ...

    def missing(self, info: Mapping[str, Any]) -> tuple[Problem, ...]:
        """What keeps the packs from being sold: plans, options or periods that are neither known nor priced."""


class Payments(Protocol):
    """Pre-authorisation at submit. Keys are idempotency keys that the gateway knows."""

    def problems(self, order: Order) -> tuple[Problem, ...]:
        """What is missing in the order's payment data."""

    def due(self, order: Order) -> PaymentDue:
        """What submitting this order has to hold first, and on what; amount 0 if nothing."""

    def authorize(self, order: Order, attempt: PaymentAttempt) -> Hold:
        """Hold the money. Raises PaymentDeclined, or PaymentUnclear if the outcome cannot be found out now."""

    def release(self, attempt_or_hold: PaymentAttempt | Hold) -> None:
        """Give back what was held or taken under this key, if anything was. May be repeated."""


class Clients(Protocol):
    """Whether a client exists."""

    def exists(self, client_id: str) -> bool: ...


class PaymentDeclined(Exception):
    """The provider refused; the message is the reason for the caller."""


class PaymentUnclear(Exception):
    """No answer, and no way to look it up now."""
