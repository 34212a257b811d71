"""A coupon's use is counted at submit, before money is held, and given back when the submit or the order comes to nothing."""

from typing import Any

import pytest

from lambdas.orders.model.order import Order
from lambdas.orders.service import OrderService
from lambdas.orders.submit_errors import CouponGoneError, PaymentRefusedError, PaymentUnknownError
from lambdas.orders.submit_request import CLAIM_SECONDS
from tests.support.build import CARD, CONTACT, Clock, a_draft, a_service, hold_key
from tests.support.coupons import InMemoryCoupons, a_coupon, pricing_with
from tests.support.fakes import FakePayments

HOSTING = {"plan_id": "1"}  # 9.95 a month, 8.95 with the coupon


class Shop:
    """A service with coupons, its payments and its clock."""

    def __init__(self, **coupon: Any) -> None:
        self.payments, self.clock = FakePayments(), Clock()
        self.pricing = pricing_with(a_coupon(**coupon))
        self.service: OrderService = a_service(pricing=self.pricing, payments=self.payments, now=self.clock)
        coupons = self.pricing.coupons
        assert isinstance(coupons, InMemoryCoupons)
        self.coupons = coupons

    def order(self, **info: Any) -> Order:
        return self.service.create(a_draft(info={**CONTACT, **CARD, "pack1": HOSTING, "coupon": "SAVE10", **info}))

    def at_present(self, order: Order) -> Order:
        return self.service.get(order_id=order.order_id)

    def used(self) -> int:
        return self.coupons.coupons["1"].total_uses

    def change_coupon(self, **changes: Any) -> None:
        self.coupons.coupons["1"] = self.coupons.coupons["1"].model_copy(update=changes)


def test_pricing_uses_nothing_and_submit_uses_it_once() -> None:
    shop = Shop()
    order = shop.order()
    assert (order.total_cents, shop.used()) == (895, 0)

    submitted = shop.service.submit(order)
    shop.service.submit(submitted)

    assert submitted.hold is not None
    assert (submitted.hold.amount_cents, shop.used()) == (895, 1)


def test_the_use_is_counted_before_the_money_is_held() -> None:
    shop = Shop()
    counted: list[int] = []
    shop.payments.during = lambda _: counted.append(shop.used())

    shop.service.submit(shop.order())

    assert counted == [1]


def test_of_two_orders_for_the_last_use_the_second_is_told_its_new_total_and_holds_nothing_until_it_agrees() -> None:
    shop = Shop(max_uses=1)
    first, second = shop.order(), shop.order()
    shop.service.submit(first)

    with pytest.raises(CouponGoneError) as refused:
        shop.service.submit(second)

    assert refused.value.message == (
        "order 1002 was not submitted: coupon SAVE10 is used up or no longer valid, so its total is 9.95 USD now; "
        "submit it again to buy at that price, or change it with order.update first"
    )
    lead = shop.at_present(second)
    assert (lead.is_lead, lead.attempt, lead.total_cents, lead.info["coupon"]) == (True, None, 995, "SAVE10")
    assert list(shop.payments.held.values()) == [895]
    submitted = shop.service.submit(lead)
    assert submitted.hold is not None
    assert (submitted.hold.amount_cents, shop.used()) == (995, 1)


def test_the_last_use_goes_to_one_of_two_whose_submits_cross() -> None:
    shop = Shop(max_uses=1)
    first, second = shop.order(), shop.order()

    def rival(_: Order) -> None:
        shop.payments.during = None
        with pytest.raises(CouponGoneError):
            shop.service.submit(second)

    shop.payments.during = rival
    assert not shop.service.submit(first).is_lead
    assert shop.used() == 1


@pytest.mark.parametrize("gone", [{"active": False}, {"expire": 1}])
def test_one_that_was_switched_off_or_expired_since_is_gone_too(gone: dict[str, Any]) -> None:
    shop = Shop()
    order = shop.order()
    shop.change_coupon(**gone)

    with pytest.raises(CouponGoneError, match=r"its total is 9\.95 USD now"):
        shop.service.submit(order)
    assert shop.used() == 0


