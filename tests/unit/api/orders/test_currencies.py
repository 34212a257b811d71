"""Amounts of yen, dollars and dinars at the doors: as many digits as the currency has, and what is shown is what is held."""

from dataclasses import replace

import pytest

from tests.support.build import CARD, CONTACT
from tests.unit.api.conftest import Caller

AMOUNTS = {"JPY": ("1500", "1500.5", "150"), "USD": ("15.00", "15.005", "1.50"), "KWD": ("1.250", "1.2505", "0.125")}


def selling_in(caller: Caller, currency: str) -> Caller:
    backend = caller.api.backend
    service = replace(backend.service, currency=currency)
    return replace(caller, api=replace(caller.api, backend=replace(backend, service=service)))


@pytest.fixture(params=list(AMOUNTS))
def shop(caller: Caller, request: pytest.FixtureRequest) -> tuple[Caller, str]:
    return selling_in(caller, request.param), request.param


def test_an_order_is_shown_held_and_read_back_in_its_currency(shop: tuple[Caller, str]) -> None:
    caller, currency = shop
    price, _, tenth = AMOUNTS[currency]
    coupon = {"coupon_code": "LESS", "description": "Less", "discount_value": tenth, "dollar": True}
    made = caller.call("order.coupon_add", coupon).body
    info = {**CONTACT, **CARD, "coupon": "LESS", "pack1": {"desserv": "a.example", "price": price}}
    order = caller.call("order.create", {"order_queue_id": 1, "info": info}).body

    assert made["discount"] == {"kind": "amount", "value": tenth}
    (service,) = order["services"]
    assert (order["currency"], service["recurring"], service["recurring_discount"]) == (currency, price, tenth)
    shown = order["total"]
    submitted = caller.call("order.submit", {"order_id": order["order_id"], "total": shown})
    assert submitted.status == 200, submitted.body
    held = caller.api.backend.service.get(order_id=order["order_id"]).hold
    assert held is not None
    assert str(held.amount_cents) == shown.replace(".", "").lstrip("0")
    assert held.currency == currency
    record = caller.data("order.get", {"order_id": order["order_id"]})
    assert (record["total"], record["info"]["pack1"]["price"]) == (shown, price)


def test_too_many_digits_are_refused_with_the_field_and_how_to_write_it(shop: tuple[Caller, str]) -> None:
    caller, currency = shop
    price, wrong, _ = AMOUNTS[currency]
    order_id = caller.call("order.create", {"order_queue_id": 1, "info": {"pack1": {"price": price}}}).body["order_id"]
    asked = {
        "info.pack1.price": ("order.create", {"order_queue_id": 1, "info": {"pack1": {"price": wrong}}}),
        "total": ("order.submit", {"order_id": order_id, "total": wrong}),
        "discount_value": (
            "order.coupon_add",
            {"coupon_code": "X", "description": "X", "discount_value": wrong, "dollar": True},
        ),
    }
    for field, (method, parameters) in asked.items():
        answer = caller.call(method, parameters)
        (problem,) = answer.body["errors"]

        assert answer.status in (400, 422)
        assert problem["field"] == field
        assert f"after the point in {currency}" in problem["detail"], problem


def test_a_percentage_is_none_of_a_currency(shop: tuple[Caller, str]) -> None:
    caller, _ = shop
    asked = {"coupon_code": "TENTH", "description": "Less", "discount_value": "12.50"}

    assert caller.call("order.coupon_add", asked).body["discount"] == {"kind": "percentage", "value": "12.50"}


def test_a_percentage_that_becomes_an_amount_stays_the_number_people_read(caller: Caller) -> None:
    yen = selling_in(caller, "JPY")
    made = yen.call("order.coupon_add", {"coupon_code": "TEN", "description": "Ten", "discount_value": "10"}).body
    changed = yen.call("order.coupon_update", {"coupon_id": made["coupon_id"], "dollar": True}).body

    assert changed["discount"] == {"kind": "amount", "value": "10"}
