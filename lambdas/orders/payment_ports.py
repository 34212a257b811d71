"""Payments as the verbs of an order need them. Each door passes the real ones in."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Protocol

from lambdas.orders.errors import Problem
from lambdas.orders.model.checklist import ChecklistAction
from lambdas.orders.model.order import Hold, Order, PaymentAttempt


@dataclass(frozen=True)
class PaymentDue:
    """`method` identifies the card or account, so that a changed one is noticed. `gateway`: what the payment's key names; empty
    where there is only one.
    """

    amount_cents: int
    method: str
    gateway: str = ""


@dataclass(frozen=True)
class Payer:
    """The person who pays. `is_present`: they can answer their bank now. `return_to`: the address that the bank's page sends
    their browser back to; empty if the caller named none. `held_until`: their money is taken as late as that, in Unix seconds,
    so that a provider may be asked to hold it for longer; None: soon.
    """

    is_present: bool = True
    return_to: str = ""
    held_until: int | None = None


PRESENT, ABSENT = Payer(), Payer(is_present=False)


class Payments(Protocol):
    """Pre-authorisation at submit. Keys are idempotency keys that the gateway knows."""

    def problems(self, order: Order) -> tuple[Problem, ...]:
        """Problems of the order's payment data, those of `stored_problems` and `way_problems` included."""

    def stored_problems(self, order: Order) -> tuple[Problem, ...]:
        """A problem if the order names a stored method that its client does not have."""

    def way_problems(self, order: Order) -> tuple[Problem, ...]:
        """A problem if the order is to be paid in a way that is not taken here."""

    def due(self, order: Order) -> PaymentDue:
        """The amount that submit must hold, and on which method; amount 0 if nothing."""

    def authorize(self, order: Order, attempt: PaymentAttempt, payer: Payer = PRESENT) -> Hold:
        """Hold the money. Raises PaymentDeclined, PaymentLapsed, PaymentUnavailable, PaymentNeedsHolder, PaymentForReview, or
        PaymentUnclear if the outcome is not known yet.
        """

    def authenticate(self, order: Order, attempt: PaymentAttempt, proof: Mapping[str, Any]) -> Hold:
        """Hold the money of an attempt that waited for its card holder, who has proved themselves. Raises as `authorize`."""

    def release(self, attempt_or_hold: PaymentAttempt | Hold) -> None:
        """Release or refund what was held or taken under this key, if anything was. May be repeated. Raises PaymentUnclear."""

    def record_left_money(self, order: Order, action: ChecklistAction, now: int) -> bool:
        """Record what the runs of this action did with the order's money and could not report, before it is skipped. Returns
        whether there was something. Raises MoneyUnclearError, or a refusal that tells a person what to do.
        """
        ...


class Screen(Protocol):
    """Limits how often payments are tried, through any door (reference/order-systems.md P10)."""

    def check(self, order: Order) -> "PaymentTrial":
        """Begin a try of a payment. Raises PaymentDeclined if too many failed before or are in progress, PaymentForReview if
        a person must look first.
        """
        ...

    def admit(self, order: Order) -> "PaymentTrial":
        """A payment that is tried however many failed: a person looked at it, or it was begun before."""
        ...


class PaymentTrial(Protocol):
    """A payment that is being tried. It counts as declined until one of these is called, once."""

    def on_passed(self) -> None:
        """The bank did not decline it."""

    def on_declined(self) -> None:
        """The bank declined it."""


class UncountedTrial:
    """Nobody counts how it ends."""

    def on_passed(self) -> None: ...

    def on_declined(self) -> None: ...


class NoScreen:
    """Payments are tried as often as they are asked for."""

    def check(self, order: Order) -> UncountedTrial:
        return UncountedTrial()

    def admit(self, order: Order) -> UncountedTrial:
        return UncountedTrial()


UNSCREENED = NoScreen()


class PaymentDeclined(Exception):
    """The provider refused; the message is the reason for the caller."""


class PaymentDeclinedByBank(PaymentDeclined):
    """The bank declined this very card or account. Someone who tries many cards gets this for each."""


class PaymentUnavailable(Exception):
    """The provider could not be reached, or does not accept our keys; nothing moved. The message is for the caller."""


class PaymentLapsed(Exception):
    """The hold lapsed before the order was submitted. Nothing moved, and nobody declined."""


class PaymentForReview(Exception):
    """A person must look at the order before a payment is tried. The message tells them why."""


class PaymentNeedsHolder(Exception):
    """The card's bank wants its holder to confirm the payment: where, and until when (Unix seconds)."""

    def __init__(self, challenge_id: str, url: str, expires_at: int) -> None:
        super().__init__(f"challenge {challenge_id}")
        self.challenge_id, self.url, self.expires_at = challenge_id, url, expires_at


class PaymentUnclear(Exception):
    """No answer, and no way to look it up now."""
