"""Nobody pays for what they did not see: a submit that says what was shown does nothing where that is not so any more."""

from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest

from lambdas.orders.decisions.lead.shown_order import ShownOrder, content_digest, price_digest
from lambdas.orders.errors import InvalidOrderError, RevisionDiffersError
from lambdas.orders.model.order import Order
from lambdas.orders.service import OrderService
from lambdas.orders.submit_errors import (
    NoOpenPaymentError,
    PaymentRefusedError,
    PaymentUnknownError,
    TotalDiffersError,
)
from lambdas.orders.submit_request import CLAIM_SECONDS
from lambdas.runtime.items import from_item, to_item
from tests.support.build import CONTACT, Clock, a_draft, a_service, an_order, hold_key
from tests.support.fakes import FakeClients, FakePayments, InMemoryOrderStore


def seen_of(order: Order) -> ShownOrder:
    return ShownOrder(
        total_cents=order.total_cents,
        currency=order.currency,
        price=price_digest(order),
        content=content_digest(order),
    )


def at_present(service: OrderService, order: Order) -> Order:
    return service.get(order_id=order.order_id)


def test_what_was_seen_is_what_is_held() -> None:
    payments = FakePayments()
    service = a_service(payments=payments)
    order = service.create(a_draft())

    service.submit(order, shown=seen_of(order))
    service.submit(at_present(service, order), shown=seen_of(order))

    assert payments.held == {hold_key(order): 2000}


@pytest.mark.parametrize(
    ("change", "refusal"),
    [
        ({"info": {"pack1": {"price": "113"}}}, RevisionDiffersError),
        ({"info": {"pack1": {"plan_id": "2"}}}, RevisionDiffersError),
        ({"info": {"cc_token": "tok_other"}}, RevisionDiffersError),
        ({"info": {"email": "eve@example.com"}}, RevisionDiffersError),
        ({"info": {"os": "none"}}, RevisionDiffersError),
        ({"client_id": "100"}, RevisionDiffersError),
    ],
)
def test_an_order_that_somebody_else_changed_is_not_submitted(change: dict[str, Any], refusal: type[Exception]) -> None:
    payments = FakePayments()
    service = a_service(payments=payments, clients=FakeClients({"100"}))
    order = service.create(a_draft())
    changed = service.update(order, change)

    for read in (order, changed):  # whoever read it before, and after
        with pytest.raises(refusal):
            service.submit(read, shown=seen_of(order))

    assert (payments.authorized, at_present(service, order)) == ([], changed)


def test_what_staff_and_machines_note_beside_the_order_does_not_hold_it_up() -> None:
    service = a_service()
    order = service.create(a_draft())
    service.update(order, {"owner": "grace", "priority": 3})

    assert not service.submit(order, shown=seen_of(order)).is_lead


def test_the_change_that_comes_with_the_submit_is_in_the_price_or_nothing_is_written() -> None:
    payments = FakePayments()
    service = a_service(payments=payments)
    order = service.create(a_draft())
    dearer = {"info": {"pack1": {"price": "30"}}}
    shown = seen_of(service.preview(order, dearer)).changed(content=content_digest(order))

    with pytest.raises(TotalDiffersError, match=r"shown 20\.00 USD, and it costs 30\.00 USD now"):
        service.submit(order, changes=dearer, shown=seen_of(order))
    assert (at_present(service, order), payments.authorized) == (order, [])

    submitted = service.submit(order, changes=dearer, shown=shown)
    assert (submitted.total_cents, payments.held) == (3000, {hold_key(submitted): 3000})


def test_the_same_total_for_something_else_is_not_what_was_seen() -> None:
    service = a_service()
    order = service.create(a_draft())
    sold = order.priced[0].model_copy(update={"plan_id": "7"})
    other = ShownOrder(total_cents=order.total_cents, price=price_digest(order.changed(priced=(sold,))))

    with pytest.raises(TotalDiffersError, match="is not what the buyer was shown"):
        service.submit(order, shown=other)


def test_another_currency_is_another_price() -> None:
    service = a_service()
    order = service.create(a_draft())

    with pytest.raises(TotalDiffersError, match=r"shown 20\.00 EUR, and it costs 20\.00 USD"):
        service.submit(order, shown=ShownOrder(total_cents=2000, currency="EUR"))


def test_a_lead_that_is_priced_anew_is_priced_in_what_is_sold_in_now() -> None:
    store = InMemoryOrderStore()
    order = a_service(store=store).create(a_draft())
    in_euro = a_service(store=store, currency="EUR")

    assert in_euro.update(order, {"info": {"notes": "1"}}).currency == "EUR"
    assert in_euro.update(order, {"owner": "grace"}).currency == "EUR"


def test_what_is_checked_is_what_is_submitted() -> None:
    """An order that is emptied between the check and the claim is checked again."""
    store = _Meddled()
    service = a_service(store=store)
    order = service.create(a_draft())
    store.meddle = lambda: service.update(at_present(service, order), {"info": {"email": "", "first": "", "last": ""}})

    with pytest.raises(InvalidOrderError, match=r"info\.email"):
        service.submit(order)


class _Meddled(InMemoryOrderStore):
    """Somebody else writes just before the next write."""

    meddle: Callable[[], Any] | None = None

    def save(self, order: Order) -> Order:
        meddle, self.meddle = self.meddle, None
        if meddle:
            meddle()
        return super().save(order)


def test_going_on_with_a_payment_begins_none() -> None:
    service = a_service()
    order = service.create(a_draft())

    with pytest.raises(NoOpenPaymentError):
        service.resume_submit(order)


def test_going_on_takes_the_payment_only_for_what_it_was_begun_for() -> None:
    payments, clock = FakePayments(outcome="unclear"), Clock()
    service = a_service(payments=payments, now=clock)
    order = service.create(a_draft())
    with pytest.raises(PaymentUnknownError):
        service.submit(order)
    clock.time += CLAIM_SECONDS + 1
    payments.outcome = "held"
    service.update(at_present(service, order), {"info": {"pack1": {"plan_id": "dearer later"}}})  # at the same price

    with pytest.raises(PaymentRefusedError, match="now released"):
        service.resume_submit(at_present(service, order))

    assert payments.held == {}


def test_coming_back_from_the_bank_says_yes_only_to_what_was_said_yes_to() -> None:
    payments, clock = FakePayments(outcome="unclear"), Clock()
    service = a_service(payments=payments, now=clock)
    order = service.create(a_draft())
    with pytest.raises(PaymentUnknownError):
        service.submit(order)
    clock.time += CLAIM_SECONDS + 1
    payments.outcome = "held"
    service.update(at_present(service, order), {"info": {"pack1": {"plan_id": "other"}}})

    with pytest.raises(PaymentRefusedError, match="now released"):
        service.authenticate(at_present(service, order), {})


def test_a_digest_is_the_same_after_the_table() -> None:
    numbers = {
        "whole": 5,
        "five": Decimal("5.0"),
        "half": Decimal("0.50"),
        "list": [1, None, {"deep": Decimal("1E+2")}],
    }
    order = an_order(info={**CONTACT, **numbers})

    stored = Order.model_validate(from_item(to_item(order.model_dump(exclude_none=True))))

    assert content_digest(stored) == content_digest(order)
