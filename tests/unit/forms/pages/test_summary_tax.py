"""The price a form shows has the tax on it, and is what is charged."""

import pytest

from lambdas.forms.pages.summary import summary_of
from tests.support.build import an_order
from tests.support.coupons import SALE, a_coupon, pricing_with


@pytest.mark.parametrize(("country", "tax", "cents"), [("DE", "$44.29", 27739), ("GB", "$0.00", 23310)])
def test_a_summary_shows_the_tax_of_the_first_charge(country: str, tax: str, cents: int) -> None:
    info = {"country": country, "coupon": "SAVE10", "pack1": {"plan_id": "2"}}
    priced = pricing_with(a_coupon()).price(info, SALE)
    order = an_order(info=info, priced=priced, total_cents=sum(pack.first_charge_cents for pack in priced))

    summary = summary_of(order)
    assert (summary.tax, summary.first_charge_cents) == (tax, cents)
    assert (summary.setup, summary.discount) == ("$99.00", "\u2212$14.90")
