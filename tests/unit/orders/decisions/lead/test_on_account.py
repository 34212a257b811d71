"""Who may order without money being held: the rule of the queue, at submit, whichever way an order came to be on account."""

from typing import Any

import pytest

from lambdas.contracts.without_hold import WithoutHold
from lambdas.orders.decisions.lead.on_account import for_signed_contracts, narrower
from lambdas.orders.errors import InvalidOrderError
from lambdas.orders.model.order import Order, PaymentAttempt
from lambdas.orders.model.queue import MayBeInvoiced
from lambdas.orders.service import OrderService
from lambdas.orders.submit_errors import PaymentRefusedError
from lambdas.orders.submit_request import CLAIM_SECONDS
from tests.support.build import CARD, CONTACT, Clock, a_draft, a_queue, a_service
from tests.support.fakes import FakeClients, FakePayments, InMemoryOrderStore

NOBODY, EXISTING, EVERYBODY = MayBeInvoiced.NOBODY, MayBeInvoiced.EXISTING_CLIENTS, MayBeInvoiced.EVERYBODY
UNPAID = {**CONTACT, "pack1": {"plan_id": "1", "price": "20"}}
PAID = {**UNPAID, **CARD}


def a_shop(who: MayBeInvoiced | None = None, **parts: Any) -> OrderService:
    """A service with one queue, number 1, of this rule; None: of the rule a queue has that says nothing."""
    said = {} if who is None else {"may_be_invoiced": who}
    return a_service(queues={1: a_queue(order_queue_id=1, **said)}, **parts)


def ordered(shop: OrderService, **changes: Any) -> Order:
    return shop.create(a_draft(**{"info": UNPAID, **changes}))


def refused(shop: OrderService, order: Order, **how: Any) -> str:
    with pytest.raises(InvalidOrderError) as error:
        shop.submit(order, **how)
    assert shop.get(order_id=order.order_id).is_lead
    (problem,) = error.value.problems
    assert problem.field == "info.payment_type"
    return problem.text


def test_a_stranger_is_not_invoiced_by_a_queue_that_says_nothing() -> None:
    shop = a_shop()

    assert "only existing clients in good standing" in refused(shop, ordered(shop))


def test_an_existing_client_in_good_standing_is() -> None:
    shop = a_shop(clients=FakeClients({"100"}))

    assert not shop.submit(ordered(shop, client_id="100")).is_lead


def test_a_client_who_owes_already_is_not() -> None:
    shop = a_shop(clients=FakeClients({"100"}, in_debt={"100"}))

    refused(shop, ordered(shop, client_id="100"))


def test_where_nobody_is_invoiced_the_best_client_is_not() -> None:
    shop = a_shop(NOBODY, clients=FakeClients({"100"}))

    assert "nobody is invoiced here" in refused(shop, ordered(shop, client_id="100"))


def test_where_everybody_is_invoiced_a_stranger_is() -> None:
    shop = a_shop(EVERYBODY)

    assert not shop.submit(ordered(shop)).is_lead


def test_whoever_has_money_held_is_asked_nothing() -> None:
    shop = a_shop(NOBODY)

    assert not shop.submit(ordered(shop, info=PAID)).is_lead


def test_what_is_free_needs_no_credit() -> None:
    shop = a_shop(NOBODY)

    assert not shop.submit(ordered(shop, info={**CONTACT, "pack1": {"plan_id": "1", "price": "0"}})).is_lead


def test_a_card_that_is_not_held_is_on_account_too() -> None:
    """Contracts are not pre-authorised where a stage says so."""
    shop = a_shop(payments=WithoutHold(FakePayments()))

    refused(shop, ordered(shop, info=PAID))


def test_a_form_takes_back_what_its_queue_allows() -> None:
    shop = a_shop(EVERYBODY, clients=FakeClients({"100"}))

    refused(shop, ordered(shop, client_id="100"), form_invoices=NOBODY)
    refused(shop, ordered(shop), form_invoices=EXISTING)
    assert not shop.submit(ordered(shop, client_id="100"), form_invoices=EXISTING).is_lead


def test_a_form_never_allows_more_than_its_queue() -> None:
    shop = a_shop(NOBODY)

    refused(shop, ordered(shop), form_invoices=EVERYBODY)


def test_a_signed_contract_is_the_agreement_to_be_invoiced() -> None:
    shop = a_shop()

    assert not shop.submit(ordered(shop), signed=True).is_lead


def test_but_not_where_nobody_is_invoiced() -> None:
    shop = a_shop(NOBODY)

    refused(shop, ordered(shop), signed=True)


@pytest.mark.parametrize("queue", MayBeInvoiced)
@pytest.mark.parametrize("form", [None, *MayBeInvoiced])
def test_the_narrower_of_two_rules_counts(queue: MayBeInvoiced, form: MayBeInvoiced | None) -> None:
    width = [NOBODY, EXISTING, EVERYBODY].index

    assert width(narrower(queue, form)) == min(width(queue), width(form or queue))
    assert (for_signed_contracts(queue) is NOBODY) == (queue is NOBODY)


class TurnedCoat(InMemoryOrderStore):
    """A store in which somebody else takes the card off the order at the very moment it is claimed."""

    turns = False

    def save(self, order: Order) -> Order:
        if self.turns and order.attempt is not None:
            self.turns = False
            current = self.get(order.order_id)
            super().save(current.changed(info={**current.info, "cc_token": "", "payment_type": "invoice"}))
        return super().save(order)


def test_nobody_slips_through_by_changing_the_payment_while_it_is_submitted() -> None:
    store = TurnedCoat()
    shop = a_shop(store=store)
    order = ordered(shop, info=PAID)
    store.turns = True

    refused(shop, order)


def test_nor_by_changing_it_after_a_submit_that_died() -> None:
    """The payment under way is given back first; then the order is one on account, and is refused as such."""
    clock, payments = Clock(), FakePayments(outcome="held")
    shop = a_shop(payments=payments, now=clock)
    order = ordered(shop, info=PAID)

    def die(_: Order) -> None:
        raise KeyboardInterrupt

    payments.during = die
    with pytest.raises(KeyboardInterrupt):
        shop.submit(order)
    payments.during = None
    clock.time += CLAIM_SECONDS + 1
    changed = shop.update(shop.get(order_id=order.order_id), {"info": {"cc_token": "", "payment_type": "invoice"}})

    with pytest.raises(PaymentRefusedError, match="now released"):
        shop.submit(changed)
    assert payments.held == {}
    refused(shop, shop.get(order_id=order.order_id))


def test_nor_by_a_free_order_that_became_dear_after_its_submit_died() -> None:
    clock, store = Clock(), InMemoryOrderStore()
    shop = a_shop(store=store, now=clock)
    free = ordered(shop, info={**CONTACT, "pack1": {"plan_id": "1", "price": "0"}})
    claim = {"claim": "dead", "claim_ends_at": clock() + CLAIM_SECONDS}  # a process that ends here
    store.save(free.changed(attempt=PaymentAttempt(key="k", amount_cents=0, currency="USD", method="", **claim)))
    clock.time += CLAIM_SECONDS + 1
    dear = shop.update(shop.get(order_id=free.order_id), {"info": {"pack1": {"price": "900"}}})

    refused(shop, dear)
