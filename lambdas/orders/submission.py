"""Submits an order: counts the coupons, holds the money, then leaves Leads. Of several submits at once, one wins.

The intent is written before the gateway is called, with the key that the gateway will know it by (reference/order-systems.md
P1). A later submit that finds a lapsed intent looks its outcome up under that key, so money is held once.

Longer than 200 lines, because a submit stands here in order of time, with everything that can end it.
"""

import secrets
from collections.abc import Callable
from dataclasses import dataclass

from lambdas.languages.texts import N_
from lambdas.orders.decisions import hold_forecast, progress
from lambdas.orders.decisions.lead.draft import revised, with_changes
from lambdas.orders.errors import OrderChangedError, OrderIsFinalError
from lambdas.orders.model.hold_clock import Holds
from lambdas.orders.model.order import Hold, Order, PaymentAttempt
from lambdas.orders.model.steps import StepStatus
from lambdas.orders.payment_ports import (
    PaymentDeclined,
    PaymentDeclinedByBank,
    PaymentForReview,
    PaymentLapsed,
    PaymentNeedsHolder,
    Payments,
    PaymentTrial,
    PaymentUnavailable,
    PaymentUnclear,
    Screen,
)
from lambdas.orders.ports import OrderStore, Pricing
from lambdas.orders.store import save
from lambdas.orders.submit_errors import (
    AuthenticationRequiredError,
    CouponGoneError,
    PaymentLapsedError,
    PaymentRefusedError,
    PaymentUnavailableError,
    PaymentUnknownError,
    ReviewNeededError,
    SubmitInProgressError,
)
from lambdas.orders.submit_request import DECLINES_KEPT, SubmitRequest, attempt_of, is_as_agreed, is_paid_as_begun


