"""What was worked out is shown beside what was said, and says nothing when it is sent back."""

from typing import Any

import pytest

from lambdas.orders.model.order import Order
from lambdas.orders.readback import credits_of, with_prices
from lambdas.orders.service import OrderService
from tests.support.build import CARD, CONTACT, a_draft, a_service
from tests.support.coupons import a_coupon, amount, pricing_with

SERVER = {"plan_id": "2", "options": {"31": "101"}}  # 149.00 + 30.00 a month, 99.00 set-up


@pytest.fixture
def service() -> OrderService:
    halved = a_coupon(coupon_id="2", coupon_code="TEN", discount=amount(1000))
    return a_service(pricing=pricing_with(a_coupon(), halved))


def made(service: OrderService, **info: Any) -> Order:
    return service.create(a_draft(info={**CONTACT, **CARD, **info}))


def shown(order: Order) -> dict[str, Any]:
    return with_prices(order.info, order.priced, "USD")


def test_the_server_fills_in_what_it_worked_out(service: OrderService) -> None:
    order = made(service, pack1={**SERVER, "desserv": "db.example"})

    assert shown(order)["pack1"] == {
        "plan_id": "2",
        "options": {"31": "101"},
        "desserv": "db.example",
        "title": "Dedicated Server E-2288G",
        "quantity": "1",
        "period": "1",
        "price": "149.00",
        "setup": "99.00",
        "monthly_fee": {"31": "30.00"},
        "setup_fee": {"31": "0.00"},
        "cost": "179.00",
        "total_setup": "99.00",
        "option": {"31": "101"},
        "options_desc": {"31": "64 GB"},
        "groups_desc": {"31": "Memory"},
    }
    assert order.info["pack1"] == {**SERVER, "desserv": "db.example"}


def test_what_the_caller_said_stays_as_it_was_said(service: OrderService) -> None:
    said = {**SERVER, "title": "Mine", "price": "1", "monthly_fee": {"77": "2"}, "extra": {"deep": [1]}}
    seen = shown(made(service, pack1=said))["pack1"]

    assert {key: seen[key] for key in ("title", "price", "extra")} == {
        "title": "Mine",
        "price": "1",
        "extra": {"deep": [1]},
    }
    assert seen["monthly_fee"] == {"31": "30.00", "77": "2"}


def test_a_pack_that_cannot_be_priced_is_shown_as_it_was_said(service: OrderService) -> None:
    assert shown(made(service, pack1={"plan_id": "77", "coupon": "SAVE10"}))["pack1"] == {
        "plan_id": "77",
        "coupon": "SAVE10",
    }


def test_an_accepted_coupon_becomes_an_object_and_another_stays_text(service: OrderService) -> None:
    seen = shown(made(service, pack1={**SERVER, "coupon": "save10"}, pack2={**SERVER, "coupon": "nope"}))

    assert seen["pack1"]["coupon"] == {
        "coupon_id": "1",
        "coupon_code": "SAVE10",
        "description": "Ten percent",
        "recurring": False,
        "discount_value": "10.00",
        "dollar": False,
        "setup_discount_value": "0.00",
        "setup_dollar": False,
        "discount": "17.90",
        "setup_discount": "0.00",
    }
    assert seen["pack1"]["cost"] == "161.10"
    assert seen["pack2"]["coupon"] == "nope"


def test_costs_and_set_ups_make_the_total_and_credits_what_is_missing_to_the_list_price(service: OrderService) -> None:
    order = made(service, coupon="TEN", pack1=SERVER, pack2={**SERVER, "coupon": "SAVE10"})
    packs = [shown(order)[name] for name in ("pack1", "pack2")]

    total = sum(round(float(pack["cost"]) * 100) + round(float(pack["total_setup"]) * 100) for pack in packs)
    assert total == order.total_cents
    assert credits_of(order.priced) == {"2": 1000, "1": 1790}


@pytest.mark.parametrize("coupon", ["pack", "order"])
def test_sending_back_all_that_was_read_changes_nothing(service: OrderService, coupon: str) -> None:
    pack = {**SERVER, "coupon": "SAVE10"} if coupon == "pack" else SERVER
    wide = {"coupon": "TEN"} if coupon == "order" else {}
    order = made(service, pack1=pack, pack2=pack, **wide)

    updated = service.update(order, {"info": {**shown(order), "coupon_ids": ["1"], "coupon_credits": {"1": "5.00"}}})

    assert updated.total_cents == order.total_cents
    assert shown(updated) == shown(order)
    assert not {"coupon_ids", "coupon_credits"} & updated.info.keys()


def test_what_was_read_back_does_not_outlive_the_next_change(service: OrderService) -> None:
    order = made(service, pack1={"plan_id": "1"})
    seen = shown(order)["pack1"]

    updated = service.update(order, {"info": {"pack1": {"title": seen["title"], "cost": seen["cost"], "plan_id": "3"}}})

    assert (shown(updated)["pack1"]["title"], shown(updated)["pack1"]["cost"]) == ("Domain Registration", "14.50")


def test_the_object_of_another_coupon_is_taken_for_its_code(service: OrderService) -> None:
    order = made(service, pack1={**SERVER, "coupon": "SAVE10"})
    changed = service.update(order, {"info": {"pack1": {"coupon": {"coupon_id": "2", "coupon_code": "TEN"}}}})
    whole = service.update(changed, {"info": {"pack1": {"coupon": ""}, "coupon": {"coupon_code": "SAVE10"}}})

    assert changed.info["pack1"]["coupon"] == "TEN"
    assert (whole.info["coupon"], whole.priced[0].discount_cents) == ("SAVE10", 1790)


def test_after_submit_all_that_was_read_may_be_sent_back_with_a_correction(service: OrderService) -> None:
    order = service.submit(made(service, pack1={**SERVER, "coupon": "SAVE10"}))

    corrected = service.update(order, {"info": {**shown(order), "city": "London"}})

    assert corrected.info == {**order.info, "city": "London"}
    assert corrected.total_cents == order.total_cents
