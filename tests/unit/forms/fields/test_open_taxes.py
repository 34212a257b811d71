"""No tax is named before the address that decides it is known, later charges have theirs, each way to pay its own words."""

from typing import Any

import pytest

from lambdas.forms.pages.summary import summary_of
from lambdas.forms.status.payment_words import how_paid
from lambdas.orders.model.order import Hold
from lambdas.orders.model.steps import StepStatus
from tests.support.build import an_order
from tests.support.coupons import SALE, a_coupon, pricing_with
from tests.unit.forms.browser import Browser
from tests.unit.forms.conftest import to_contact

OPEN = "Tax Worked out from your address First charge before tax $99.00 Then $99.00 a year, before tax."


def test_before_the_country_is_known_no_tax_is_named(browser: Browser) -> None:
    page = to_contact(browser)
    assert OPEN in page.text
    assert "Tax $0.00" not in page.text
    person = {"orders_as": "person", "first": "Ada", "last": "L", "address": "1 Weg", "city": "Berlin", "country": "DE"}
    live = browser.post("/forms/hosting/price?page=contact", {**page.inputs, **person})
    assert "Worked out" not in live.body
    page = browser.send(**person)

    assert "Tax $18.81 First charge $117.81 Then $117.81 a year, including tax." in page.text


def test_a_country_without_taxes_is_said_as_none(browser: Browser) -> None:
    to_contact(browser)
    page = browser.send(orders_as="person", first="A", last="L", address="1 Road", city="London", country="GB")

    assert "Tax $0.00 First charge $99.00 Then $99.00 a year." in page.text


@pytest.mark.parametrize("country", ["DE", "FI", "HU"])
def test_a_later_charge_with_its_tax_is_the_first_one_where_nothing_else_differs(country: str) -> None:
    info = {"country": country, "pack1": {"plan_id": "1", "period": 12}}
    priced = pricing_with(a_coupon()).price(info, SALE)
    order = an_order(info=info, priced=priced, total_cents=sum(pack.first_charge_cents for pack in priced))
    summary = summary_of(order)

    assert summary.renewals == (f"{summary.first_charge} a year",)


@pytest.mark.parametrize(
    ("info", "method", "captured", "words"),
    [
        ({"payment_type": "cc", "cc_num": "4242"}, "card", False, "held on your card"),
        ({"payment_type": "cc"}, "card", True, "was charged to your card"),
        ({"payment_type": "paypal"}, "paypal", False, "reserved at PayPal"),
        ({"payment_type": "paypal"}, "paypal", True, "paid by PayPal"),
        ({"payment_type": "invoice"}, None, False, "is billed by invoice. No money is held."),
        ({"payment_type": "ach", "ach_token": "t"}, None, False, "will be debited from your bank account"),
        ({"payment_type": "ach", "ach_token": "t"}, "bank_account", True, "was debited from your bank account"),
    ],
)
def test_each_way_to_pay_has_its_own_words(
    info: dict[str, str], method: str | None, *, captured: bool, words: str
) -> None:
    made = Hold(transaction_id="t", key="k", method=method or "", amount_cents=995, currency="USD", captured=captured)
    hold = made if method else None
    sent: dict[str, Any] = {"step_status": StepStatus.ORDINARY, "total_cents": 995, "hold": hold, "info": info}

    assert words in how_paid(an_order(**sent))
    assert "$9.95" in how_paid(an_order(**sent))
    assert not how_paid(an_order(**{**sent, "total_cents": 0, "hold": None}))
    assert not how_paid(an_order(**{**sent, "step_status": StepStatus.CANCELED}))
    assert ("card" in how_paid(an_order(**sent))) is (method == "card")