@dataclass(frozen=True)
class Submission:
    """One submit of one order. `check` refuses an order that could not be processed; `currency` is what is sold in now;
    `as_deployed` gives a lead the checklist of its queue as it is deployed; `holds`: what the queue does before a hold lapses."""

    store: OrderStore
    pricing: Pricing
    payments: Payments
    screen: Screen
    currency: str
    check: Callable[[Order], None]
    as_deployed: Callable[[Order], Order]
    now: Callable[[], int]
    request: SubmitRequest
    holds: Holds

    def submit(self, order: Order) -> Order:
        """The submitted order. Raises OrderError, and then the order stays a lead."""
        order = self._claim(order)
        attempt = order.attempt
        if not order.is_lead or attempt is None:
            return order
        self._redeem_coupons(order, attempt)
        self._refuse_changed(order, attempt)
        hold = self._authorize(order, attempt)
        return self._leave_leads(order, attempt, hold)

    def _claim(self, order: Order) -> Order:
        """Write the intent to pay. Only one of several submits at once gets the claim."""
        claim, client_id = secrets.token_hex(8), order.client_id
        return save(self.store, order, lambda current: self._with_claim(current, claim, client_id))

    def _with_claim(self, current: Order, claim: str, client_id: str | None) -> Order:
        """The order with the intent to pay. One version of it is compared, changed, checked and claimed.

        `client_id`: the client that the caller saw on the order. A submit is refused if the order went to another client
        since.
        """
        request, now = self.request, self.now()
        if current.is_lead:
            request.permit.pay(current)
        request.refuse(current, now)
        if not current.is_lead:
            request.shown.refuse_other_price(current)
            return current
        request.shown.refuse_other_content(current)
        if current.client_id != client_id:
            raise OrderChangedError(current.order_id)
        changed = revised(current, request.changes, self.pricing, now=now, currency=self.currency)
        request.shown.refuse_other_price(changed)
        if changed.attempt is None or is_paid_as_begun(self.payments.due(changed), changed.attempt):
            self.check(
                changed
            )  # otherwise _refuse_changed releases the earlier payment first, and then refuses the order
        begun = self.as_deployed(changed)
        attempt = attempt_of(begun, self.payments.due(begun), request, claim=claim, now=now)
        by = {"changed_by": request.by, "changed_how": "submit", "changed_because": ""}
        return begun.changed(attempt=attempt, activity=now, **by)

    def _redeem_coupons(self, order: Order, attempt: PaymentAttempt) -> None:
        """Count the use of each coupon before money is held at its price. A coupon that is gone makes a new price, which the
        caller must agree to by submitting again.
        """
        again = attempt.tries > 1
        if again:  # the order may have been changed since the process behind it died
            self.pricing.give_back(order.order_id, keep=order)
        if gone := self.pricing.redeem(order, self.now()):
            if again:
                self._release(order, attempt)
            lead = self._end(order, attempt, new_price=True)
            raise CouponGoneError(order.order_id, gone, lead.total_cents, lead.currency)

    def _authorize(self, order: Order, attempt: PaymentAttempt) -> Hold | None:
        if not attempt.amount_cents:
            return None
        trial, by_bank = self._begin_trial(order, attempt), False
        try:
            return self._hold(order, attempt)
        except PaymentDeclined as declined:
            by_bank = isinstance(declined, PaymentDeclinedByBank)
            self._end(order, attempt, by_bank=by_bank)
            raise PaymentRefusedError(order.order_id, str(declined), by_bank=by_bank) from None
        finally:
            (trial.on_declined if by_bank else trial.on_passed)()

    def _hold(self, order: Order, attempt: PaymentAttempt) -> Hold:
        """Hold the money. Nobody declined where this raises OrderError, so none of it is counted as a decline."""
        try:
            if self.request.proof is not None:
                return self.payments.authenticate(order, attempt, self.request.proof)
            return self.payments.authorize(order, attempt, self.request.payer)
        except PaymentUnavailable as unavailable:  # Nothing moved, so the next try has the same key.
            self._end(order, attempt, tried=False)
            raise PaymentUnavailableError(order.order_id, str(unavailable)) from None
        except PaymentLapsed:
            self._end(order, attempt)
            raise PaymentLapsedError(order.order_id) from None
        except PaymentForReview as why:
            self._end(order, attempt, review_because=str(why))
            raise ReviewNeededError(order.order_id) from None
        except PaymentNeedsHolder as asked:
            self._park(order, attempt)
            raise AuthenticationRequiredError(order.order_id, asked.challenge_id, asked.url, asked.expires_at) from None
        except PaymentUnclear:
            raise PaymentUnknownError(order.order_id) from None

    def _refuse_changed(self, order: Order, attempt: PaymentAttempt) -> None:
        if is_as_agreed(order, self.payments.due(order), attempt):
            return
        self._release(order, attempt)
        self._end(order, attempt)
        raise PaymentRefusedError(
            order.order_id, N_("it was changed while an earlier payment was in progress, now released")
        )

    def _begin_trial(self, order: Order, attempt: PaymentAttempt) -> PaymentTrial:
        """Ask the screen before the first call of the gateway. A refusal leaves the attempt's key unused."""
        if self.request.reviewed or attempt.tries > 1:  # what was begun is always looked up, and ended
            return self.screen.admit(order)
        try:
            return self.screen.check(order)
        except PaymentDeclined as refused:
            self._end(order, attempt, tried=False)
            raise PaymentRefusedError(order.order_id, str(refused)) from None
        except PaymentForReview as why:
            self._end(order, attempt, tried=False, review_because=str(why))
            raise ReviewNeededError(order.order_id) from None

    def _leave_leads(self, order: Order, attempt: PaymentAttempt, hold: Hold | None) -> Order:
        def change(current: Order) -> Order:
            if not _is_ours(current, attempt) or not current.is_lead:
                return current
            left_leads = progress.submitted(current, now=self.now(), hold=hold)
            left_leads = hold_forecast.warned(left_leads, self.holds, self.now())
            by = {"changed_by": self.request.by, "changed_how": "submit", "changed_because": ""}
            return left_leads.changed(**by, review_at=None, review_because="")

        submitted = save(self.store, order, change)
        if submitted.step_status is StepStatus.CANCELED:
            if hold:
                self._release(submitted, hold)
            self._end(submitted, attempt)
            raise OrderIsFinalError(order.order_id, submitted.step.name, "submitted")
        if submitted.is_lead:
            raise SubmitInProgressError(order.order_id)
        return submitted

    def _release(self, order: Order, payment: PaymentAttempt | Hold) -> None:
        try:
            self.payments.release(payment)
        except PaymentUnclear:
            raise PaymentUnknownError(order.order_id) from None

    def _park(self, order: Order, attempt: PaymentAttempt) -> None:
        """Release the claim while the card holder confirms. The attempt stays, so that it is found again."""

        def change(current: Order) -> Order:
            if not _is_ours(current, attempt):
                return current
            return current.changed(attempt=attempt.changed(claim_ends_at=self.now() - 1))

        save(self.store, order, change)

    def _end(
        self,
        order: Order,
        attempt: PaymentAttempt,
        *,
        new_price: bool = False,
        tried: bool = True,
        by_bank: bool = False,
        review_because: str = "",
    ) -> Order:
        """Forget our attempt, whose outcome is known. The next one counts its coupons again, and gets a new key if the
        gateway was `tried`. `by_bank`: its bank declined it. `review_because`: the lead waits for a person from now on.
        """
        self.pricing.give_back(order.order_id)
        review = (
            {"review_at": order.review_at or self.now(), "review_because": review_because} if review_because else {}
        )

        def change(current: Order) -> Order:
            if not _is_ours(current, attempt):
                return current
            declined_at = (*current.declined_at, self.now())[-DECLINES_KEPT:] if by_bank else current.declined_at
            counts = {"declines": current.declines + int(tried), "declined_at": declined_at}
            ended = current.changed(attempt=None, **counts, **review)
            if not new_price or not ended.is_lead:
                return ended
            return with_changes(ended, {}, self.pricing, now=self.now(), currency=self.currency)

        return save(self.store, order, change)


def _is_ours(order: Order, attempt: PaymentAttempt) -> bool:
    return order.attempt is not None and order.attempt.claim == attempt.claim
