"""Pre-authorizes the payment at submit: the domain's `Payments` port over a gateway.

As in Ubersmith, an order that is paid by card is pre-authorized when it is submitted. Generate Invoice captures the money
later (docs/reference/ubersmith.md, 3.3).

Longer than 200 lines, because each answer of a gateway gets its meaning for a submit here.
"""

import hashlib
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any, NoReturn, assert_never

from lambdas.languages.texts import N_
from lambdas.orders.decisions.hold_forecast import needed_until
from lambdas.orders.decisions.lead.parties import stored_method
from lambdas.orders.errors import Problem
from lambdas.orders.model.checklist import ChecklistAction
from lambdas.orders.model.order import Hold, Order, PaymentAttempt
from lambdas.orders.payment_ports import (
    PRESENT,
    Payer,
    PaymentDeclined,
    PaymentDeclinedByBank,
    PaymentDue,
    PaymentForReview,
    PaymentLapsed,
    PaymentNeedsHolder,
    PaymentUnavailable,
    PaymentUnclear,
)
from lambdas.payments.gateway import (
    AbandonedError,
    Challenge,
    DeclinedError,
    Gateway,
    GatewayMisusedError,
    GatewayRefusedUsError,
    GatewayUnavailableError,
    LapsedError,
    OutcomeUnknownError,
    Transaction,
    TransactionState,
    void_or_refund,
)
from lambdas.payments.hold import hold_of, refuse_another
from lambdas.payments.several.choice import ELSEWHERE, SINGLE, GatewayChoice
from lambdas.payments.several.ways import is_taken, untaken
from lambdas.payments.stored_methods.paying import method_of
from lambdas.records.clients.client import ClientRecords
from lambdas.records.clients.payment_method import PaymentMethod, method_problems, submitted_method

CAPTURING_MODULE = "generate_invoice"  # A queue without it never captures held money.


