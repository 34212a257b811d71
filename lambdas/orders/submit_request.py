"""The request to submit, and the intent to pay that it writes on the order before the gateway is called."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from lambdas.orders.decisions.lead.shown_order import ShownOrder, content_digest, price_digest
from lambdas.orders.errors import OrderIsFinalError
from lambdas.orders.model.order import Order, PaymentAttempt
from lambdas.orders.model.steps import StepStatus
from lambdas.orders.payment_key import key_at
from lambdas.orders.payment_ports import PRESENT, Payer, PaymentDue
from lambdas.orders.ports import UNBOUND, Permit
from lambdas.orders.submit_errors import NoChallengeError, NoOpenPaymentError, SubmitInProgressError

DECLINES_KEPT = 20  # of the times at which a bank declined the order
CLAIM_SECONDS = 45  # longer than a door's Lambda may run, so that a lapsed claim has no process behind it


@dataclass(frozen=True)
class SubmitRequest:
    """How to submit an order. `changes` are merged first; `shown`: the order as the buyer saw it.

    `proof`: the bank's answer after the card holder confirmed. `reviewed`: a person looked at the order, so it is not
    screened. `only_open`: continue an open payment, and start none. `permit` is asked whether the order may be paid so.
    `payer`: whether their bank can ask them, and their way back from it.
    """

    by: str = ""
    changes: Mapping[str, Any] = field(default_factory=dict)
    shown: ShownOrder = field(default_factory=ShownOrder)
    proof: Mapping[str, Any] | None = None
    reviewed: bool = False
    only_open: bool = False
    permit: Permit = UNBOUND
    payer: Payer = PRESENT

    @property
    def is_agreement(self) -> bool:
        """Whether somebody says yes to the order now."""
        return self.proof is None and not self.only_open

    def refuse(self, order: Order, now: int) -> None:
        """Raise OrderError if this order cannot be submitted so, or not now."""
        if order.step_status is StepStatus.CANCELED:
            raise OrderIsFinalError(order.order_id, order.step.name, "submitted")
        if order.is_being_submitted(now):
            raise SubmitInProgressError(order.order_id)
        if order.is_lead and order.attempt is None and self.proof is not None:
            raise NoChallengeError(order.order_id)
        if order.is_lead and order.attempt is None and self.only_open:
            raise NoOpenPaymentError(order.order_id)


def attempt_of(order: Order, due: PaymentDue, request: SubmitRequest, *, claim: str, now: int) -> PaymentAttempt:
    """The open attempt, taken over by this claim; else a new one for the amount due.

    A repeated submit agrees to the order as it is now. A return from the bank, or another look, agrees to nothing new.
    """
    ends_at = now + CLAIM_SECONDS
    agreed = {"price": price_digest(order), "content": content_digest(order)}
    if order.attempt:
        # Its process died, or its card holder was asked: the key stays, so that the payment is found.
        taken_over = order.attempt.changed(claim=claim, claim_ends_at=ends_at, tries=order.attempt.tries + 1)
        return taken_over.changed(**agreed) if request.is_agreement else taken_over
    return PaymentAttempt(
        key=key_at(f"{order.known_as}:submit:authorize:{order.declines + 1}", due.gateway),
        amount_cents=due.amount_cents,
        method=due.method,
        currency=order.currency,
        claim=claim,
        claim_ends_at=ends_at,
        **agreed,
    )


def is_as_agreed(order: Order, due: PaymentDue, attempt: PaymentAttempt) -> bool:
    """Whether the order still costs what the attempt was begun for, for the same services, and is paid in the same way."""
    same_price = attempt.price in ("", price_digest(order))  # empty: begun by an earlier release
    return same_price and is_paid_as_begun(due, attempt)


def is_paid_as_begun(due: PaymentDue, attempt: PaymentAttempt) -> bool:
    """Whether amount and method due now are those of the attempt."""
    return (due.amount_cents, due.method) == (attempt.amount_cents, attempt.method)
