"""Each brand sells in its own currency, from the plans that are priced in it."""

from pathlib import Path

import pytest
from pydantic import ValidationError

from infra.stages.currency import mispriced
from lambdas.catalog.plan import Plan, load_plans, sold_in
from lambdas.catalog.pricing import CatalogPricing
from lambdas.forms.fields.field import Given
from lambdas.forms.fields.plans import PlanField
from lambdas.orders.errors import InvalidOrderError
from lambdas.orders.model.queue import Queue
from lambdas.orders.service import OrderService
from tests.support.build import a_draft, a_service, the_default_queue
from tests.support.coupons import InMemoryCoupons, a_coupon, amount, percent, pricing_with
from tests.support.fakes import FakeContacts

PLANS = """
[[plans]]
plan_id = "1"
title = "Hosting"
code = "h"
pricing = { 1 = { price = "9.95", setup = "0" } }

[[plans]]
plan_id = "2"
title = "Hosting in Japan"
code = "hj"
currency = "JPY"
pricing = { 1 = { price = "1500", setup = "500" } }

[[plans]]
plan_id = "3"
title = "Hosting in Kuwait"
code = "hk"
currency = "KWD"
pricing = { 1 = { price = "3.125", setup = "0" } }
"""
JAPAN = 2


@pytest.fixture
def plans(tmp_path: Path) -> dict[str, Plan]:
    file = tmp_path / "plans.toml"
    file.write_text(PLANS)
    return load_plans(file)


@pytest.fixture
def service(plans: dict[str, Plan]) -> OrderService:
    """Queue 1 is of brand 1, queue 2 of the brand that sells in yen."""
    coupons = InMemoryCoupons(
        {
            "1": a_coupon(coupon_id="1", coupon_code="DOLLAR", class_id=JAPAN, discount=amount(500)),
            "2": a_coupon(coupon_id="2", coupon_code="YEN", class_id=JAPAN, currency="JPY", discount=amount(500)),
            "3": a_coupon(coupon_id="3", coupon_code="TENTH", class_id=JAPAN, discount=percent("10")),
        }
    )
    taxes = pricing_with().taxes
    japan: Queue = the_default_queue().model_copy(update={"order_queue_id": 2, "brand_id": JAPAN})
    return a_service(
        queues={1: the_default_queue(), 2: japan},
        pricing=CatalogPricing(plans, coupons, coupons, taxes, FakeContacts({})),
        brand_currencies={JAPAN: "JPY"},
    )


def test_the_brand_s_currency_is_that_of_its_plans_and_of_the_order(service: OrderService) -> None:
    order = service.create(a_draft(order_queue_id=2, info={"pack1": {"plan_id": "2"}}))

    assert (order.currency, order.total_cents) == ("JPY", 2000)
    usual = service.create(a_draft(info={"pack1": {"plan_id": "1"}}))
    assert (usual.currency, usual.total_cents) == ("USD", 995)


def test_a_plan_in_another_currency_is_not_sold(service: OrderService) -> None:
    order = service.create(a_draft(order_queue_id=2, info={"pack1": {"plan_id": "1"}}))

    assert order.priced == ()
    with pytest.raises(InvalidOrderError, match=r"neither a known plan \(2\)"):
        service.check(order)


def test_a_price_of_the_caller_s_is_in_the_brand_s_currency(service: OrderService) -> None:
    with pytest.raises(InvalidOrderError, match="must not have digits after the point in JPY"):
        service.create(a_draft(order_queue_id=2, info={"pack1": {"price": "9.95"}}))

    assert service.create(a_draft(order_queue_id=2, info={"pack1": {"price": "1,995"}})).total_cents == 1995


@pytest.mark.parametrize(("code", "total"), [("YEN", 1500), ("DOLLAR", 2000), ("TENTH", 1850)])
def test_a_coupon_of_amounts_counts_in_its_own_currency_alone(service: OrderService, code: str, total: int) -> None:
    order = service.create(a_draft(order_queue_id=2, info={"coupon": code, "pack1": {"plan_id": "2"}}))

    assert order.total_cents == total


def test_a_form_offers_what_its_brand_sells(plans: dict[str, Plan]) -> None:
    field = PlanField.model_validate(
        {"kind": "plan", "name": "plan", "label": "Plan", "pack": 1, "plans": ["1", "2", "3"]}
    )
    offered = {
        currency: [choice.detail for choice in field.inputs(Given({}, sold_in(plans, currency), currency))[0].choices]
        for currency in ("USD", "JPY", "KWD")
    }

    assert offered == {
        "USD": ["$9.95 a month"],
        "JPY": ["¥1,500 a month, ¥500 set-up"],
        "KWD": ["KWD\xa03.125 a month"],
    }


def test_plans_that_the_stage_s_currency_has_no_digits_for_are_named_before_they_are_deployed(tmp_path: Path) -> None:
    file = tmp_path / "plans.toml"
    file.write_text(PLANS)

    assert list(mispriced(file, "plans.toml", "USD")) == []
    (problem,) = mispriced(file, "plans.toml", "JPY")
    assert "pricing.1.price" in problem
    assert "must not have digits after the point in JPY" in problem
    with pytest.raises(ValidationError):
        load_plans(file, "JPY")
