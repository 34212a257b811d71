"""The first period of a service ends on the common billing day; its share of the price is what is shown and charged."""

from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lambdas.actions.add_services import AddServicesConfig, _service
from lambdas.api.orders.records_2_0 import record
from lambdas.api.orders.views import order_view
from lambdas.catalog.buyer import Buyer
from lambdas.catalog.pricing import CatalogPricing
from lambdas.catalog.proration import BillingDay, FirstPeriod, billing_day_of
from lambdas.forms.pages.summary import summary_of
from lambdas.orders.errors import InvalidOrderError
from lambdas.orders.model.money import format_cents, parse_cents
from lambdas.orders.model.order import Order
from lambdas.orders.periods import beginning_of, day_of, months_after, next_billing_day
from lambdas.records.clients.service import Service
from lambdas.records.invoices.lines import invoice_lines
from tests.support.build import Clock, a_draft, a_service
from tests.support.coupons import InMemoryCoupons, a_coupon, amount, percent
from tests.support.fakes import FakeContacts
from tests.unit.catalog.test_adds_up import TAXES

DAYS = st.dates(date(2023, 1, 1), date(2032, 12, 31))
MONTHS = st.sampled_from([1, 3, 6, 12])
BILLING_DAYS = st.integers(1, 31)
CENTS = st.integers(0, 5_000_000)
QUEBEC = {"country": "CA", "state": "QC"}


def sold(
    today: str,
    pack: dict[str, Any],
    *,
    brand: BillingDay | None = None,
    client: dict[str, str] | None = None,
    currency: str = "USD",
    **info: Any,
) -> Order:
    """The order of one pack, made on that day. `client`: the settings of the client who orders."""
    kept = InMemoryCoupons(
        {
            "1": a_coupon(coupon_id="1", coupon_code="TENTH", discount=percent("10")),
            "2": a_coupon(coupon_id="2", coupon_code="FIVE", discount=amount(500), recurring=True),
        }
    )
    contacts = {} if client is None else {"101": Buyer("CA", "QC", "", client)}
    service = a_service(
        pricing=CatalogPricing({}, kept, kept, TAXES, FakeContacts(contacts), {1: brand} if brand else {}),
        currency=currency,
        now=Clock(at(today) + 40_000),
    )
    return service.preview_new(
        a_draft(
            client_id="101" if client is not None else None, info={**QUEBEC, **info, "pack1": {"period": 1, **pack}}
        )
    )


def at(day: str) -> int:
    return beginning_of(date.fromisoformat(day))


def made_of(order: Order, now: str) -> Service:
    return _service(order.priced[0], order, "101", AddServicesConfig(), at(now))


@pytest.mark.parametrize(
    ("today", "price", "day", "cents", "ends"),
    [
        ("2026-11-27", "30", 1, 400, "2026-12-01"),  # 4 of 30 days
        ("2026-12-27", "31", 1, 500, "2027-01-01"),  # 5 of 31
        ("2027-02-14", "28", 1, 1500, "2027-03-01"),  # 15 of 28
        ("2028-02-14", "29", 1, 1600, "2028-03-01"),  # 16 of 29, a leap year
        ("2026-11-27", "9.95", 1, 133, "2026-12-01"),  # 1.3266...
        ("2027-02-20", "28", 31, 800, "2027-02-28"),  # the last day of February; a whole period is from 31 January
        ("2027-03-01", "31", 31, 3000, "2027-03-31"),  # 30 of 31 days
    ],
)
def test_the_first_days_have_their_share_of_the_period(today: str, price: str, day: int, cents: int, ends: str) -> None:
    order = sold(today, {"price": price}, brand=BillingDay(day=day))
    (pack,) = order.priced

    assert pack.proration is not None
    assert (pack.first_recurring_cents, day_of(pack.proration.ends_at).isoformat()) == (cents, ends)
    assert pack.recurring_cents == parse_cents(price, "USD") == pack.renewal_cents


@pytest.mark.parametrize("today", ["2026-12-01", "2027-01-01"])
def test_on_the_billing_day_a_whole_period_is_charged(today: str) -> None:
    (pack,) = sold(today, {"price": "30"}, brand=BillingDay(day=1)).priced

    assert (pack.proration, pack.first_recurring_cents) == (None, 3000)


def test_fewer_days_than_the_least_are_charged_with_the_next_period() -> None:
    few, enough = (sold("2026-11-27", {"price": "30"}, brand=BillingDay(day=1, min_days=least)) for least in (5, 4))

    assert (few.total_cents - few.priced[0].tax_cents, enough.total_cents - enough.priced[0].tax_cents) == (3400, 400)
    assert [made_of(order, "2026-11-27").renew_at for order in (few, enough)] == [at("2027-01-01"), at("2026-12-01")]
    names = [line.description for line in invoice_lines(made_of(few, "2026-11-27"), few.priced[0])]
    assert names[:2] == ["Service pack1, 2026-11-27 until 2026-12-01", "Service pack1, 1 month from 2026-12-01"]


