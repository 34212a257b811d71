"""What packs cost: the caller's price, else the plan's; options per month, set-up once."""

from typing import Any

import pytest

from lambdas.orders.model.packs import PricedPack
from tests.support.coupons import SALE, pricing_with

PRICING = pricing_with()
SERVER = "2"  # 149.00 a month and 99.00 set-up; 1599.00 a year
MEMORY, BANDWIDTH = {"31": "101"}, {"32": "111"}  # 30.00 a month; 199.00 a month and 25.00 set-up


def priced(**pack: Any) -> PricedPack:
    (one,) = PRICING.price({"pack1": pack}, SALE)
    return one


def missing(**pack: Any) -> list[str]:
    assert PRICING.price({"pack1": pack}, SALE) == ()
    return [problem.field for problem in PRICING.missing({"pack1": pack}, SALE)]


def amounts(**pack: Any) -> tuple[int, int]:
    one = priced(**pack)
    return one.recurring_cents, one.setup_cents


def test_the_plans_price_is_per_period() -> None:
    assert amounts(plan_id=SERVER, period=1) == (14900, 9900)
    assert amounts(plan_id=SERVER, period=12) == (159900, 0)


@pytest.mark.parametrize(("period", "months"), [(1, 1), (3, 3), (12, 12)])
def test_an_option_costs_its_month_as_often_as_the_period_has_months(period: int, months: int) -> None:
    plain, _ = amounts(plan_id=SERVER, period=period)

    assert amounts(plan_id=SERVER, period=period, options=MEMORY)[0] == plain + months * 3000


def test_an_option_of_a_one_time_service_costs_its_month_once() -> None:
    assert amounts(plan_id="4", period=0, options={"9": "x"}, monthly_fee={"9": "5"}) == (6400, 0)


def test_set_up_is_charged_once_or_for_each_unit_if_the_caller_says_so() -> None:
    once = amounts(plan_id=SERVER, quantity=3, options=BANDWIDTH)
    each = amounts(plan_id=SERVER, quantity=3, options=BANDWIDTH, setup_qs="1")

    assert once == (3 * (14900 + 19900), 9900 + 2500)
    assert each == (3 * (14900 + 19900), 3 * (9900 + 2500))


def test_the_callers_amounts_win_even_at_zero() -> None:
    asked = {"price": "0", "setup": "1", "monthly_fee": {"32": "2"}, "setup_fee": {"32": "0"}}

    assert amounts(plan_id=SERVER, period=1, options=BANDWIDTH, **asked) == (200, 100)


def test_an_extra_the_caller_priced_is_charged_though_no_option_names_it() -> None:
    assert amounts(plan_id="1", monthly_fee={"77": "1.50"}, setup_fee={"78": "2"}) == (995 + 150, 200)


@pytest.mark.parametrize(("plan_id", "period"), [("1", 1), ("2", 1), ("3", 12), ("4", 0)])
def test_without_a_period_it_is_the_month_or_the_first_one_sold(plan_id: str, period: int) -> None:
    assert priced(plan_id=plan_id).period == period


def test_a_service_of_no_plan_is_sold_at_the_callers_price() -> None:
    one = priced(price="20", desserv="Consulting", quantity=2)

    assert (one.title, one.recurring_cents, one.period) == ("Consulting", 4000, 1)


def test_a_nameless_service_is_named_after_its_pack() -> None:
    assert priced(price="20").title == "Service pack1"


@pytest.mark.parametrize(
    ("pack", "field"),
    [
        ({}, "info.pack1.plan_id"),
        ({"plan_id": "77"}, "info.pack1.plan_id"),
        ({"plan_id": SERVER, "period": 2}, "info.pack1.period"),
        ({"plan_id": SERVER, "options": {"99": "1"}}, "info.pack1.options.99"),
        ({"plan_id": SERVER, "options": {"31": "999"}}, "info.pack1.options.31"),
    ],
)
def test_what_is_neither_known_nor_priced_is_named_and_not_sold(pack: dict[str, Any], field: str) -> None:
    assert missing(**pack) == [field]


@pytest.mark.parametrize(
    "pack",
    [
        {"plan_id": "77", "price": "1"},
        {"plan_id": SERVER, "period": 2, "price": "1"},
        {"plan_id": SERVER, "options": {"99": "1"}, "monthly_fee": {"99": "1"}},
    ],
)
def test_a_price_of_the_callers_makes_it_sellable(pack: dict[str, Any]) -> None:
    assert PRICING.missing({"pack1": pack}, SALE) == ()
    assert priced(**pack).pack == "pack1"