@dataclass(frozen=True)
class PreAuthorization:
    gateway: Gateway
    clients: ClientRecords
    now: Callable[[], float] = time.time
    choice: GatewayChoice = SINGLE

    def problems(self, order: Order) -> tuple[Problem, ...]:
        if stored := self.stored_problems(order):
            return stored
        found = method_problems(order.info) or self.way_problems(order)
        # An order that costs nothing needs no payment method.
        return found if order.total_cents else tuple(each for each in found if each.field == "info.payment_type")

    def stored_problems(self, order: Order) -> tuple[Problem, ...]:
        if not stored_method(order.info):
            return ()
        if method := method_of(order, self.clients, to_begin=True):
            return () if self.choice.can_charge(method) else (Problem("info.billing_info_id", ELSEWHERE),)
        why = "this client has no such payment method; list the client's, or send a new one"
        return (Problem("info.billing_info_id", why),)

    def way_problems(self, order: Order) -> tuple[Problem, ...]:
        method = None if stored_method(order.info) or order.attempt else submitted_method(order.info)
        if method is None or is_taken(self.choice, order.brand_id, method.kind):
            return ()
        return (Problem("info.payment_type", untaken(self.choice, order.brand_id, method.kind)),)

    def due(self, order: Order) -> PaymentDue:
        method = method_of(order, self.clients)
        captures = any(action.module == CAPTURING_MODULE for action in order.actions.values())
        if method is None or not method.can_be_held or not captures or not order.total_cents:
            return PaymentDue(0, "")
        fingerprint = hashlib.sha256(f"{method.kind}:{method.token}".encode()).hexdigest()[:16]
        gateway = self.choice.charged_at(order.brand_id, method)
        return PaymentDue(order.total_cents, f"{method.kind}:{fingerprint}", gateway)

    def authorize(self, order: Order, attempt: PaymentAttempt, payer: Payer = PRESENT) -> Hold:
        method = method_of(order, self.clients, to_begin=attempt.tries == 1)
        if method is None:
            self.release(attempt)
            raise PaymentDeclined(N_("its payment method was removed from the order"))
        found = self._find(attempt) if attempt.tries > 1 else None
        transaction = found or self._authorize(order, attempt, method, self._with_deadline(payer, order))
        refuse_another(transaction, attempt)
        if transaction.is_answered:  # and their browser has not come back
            transaction = self._authenticate(attempt, transaction, {})
        return self._hold(attempt, method, transaction).changed(payer_present=payer.is_present)

    def authenticate(self, order: Order, attempt: PaymentAttempt, proof: Mapping[str, Any]) -> Hold:
        method = method_of(order, self.clients)
        transaction = self._find(attempt)
        if method is None or transaction is None:
            self.release(attempt)
            raise PaymentDeclined(N_("the gateway knows of no payment that waits for its card holder"))
        refuse_another(transaction, attempt)
        if transaction.state is TransactionState.NEEDS_AUTHENTICATION:
            transaction = self._authenticate(attempt, transaction, proof)
        return self._hold(attempt, method, transaction)

    def _authenticate(self, attempt: PaymentAttempt, asked: Transaction, proof: Mapping[str, Any]) -> Transaction:
        key = f"{attempt.key}:authenticate"
        try:
            return self.gateway.authenticate(key=key, transaction_id=asked.transaction_id, proof=proof)
        except DeclinedError as declined:
            self.release(attempt)
            raise PaymentDeclinedByBank(str(declined)) from None
        except AbandonedError as abandoned:
            raise PaymentDeclined(str(abandoned)) from None
        except LapsedError:
            raise PaymentLapsed from None
        except GatewayMisusedError as misused:
            self.release(attempt)
            raise PaymentForReview(_misused(misused)) from None
        except (GatewayUnavailableError, OutcomeUnknownError):
            raise PaymentUnclear from None

    def _hold(self, attempt: PaymentAttempt, method: PaymentMethod, transaction: Transaction) -> Hold:
        match transaction.state:
            case TransactionState.HELD | TransactionState.CAPTURED | TransactionState.PARTLY_REFUNDED:
                return hold_of(transaction, attempt, method)
            case TransactionState.NEEDS_AUTHENTICATION:
                return self._ask_holder(attempt, transaction.challenge)
            case TransactionState.PENDING:
                raise PaymentUnclear
            case TransactionState.LAPSED:
                raise PaymentLapsed
            case TransactionState.FAILED:
                raise PaymentDeclinedByBank("the payment failed at its bank")
            case TransactionState.VOIDED | TransactionState.REFUNDED:
                raise PaymentDeclined(N_("the payment is no longer held"))
            case _:
                assert_never(transaction.state)

    def _ask_holder(self, attempt: PaymentAttempt, asked: Challenge | None) -> NoReturn:
        if asked is None:
            self.release(attempt)
            raise PaymentDeclined(
                N_("the card's bank asks its holder to confirm the payment (3-D Secure), which this order did not do")
            )
        if asked.expires_at < self.now():
            self.release(attempt)
            raise PaymentDeclined(N_("its card holder did not confirm the payment in time"))
        raise PaymentNeedsHolder(asked.challenge_id, asked.url, asked.expires_at)

    def record_left_money(self, order: Order, action: ChecklistAction, now: int) -> bool:
        from lambdas.payments.before_skip import record_left_money  # Only a skip needs it.

        return record_left_money(order, action, self.gateway, self.clients.table, now=now)

    def release(self, attempt_or_hold: PaymentAttempt | Hold) -> None:
        try:
            void_or_refund(self.gateway, attempt_or_hold.key)
        except (GatewayUnavailableError, OutcomeUnknownError):
            raise PaymentUnclear from None

    def _authorize(self, order: Order, attempt: PaymentAttempt, method: PaymentMethod, payer: Payer) -> Transaction:
        try:
            return self.gateway.authorize(
                key=attempt.key,
                token=method.token,
                amount_cents=attempt.amount_cents,
                currency=attempt.currency,
                order_id=order.order_id,
                payer=payer,
            )
        except DeclinedError as declined:
            raise PaymentDeclinedByBank(str(declined)) from None
        except GatewayRefusedUsError:
            raise PaymentUnavailable("payments cannot be taken just now; nothing was charged") from None
        except GatewayUnavailableError as unavailable:
            raise PaymentUnavailable(f"{unavailable}; nothing was charged") from None
        except (OutcomeUnknownError, GatewayMisusedError) as failed:
            found = self._find(attempt)  # An earlier call under the key may have moved money.
            if found:
                return found
            if isinstance(failed, GatewayMisusedError):
                raise PaymentForReview(_misused(failed)) from None
            raise PaymentUnclear from None

    def _with_deadline(self, payer: Payer, order: Order) -> Payer:
        """The payer, with until when their money must be held, if that is long."""
        until = needed_until(order, int(self.now()))
        return replace(payer, held_until=until) if until else payer

    def _find(self, attempt: PaymentAttempt) -> Transaction | None:
        try:
            return self.gateway.find(attempt.key)
        except (GatewayUnavailableError, OutcomeUnknownError):
            raise PaymentUnclear from None


def _misused(misused: GatewayMisusedError) -> str:
    return f"the payment provider cannot do what it was asked to: {misused}; have that corrected, and submit it with reviewed=1"