@pytest.mark.parametrize(
    ("settings", "first"),
    [
        ({}, 400),
        ({"default_renew": "", "prorate_min_days": ""}, 400),
        ({"default_renew": "system_default"}, 400),
        ({"default_renew": "7"}, 1000),
        ({"default_renew": "0"}, 3000),
        ({"prorate_min_days": "10"}, 3400),
        ({"default_renew": "28", "prorate_min_days": "2"}, 3100),  # 1 of 31 days is 0.97
    ],
)
def test_a_client_s_own_settings_win_over_the_brand_s(settings: dict[str, str], first: int) -> None:
    (pack,) = sold("2026-11-27", {"price": "30"}, brand=BillingDay(day=1, min_days=1), client=settings).priced

    assert abs(pack.first_recurring_cents - first) <= 3  # whole periods have 30 or 31 days


def test_a_new_client_s_order_may_name_the_day() -> None:
    (pack,) = sold("2026-11-27", {"price": "30"}, default_renew="1").priced

    assert pack.first_recurring_cents == 400


@pytest.mark.parametrize("whole", [{"prorated": "0"}, {"renewdate": at("2026-12-15")}, {"period": 0}])
def test_what_is_wanted_whole_is_charged_whole(whole: dict[str, Any]) -> None:
    (pack,) = sold("2026-11-27", {"price": "30", **whole}, brand=BillingDay(day=1)).priced

    assert (pack.proration, pack.first_recurring_cents) == (None, 3000)


def test_a_date_of_the_pack_wins_and_a_start_is_kept() -> None:
    asked = {"price": "30", "start": at("2026-12-10"), "prorate_date": at("2026-12-20")}
    order = sold("2026-11-27", asked, brand=BillingDay(day=1))
    service = made_of(order, "2026-11-30")

    assert order.priced[0].first_recurring_cents == 1000  # 10 of 30 days
    assert (service.start_at, service.renew_at, service.recurring_cents) == (at("2026-12-10"), at("2026-12-20"), 3000)


@pytest.mark.parametrize(
    ("pack", "words"),
    [
        ({"prorate_date": at("2026-11-27")}, "must be later than the day the service begins, 2026-11-27"),
        ({"prorate_date": at("2026-12-28")}, "must be at most one period after the day the service begins"),
        ({"prorate_date": 253_402_300_799}, "must be at most one period after the day the service begins"),
        ({"prorate_date": at("2026-12-01"), "period": 0}, "is for what is billed each period"),
    ],
)
def test_a_date_that_cannot_be_kept_is_named(pack: dict[str, Any], words: str) -> None:
    service = a_service(
        pricing=CatalogPricing({}, InMemoryCoupons({}), InMemoryCoupons({}), TAXES, FakeContacts({})),
        now=Clock(at("2026-11-27")),
    )
    order = service.create(a_draft(info={**a_draft().info, **QUEBEC, "pack1": {"price": "30", "period": 1, **pack}}))

    assert order.priced == ()
    with pytest.raises(InvalidOrderError) as refused:
        service.check(order)
    assert ("info.pack1.prorate_date", words) in [
        (problem.field, problem.text[: len(words)]) for problem in refused.value.problems
    ]


def test_a_lead_that_is_looked_at_on_another_day_costs_that_day_s_price() -> None:
    clock = Clock(at("2026-11-27"))
    kept = InMemoryCoupons({})
    service = a_service(
        pricing=CatalogPricing({}, kept, kept, TAXES, FakeContacts({}), {1: BillingDay(day=1)}), now=clock
    )
    order = service.create(a_draft(info={"pack1": {"price": "30", "period": 1}}))
    assert service.preview(order, {}).total_cents == order.total_cents == 400

    clock.time = at("2026-11-29")
    assert service.preview(order, {}).total_cents == 200
    clock.time = at("2026-12-02")
    assert service.preview(order, {}).total_cents == 2903  # 30 of 31 days


@pytest.mark.parametrize(("coupon", "first", "renewal"), [("TENTH", 360, 3000), ("FIVE", 333, 2500), ("", 400, 3000)])
def test_a_coupon_is_shortened_like_the_price(coupon: str, first: int, renewal: int) -> None:
    (pack,) = sold("2026-11-27", {"price": "30", "coupon": coupon}, brand=BillingDay(day=1)).priced

    assert (pack.first_recurring_cents, pack.renewal_cents) == (first, renewal)


@pytest.mark.parametrize(
    ("asked", "net"),
    [
        ({"discount": "10"}, 2700),
        ({"discount": "12.5", "discount_type": "0"}, 2625),
        ({"discount": "7.5", "discount_type": "1"}, 2250),
        ({"discount": "99", "discount_type": "1"}, 0),
        ({"discount": "10", "quantity": 3}, 8100),
        ({"discount": "10", "coupon": "TENTH"}, 2430),
    ],
)
def test_the_pack_s_own_discount_is_off_every_period(asked: dict[str, Any], net: int) -> None:
    order = sold("2026-11-27", {"price": "30", **asked})

    assert order.priced[0].first_recurring_cents == net
    if "coupon" not in asked:
        assert made_of(order, "2026-11-27").recurring_cents == net