def test_an_unfinished_pack_does_not_keep_the_others_from_being_priced() -> None:
    info = {"pack1": {"plan_id": "1"}, "pack2": {}, "pack3": {"plan_id": "3"}}

    assert [pack.pack for pack in PRICING.price(info, SALE)] == ["pack1", "pack3"]


def test_the_first_charge_is_set_up_and_one_period() -> None:
    assert priced(plan_id=SERVER, options=MEMORY).first_charge_cents == 14900 + 3000 + 9900


def test_a_pack_keeps_what_was_asked_for() -> None:
    one = priced(plan_id=SERVER, period="3", options=MEMORY, status="2", desserv="db.example")

    assert (one.title, one.description, one.status) == ("Dedicated Server E-2288G", "db.example", 2)
    assert (one.period, one.options, one.number) == (3, MEMORY, 1)


DEFAULTS = {"31": "100", "32": "110"}


@pytest.mark.parametrize(
    ("pack", "options"),
    [
        ({"plan_id": SERVER}, DEFAULTS),
        ({"plan_id": SERVER, "options": []}, DEFAULTS),
        ({"plan_id": SERVER, "options": {"31": "101"}}, {"31": "101", "32": "110"}),
        ({"plan_id": SERVER, "options": {"31": ""}}, DEFAULTS),
        ({"plan_id": SERVER, "options": {"99": "1"}}, {**DEFAULTS, "99": "1"}),
    ],
)
def test_the_default_option_is_taken_where_none_is_chosen(pack: dict[str, Any], options: dict[str, str]) -> None:
    assert PRICING.with_default_options({"pack1": pack}, "USD") == {"pack1": {**pack, "options": options}}


@pytest.mark.parametrize("info", [{"pack1": {"plan_id": "1"}}, {"pack1": {"plan_id": "77"}}, {"pack1": {}}, {"a": "b"}])
def test_where_no_upgrade_is_known_nothing_is_added(info: dict[str, Any]) -> None:
    assert PRICING.with_default_options(info, "USD") == info


def test_a_pack_says_what_its_price_is_made_of() -> None:
    one = priced(plan_id=SERVER, quantity=2, options={**MEMORY, **BANDWIDTH}, monthly_fee={"32": "150"})

    assert (one.price_cents, one.unit_setup_cents) == (14900, 9900)
    assert one.option_price_cents == {"31": 3000, "32": 15000}
    assert one.option_setup_cents == {"31": 0, "32": 2500}
    assert one.options_desc == {"31": "64 GB", "32": "Unmetered 1 Gbit/s"}
    assert one.groups_desc == {"31": "Memory", "32": "Bandwidth"}


@pytest.mark.parametrize(
    ("said", "is_enough"),
    [
        ({"desserv": "example.com"}, True),
        ({"desserv": "Example.COM."}, True),
        ({"desserv": "a.example, b.example", "quantity": 2}, True),
        ({}, False),
        ({"desserv": ""}, False),
        ({"desserv": "my site"}, False),
        ({"desserv": "localhost"}, False),
        ({"desserv": "192.0.2.1"}, False),
        ({"desserv": "a.example, b.example"}, False),
        ({"desserv": "a.example", "quantity": 2}, False),
        ({"desserv": "a.example a.example", "quantity": 2}, False),
    ],
)
@pytest.mark.parametrize("plan_id", ["3", "4"])
def test_a_plan_that_needs_a_domain_name_is_not_sold_without(
    plan_id: str, said: dict[str, Any], is_enough: bool
) -> None:
    found = PRICING.missing({"pack1": {"plan_id": plan_id, **said}}, SALE)

    assert [problem.field for problem in found] == ([] if is_enough else ["info.pack1.desserv"])


@pytest.mark.parametrize("said", ["Bücher.example.", "https://bücher.example/shop", "xn--bcher-kva.example"])
def test_a_domain_is_sold_by_the_name_its_registry_knows(said: str) -> None:
    pack = {"plan_id": "3", "desserv": said}

    assert PRICING.missing({"pack1": pack}, SALE) == ()
    assert PRICING.price({"pack1": pack}, SALE)[0].description == "xn--bcher-kva.example"
    assert PRICING.price({"pack1": {"plan_id": "1", "desserv": said}}, SALE)[0].description == said


def test_a_price_of_one_s_own_does_not_make_up_for_what_the_plan_needs() -> None:
    (problem,) = PRICING.missing({"pack1": {"plan_id": "3", "price": "1"}}, SALE)

    assert problem.text == "Domain Registration needs a domain name, such as example.com"
