"""Whatever is bought, in whatever currency: the lines add up to the total, which is what is shown, held and invoiced."""

from dataclasses import replace
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lambdas.api.orders.records_2_0 import record
from lambdas.api.orders.views import order_view
from lambdas.catalog.coupon import Discount, OptionDiscount
from lambdas.catalog.proration import BillingDay
from lambdas.catalog.tax import TaxTable
from lambdas.forms.pages.amounts import amount
from lambdas.forms.pages.summary import summary_of
from lambdas.orders.decisions.lead.shown_order import ShownOrder
from lambdas.orders.errors import InvalidOrderError
from lambdas.orders.model.money import format_cents, format_percent, parse_cents
from lambdas.orders.model.order import Order
from lambdas.records.clients.service import Service, ServiceStatus
from lambdas.records.invoices.lines import invoice_lines
from lambdas.records.invoices.totals_per_rate import totals_per_rate
from tests.support.build import NOW, a_draft, a_service
from tests.support.coupons import a_coupon, pricing_with
from tests.support.fakes import FakePayments

CURRENCIES = st.sampled_from(["JPY", "USD", "KWD"])
CENTS = st.integers(0, 2_000_000)
SWITCH = st.sampled_from(["0", "1"])
TAXES = TaxTable.model_validate(
    {
        "brands": [
            {
                "brand_id": 1,
                "country": "CA",
                "taxes": [
                    {"tax_id": "1", "country": "CA", "name": "GST", "rate": "5"},
                    {"tax_id": "2", "country": "CA", "name": "QST", "rate": "9.975"},
                    {"tax_id": "3", "country": "CA", "name": "Levy", "rate": "0.33", "plans": ["1"]},
                ],
            }
        ]
    }
)


@st.composite
def discounts(draw: st.DrawFn) -> Discount:
    is_amount = draw(st.booleans())
    return Discount(value=draw(CENTS if is_amount else st.integers(0, 10_000)), is_amount=is_amount)


@st.composite
def own_discounts(draw: st.DrawFn, currency: str, name: str) -> dict[str, str]:
    """A pack's own discount as its caller writes it: nothing, percent, or an amount."""
    kind = draw(st.sampled_from(["", "0", "1"]))
    if not kind:
        return {}
    value = format_cents(draw(CENTS), currency) if kind == "1" else format_percent(draw(st.integers(0, 10_000)))
    return {name: value, f"{name}_type": kind}


@st.composite
def packs(draw: st.DrawFn, currency: str) -> dict[str, Any]:
    def text() -> str:
        return format_cents(draw(CENTS), currency)

    return {
        "plan_id": draw(st.sampled_from(["1", "2"])),
        "desserv": "a.example",
        "quantity": draw(st.integers(1, 40)),
        "period": draw(st.sampled_from([0, 1, 3, 12])),
        "price": text(),
        "setup": text(),
        "setup_qs": draw(SWITCH),
        "bill_type": draw(SWITCH),
        "monthly_fee": {"31": text()},
        "setup_fee": {"31": text(), "9": text()},
        "coupon": draw(st.sampled_from(["", "OWN", "ALL"])),
        **draw(own_discounts(currency, "discount")),
        **draw(own_discounts(currency, "setup_discount")),
        "prorated": draw(SWITCH),
    }


@st.composite
def orders(draw: st.DrawFn) -> tuple[Order, FakePayments]:
    """An order and what it holds money through."""
    currency = draw(CURRENCIES)
    own = a_coupon(
        coupon_id="1",
        coupon_code="OWN",
        currency=currency,
        discount=draw(discounts()),
        setup_discount=draw(discounts()),
    )
    spo = {"101": OptionDiscount(recurring=draw(discounts()), setup=draw(discounts()))}
    everything = a_coupon(
        coupon_id="2", coupon_code="ALL", currency=currency, discount=draw(discounts()), options=spo, recurring=True
    )
    sold = draw(st.lists(packs(currency), min_size=1, max_size=4))
    payments, common = FakePayments(), BillingDay(day=draw(st.integers(0, 31)), min_days=draw(st.integers(0, 31)))
    pricing = replace(pricing_with(own, everything, taxes=TAXES), billing_days={1: common})
    service = a_service(pricing=pricing, currency=currency, payments=payments)
    info = {**a_draft().info, "country": "CA", "state": "QC", "coupon": draw(st.sampled_from(["", "ALL"]))}
    info |= {f"pack{number}": pack for number, pack in enumerate(sold, start=1)}
    return service.create(a_draft(info=info)), payments


def lines_of(order: Order) -> list[int]:
    return [line.amount_cents for pack in order.priced for line in invoice_lines(a_service_of(order, pack.pack), pack)]


def a_service_of(order: Order, name: str) -> Service:
    pack = next(pack for pack in order.priced if pack.pack == name)
    return Service(
        service_id=f"1001{pack.number:03d}", client_id="1", order_id="1001", pack=pack.pack, plan_id=pack.plan_id,
        title=pack.title, quantity=pack.quantity, period=pack.period, setup_cents=pack.net_setup_cents,
        recurring_cents=pack.renewal_cents, currency=order.currency, status=ServiceStatus.PENDING, created_at=NOW,
    )  # fmt: skip