def test_a_declined_submit_gives_the_use_back() -> None:
    shop = Shop(max_uses=1)
    order = shop.order()
    shop.payments.outcome = "declined"

    with pytest.raises(PaymentRefusedError):
        shop.service.submit(order)
    assert shop.used() == 0
    shop.payments.outcome = "held"
    assert not shop.service.submit(shop.at_present(order)).is_lead
    assert shop.used() == 1


def test_an_open_payment_keeps_the_use_and_its_price() -> None:
    shop = Shop(max_uses=1)
    order = shop.order()
    shop.payments.outcome = "unclear"
    with pytest.raises(PaymentUnknownError):
        shop.service.submit(order)
    shop.clock.time += CLAIM_SECONDS + 1
    shop.payments.outcome = "held"

    changed = shop.service.update(shop.at_present(order), {"info": {"city": "London"}})
    submitted = shop.service.submit(changed)

    assert submitted.hold is not None
    assert (submitted.hold.amount_cents, shop.used()) == (895, 1)
    assert shop.payments.held == {hold_key(order): 895}


def test_a_dead_submits_use_is_given_back_when_the_order_does_without_the_coupon_since() -> None:
    shop = Shop(max_uses=1)
    order = shop.order()
    shop.payments.outcome = "unclear"
    with pytest.raises(PaymentUnknownError):
        shop.service.submit(order)
    shop.clock.time += CLAIM_SECONDS + 1
    shop.payments.outcome = "held"
    changed = shop.service.update(shop.at_present(order), {"info": {"coupon": ""}})

    with pytest.raises(PaymentRefusedError, match="now released"):
        shop.service.submit(changed)
    assert (shop.used(), shop.payments.held) == (0, {})


def test_a_dead_submits_use_is_given_back_when_another_coupon_gives_the_same_price_since() -> None:
    shop = Shop()
    shop.coupons.coupons["2"] = a_coupon(coupon_id="2", coupon_code="SAME")
    order = shop.order()
    shop.payments.outcome = "unclear"
    with pytest.raises(PaymentUnknownError):
        shop.service.submit(order)
    shop.clock.time += CLAIM_SECONDS + 1
    shop.payments.outcome = "held"

    shop.service.submit(shop.service.update(shop.at_present(order), {"info": {"coupon": "SAME"}}))

    assert (shop.used(), shop.coupons.coupons["2"].total_uses) == (0, 1)
    assert shop.payments.held == {hold_key(order): 895}


def test_a_dead_submit_whose_coupon_is_gone_gives_its_payment_back() -> None:
    shop = Shop()
    order = shop.order()
    shop.payments.outcome = "unclear"
    with pytest.raises(PaymentUnknownError):
        shop.service.submit(order)
    shop.coupons.give_back(order.order_id)  # as if the process had died before it counted the use
    shop.change_coupon(active=False)
    shop.clock.time += CLAIM_SECONDS + 1

    with pytest.raises(CouponGoneError):
        shop.service.submit(shop.at_present(order))
    assert shop.payments.held == {}


def test_a_canceled_order_gives_the_use_back_and_canceling_again_gives_no_more() -> None:
    shop = Shop(max_uses=2)
    shop.service.submit(shop.order())
    order = shop.service.submit(shop.order())

    for _ in range(2):
        shop.service.cancel(shop.at_present(order))
    assert shop.used() == 1


def test_a_submit_that_finds_the_order_canceled_gives_the_use_back() -> None:
    shop = Shop()
    order = shop.order()

    def canceled_meanwhile(_: Order) -> None:
        shop.service.cancel(shop.at_present(order))
        assert shop.coupons.redeem("1", order.order_id, now=shop.clock())  # as if it had been counted a moment later

    shop.payments.during = canceled_meanwhile
    with pytest.raises(Exception, match="final"):
        shop.service.submit(order)
    assert (shop.used(), shop.payments.held) == (0, {})


def test_a_coupon_that_takes_nothing_off_is_not_used() -> None:
    shop = Shop()
    order = shop.service.submit(shop.order(pack1={**HOSTING, "price": "0"}))

    assert order.priced[0].coupon is not None
    assert shop.used() == 0


def test_after_submit_prices_stay_whatever_becomes_of_the_coupon() -> None:
    shop = Shop()
    order = shop.service.submit(shop.order())
    shop.change_coupon(active=False)

    changed = shop.service.update(order, {"info": {"city": "London"}})

    assert (changed.priced, changed.total_cents) == (order.priced, 895)