def test_a_discount_of_the_set_up_is_off_it_alone() -> None:
    (pack,) = sold("2026-11-27", {"price": "30", "setup": "20", "setup_discount": "50"}).priced

    assert (pack.net_setup_cents, pack.setup_off_cents, pack.first_recurring_cents) == (1000, 1000, 3000)


@pytest.mark.parametrize(
    ("pack", "field"),
    [
        ({"discount": "101"}, "discount"),
        ({"discount": "1.005"}, "discount"),
        ({"discount": "-1", "discount_type": "1"}, "discount"),
        ({"discount": "1.005", "discount_type": "1"}, "discount"),
        ({"setup_discount": "much"}, "setup_discount"),
        ({"start": at("2026-12-10"), "prorate_date": at("2026-12-10")}, "prorate_date"),
        ({"prorate_date": at("2026-12-10"), "renewdate": at("2026-12-01")}, "renewdate"),
        ({"prorated": "perhaps"}, "prorated"),
    ],
)
def test_what_cannot_be_meant_is_refused_where_it_stands(pack: dict[str, Any], field: str) -> None:
    with pytest.raises(InvalidOrderError) as refused:
        sold("2026-11-27", {"price": "30", **pack})

    assert [problem.field for problem in refused.value.problems] == [f"info.pack1.{field}"]


@given(DAYS, MONTHS, BILLING_DAYS, CENTS, st.integers(0, 400))
def test_any_two_parts_of_a_period_add_up_to_its_price(
    start: date, months: int, day: int, cents: int, cut: int
) -> None:
    """What is left of a period is rounded, and what was used is the rest."""
    end = next_billing_day(start, day)
    begin = months_after(end, -months, day)
    middle = min(begin + timedelta(days=cut), end - timedelta(days=1))
    left = FirstPeriod(middle, end, begin, day, with_next=False)
    used = (middle - begin).days

    assert begin <= start <= end
    assert 0 < left.days + used == left.of_days
    assert abs((cents - left.share(cents)) * left.of_days - cents * used) * 2 <= left.of_days
    assert FirstPeriod(begin, end, begin, day, with_next=False).share(cents) == cents


@given(DAYS, BILLING_DAYS, st.integers(1, 12))
def test_billing_days_follow_each_other_without_gap(start: date, day: int, months: int) -> None:
    end = next_billing_day(start, day)

    assert start <= end <= start + timedelta(days=31)
    assert months_after(months_after(end, months, day), -months, day) == end
    assert day_of(beginning_of(end)) == end


@given(st.data())
def test_the_shortened_period_is_shown_held_and_invoiced_as_one_sum(data: st.DataObject) -> None:
    start, months, currency = data.draw(DAYS), data.draw(MONTHS), data.draw(st.sampled_from(["JPY", "USD", "KWD"]))
    price, setup, off = data.draw(CENTS), data.draw(CENTS), data.draw(st.integers(0, 10_000))
    coupon, quantity = data.draw(st.sampled_from(["", "TENTH", "FIVE"])), data.draw(st.integers(1, 30))
    common = BillingDay(day=data.draw(BILLING_DAYS), min_days=data.draw(st.integers(0, 40)))
    pack = {
        "price": format_cents(price, currency), "setup": format_cents(setup, currency), "period": months,
        "coupon": coupon, "quantity": quantity, "discount": f"{off // 100}.{off % 100:02d}",
        "monthly_fee": {"9": format_cents(setup, currency)},
    }  # fmt: skip
    order = sold(start.isoformat(), pack, brand=common, currency=currency)
    (sold_pack,) = order.priced
    lines = sum(line.amount_cents for line in invoice_lines(made_of(order, start.isoformat()), sold_pack))
    shown = record(order)

    assert lines == order.total_cents == sold_pack.first_charge_cents
    assert 0 <= sold_pack.first_recurring_cents <= 2 * sold_pack.recurring_cents
    assert parse_cents(order_view(order)["total"], currency) == parse_cents(shown["total"], currency) == lines
    assert summary_of(order).first_charge_cents == lines
    stated = shown["info"]["pack1"]
    first = stated["prorated_total"] if sold_pack.proration else stated["cost"]
    taxes = [
        parse_cents(tax[name], currency)
        for tax in (shown["info"]["taxes"] or {}).values()
        for name in ("primary_total", "prorated_total", "setup_total")
    ]
    assert parse_cents(first, currency) + parse_cents(stated["total_setup"], currency) + sum(taxes) == lines


def test_settings_that_are_no_days_leave_it_to_the_brand() -> None:
    brand = BillingDay(day=5, min_days=3)

    assert billing_day_of({"default_renew": "32", "prorate_min_days": "-1"}, brand) == brand
    assert billing_day_of({"default_renew": "³", "prorate_min_days": "many"}, brand) == brand
