"""A submit whose payment was neither held nor declined says so, and nobody is counted as declined."""

import pytest

from lambdas.orders.errors import Again, OrderError
from lambdas.orders.model.order import Hold, Order, PaymentAttempt
from lambdas.orders.payment_ports import (
    PRESENT,
    Payer,
    PaymentDeclinedByBank,
    PaymentForReview,
    PaymentLapsed,
    PaymentUnavailable,
    PaymentUnclear,
)
from lambdas.orders.submit_errors import (
    PaymentLapsedError,
    PaymentUnavailableError,
    PaymentUnknownError,
    ReviewNeededError,
)
from lambdas.orders.submit_request import CLAIM_SECONDS
from tests.support.build import Clock, a_draft, a_service, hold_key
from tests.support.fakes import FakePayments


class Failing(FakePayments):
    error: Exception | None = None
    releases: Exception | None = None

    def authorize(self, order: Order, attempt: PaymentAttempt, payer: Payer = PRESENT) -> Hold:
        hold = super().authorize(order, attempt, payer)
        if self.error:
            raise self.error
        return hold

    def release(self, attempt_or_hold: PaymentAttempt | Hold) -> None:
        if self.releases:
            raise self.releases
        super().release(attempt_or_hold)


@pytest.mark.parametrize(
    ("error", "refusal", "again", "next_key"),
    [
        (PaymentUnavailable("nobody answers"), PaymentUnavailableError, Again.LATER, 1),
        (PaymentLapsed(), PaymentLapsedError, Again.LATER, 2),
        (PaymentForReview("no such currency"), ReviewNeededError, Again.PERHAPS, 2),
    ],
)
def test_what_is_no_decline_is_not_counted_as_one(
    error: Exception, refusal: type[OrderError], again: Again, next_key: int
) -> None:
    payments = Failing()
    service = a_service(payments=payments)
    order = service.create(a_draft())
    payments.error = error
    with pytest.raises(refusal) as refused:
        service.submit(order)
    lead = service.get(order_id=order.order_id)

    assert (lead.is_lead, lead.attempt, lead.declined_at) == (True, None, ())
    assert refused.value.again is again
    payments.error = None
    assert not service.submit(lead).is_lead
    assert payments.authorized == [hold_key(order), hold_key(order, next_key)]


def test_only_what_is_our_fault_waits_for_a_person() -> None:
    payments = Failing()
    service = a_service(payments=payments)
    payments.error = PaymentForReview("no such currency")
    order = service.create(a_draft())
    with pytest.raises(ReviewNeededError):
        service.submit(order)

    lead = service.get(order_id=order.order_id)
    assert lead.review_because == "no such currency"
    assert lead.review_at is not None


def test_a_bank_that_declines_is_counted() -> None:
    payments = Failing()
    service = a_service(payments=payments)
    payments.error = PaymentDeclinedByBank("no funds")
    order = service.create(a_draft())
    with pytest.raises(OrderError, match="no funds"):
        service.submit(order)

    assert len(service.get(order_id=order.order_id).declined_at) == 1


def test_a_payment_that_cannot_be_released_yet_is_still_being_confirmed() -> None:
    payments, clock = Failing(outcome="unclear"), Clock()
    service = a_service(payments=payments, now=clock)
    order = service.create(a_draft())
    with pytest.raises(PaymentUnknownError):
        service.submit(order)
    clock.time += CLAIM_SECONDS + 1
    changed = service.update(service.get(order_id=order.order_id), {"info": {"pack1": {"price": "30"}}})
    payments.releases = PaymentUnclear()

    with pytest.raises(PaymentUnknownError, match="do not pay again"):
        service.submit(changed)
    assert service.get(order_id=order.order_id).attempt is not None