@given(orders())
def test_lines_total_and_every_page_say_the_same_as_is_held(made: tuple[Order, FakePayments]) -> None:
    order, payments = made
    shown = order_view(order)

    assert sum(lines_of(order)) == order.total_cents == payments.due(order).amount_cents
    assert parse_cents(shown["total"], order.currency) == order.total_cents
    assert sum(parse_cents(each["first_charge"], order.currency) for each in shown["services"]) == order.total_cents
    assert sum(parse_cents(tax["amount"], order.currency) for tax in shown["taxes"]) == parse_cents(
        shown["tax"], order.currency
    )
    assert record(order)["total"] == shown["total"]
    assert summary_of(order).first_charge == amount(order.total_cents, order.currency)


@given(orders())
def test_the_totals_per_rate_of_the_invoice_add_up_to_it(made: tuple[Order, FakePayments]) -> None:
    order, _ = made
    lines = [line for pack in order.priced for line in invoice_lines(a_service_of(order, pack.pack), pack)]

    assert sum(line.amount_cents for line in lines) == order.total_cents
    assert sum(total.tax_cents for total in totals_per_rate(tuple(lines))) == sum(
        each.tax_cents for each in order.priced
    )


@given(orders())
def test_no_discount_takes_more_than_there_is(made: tuple[Order, FakePayments]) -> None:
    order, _ = made

    assert all(0 <= pack.recurring_discount_cents <= pack.recurring_cents for pack in order.priced)
    assert all(0 <= pack.setup_discount_cents <= pack.setup_cents for pack in order.priced)
    assert all(tax.recurring_cents >= 0 and tax.setup_cents >= 0 for pack in order.priced for tax in pack.taxes)


@given(orders())
def test_what_is_read_back_and_sent_again_asks_for_the_same_price(made: tuple[Order, FakePayments]) -> None:
    order, _ = made
    shown = {name: value for name, value in record(order)["info"].items() if name.startswith("pack")}

    assert parse_cents(record(order)["total"], order.currency) == order.total_cents
    for name, pack in shown.items():
        priced = next(each for each in order.priced if each.pack == name)
        first = pack["prorated_total"] if priced.proration else pack["cost"]
        assert parse_cents(first, order.currency) == priced.first_recurring_cents
        assert parse_cents(pack["total_setup"], order.currency) == priced.net_setup_cents


@given(orders())
def test_a_tax_is_rounded_once_over_all_that_its_rate_applies_to(made: tuple[Order, FakePayments]) -> None:
    order, _ = made
    for tax_id, rate in (("1", Decimal(5)), ("2", Decimal("9.975")), ("3", Decimal("0.33"))):
        taxed = [(pack, tax) for pack in order.priced for tax in pack.taxes if tax.tax_id == tax_id]
        net = sum(pack.first_recurring_cents + pack.net_setup_cents for pack, _ in taxed)
        exact = (net * rate / 100).to_integral_value(ROUND_HALF_UP)

        assert sum(tax.cents for _, tax in taxed) == exact
        for pack, tax in taxed:  # what is left over goes to lines, and none of them is off by a whole unit
            assert abs(tax.recurring_cents - pack.first_recurring_cents * rate / 100) < 1
            assert abs(tax.setup_cents - pack.net_setup_cents * rate / 100) < 1


@given(orders())
def test_options_and_quantities_make_the_price_and_discounts_leave_no_remainder(
    made: tuple[Order, FakePayments],
) -> None:
    order, _ = made
    for pack in order.priced:
        months = max(pack.period, 1)
        units = pack.price_cents + months * sum(pack.option_price_cents.values())

        assert pack.recurring_cents + pack.off_cents == units * pack.quantity
        assert pack.first_list_cents - pack.first_discount_cents == pack.first_recurring_cents >= 0
        assert pack.renewal_cents <= pack.recurring_cents


@pytest.mark.parametrize(
    ("currency", "price", "words"),
    [
        ("JPY", "9.95", "must not have digits after the point in JPY"),
        ("USD", "9.955", "must not have more than 2 digits after the point in USD"),
        ("KWD", "9.9555", "must not have more than 3 digits after the point in KWD"),
    ],
)
def test_an_amount_with_too_many_digits_is_refused_where_it_stands(currency: str, price: str, words: str) -> None:
    pack = {"plan_id": "1", "price": price, "monthly_fee": {"9": price}}
    with pytest.raises(InvalidOrderError) as refused:
        a_service(pricing=pricing_with(), currency=currency).create(a_draft(info={"pack1": pack}))

    assert [problem.field for problem in refused.value.problems] == ["info.pack1.price", "info.pack1.monthly_fee.9"]
    assert all(words in problem.text for problem in refused.value.problems)
    with pytest.raises(InvalidOrderError, match="total"):
        a_service(currency=currency).create(a_draft(info={}, total=price))


def test_the_total_that_was_agreed_to_is_in_the_currency_it_was_shown_in() -> None:
    yen = a_service(pricing=pricing_with(), currency="JPY").create(a_draft(info={"pack1": {"price": "995"}}))

    ShownOrder(total_cents=995, currency="JPY").refuse_other_price(yen)
    with pytest.raises(Exception, match=r"was shown 9\.95 USD, and it costs 995 JPY now"):
        ShownOrder(total_cents=995, currency="USD").refuse_other_price(yen)
