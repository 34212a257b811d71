"""Webhooks of many orders in random order, repeated and lost on the way: orders agree with Stripe, nothing is applied twice."""

import random

import pytest

from lambdas.forms.shop import Shop as Forms
from lambdas.orders.model.order import Order
from lambdas.payments.gateway import TransactionState
from lambdas.records.broken_promises import BrokenPromises
from tests.stand_ins.stripe_gateway import Shop
from tests.stand_ins.through_stripe.test_authentication import forms, local, on_page, order_of, ordered
from tests.stand_ins.webhooks.post import Post
from tests.unit.forms.browser import Browser

__all__ = ["forms"]
ORDERS = 6
CHOICES = ("proved", "refused", "", "returns")


def begun(forms: Forms, choice: str) -> Order:
    """An order whose bank asks. Its buyer proves themselves, fails, goes away, or proves themselves and comes back."""
    browser = Browser(forms)
    asked = ordered(browser).headers["Location"]
    back = on_page(asked, "proved" if choice == "returns" else choice) if choice else ""
    if choice == "returns":
        browser.open(local(back))
    return order_of(browser, forms)


def agrees(order: Order, shop: Shop) -> bool:
    """Whether the order says of its money what Stripe says."""
    payment = order.hold or order.attempt
    found = shop.gateway.find(payment.key) if payment else None
    if order.hold:
        return found is not None and found.state is TransactionState.HELD and not order.is_lead
    if order.attempt:
        return found is not None and found.state is TransactionState.NEEDS_AUTHENTICATION and order.is_lead
    return order.is_lead and len(order.declined_at) == 1


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_final_states_agree_with_stripe_whatever_comes_when_and_how_often(shop: Shop, forms: Forms, seed: int) -> None:
    chance, post = random.Random(seed), Post(shop, forms)
    orders = []
    for number in range(ORDERS):
        orders.append(begun(forms, CHOICES[number % len(CHOICES)]))
        if chance.random() < 0.5:
            post.queue.is_broken = chance.random() < 0.3
            _deliver(post, chance)
            post.work(chance, passes=chance.randint(0, 2))
    post.queue.is_broken = False
    for _ in range(3):
        _deliver(post, chance)
        post.work(chance)
    settled = [forms.service.get(order_id=each.order_id) for each in orders]
    post.sender._next = 0  # everything once more, as Stripe may for three days
    _deliver(post, chance)
    post.work(chance)

    again = [forms.service.get(order_id=each.order_id) for each in orders]
    assert [each.revision for each in again] == [each.revision for each in settled]
    assert all(agrees(each, shop) for each in again)
    held = [each for each in shop.booked("pi") if each["status"] == "requires_capture"]
    assert len(held) == sum(each.hold is not None for each in again) > 0
    assert len({each["metadata"]["key"] for each in held}) == len(held)
    assert BrokenPromises(shop.records).read_all() == []
    assert all(post.outcomes())


def _deliver(post: Post, chance: random.Random) -> None:
    """Stripe sends again what was not acknowledged."""
    try:
        post.deliver(chance, most_copies=3)
    except ConnectionError:
        post.sender._next = 0
