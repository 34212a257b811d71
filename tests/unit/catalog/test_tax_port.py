"""What every adapter of the taxes keeps, and that prices go by what it answers."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lambdas.catalog.buyer import Buyer
from lambdas.catalog.pricing import CatalogPricing
from lambdas.catalog.spread import spread
from lambdas.catalog.tax_port import Taxes
from lambdas.orders.model.packs import AppliedTax, PricedPack
from lambdas.orders.ports import Sale
from tests.support.build import NOW, a_draft, a_service
from tests.support.coupons import InMemoryCoupons
from tests.support.fakes import FakeContacts
from tests.unit.catalog.test_adds_up import TAXES
from tests.unit.catalog.test_adds_up import packs as asked_packs
from tests.unit.catalog.test_taxation import a_pack

QUEBEC = Buyer("CA", "QC", "")


@dataclass
class Provider:
    """A provider that taxes a whole sale by its sum, as real ones do, and says who asked."""

    taxes_brand: bool = True
    asked: list[tuple[int, Sale, Buyer]] = field(default_factory=list)

    def concern(self, sale: Sale) -> bool:
        return self.taxes_brand

    def on(self, packs: Sequence[PricedPack], sale: Sale, buyer: Buyer) -> list[tuple[AppliedTax, ...]]:
        self.asked.append((len(packs), sale, buyer))
        exact = [cents * 7 for pack in packs for cents in (pack.first_recurring_cents, pack.net_setup_cents)]
        cents = spread(exact, 100)
        return [
            (AppliedTax(tax_id="p", name="Sales tax", rate="7", recurring_cents=recurring, setup_cents=setup),)
            for recurring, setup in zip(cents[::2], cents[1::2], strict=True)
        ]

    def place_problems(self, sale: Sale, country: str, state: str, vat_id: str) -> Iterator[tuple[str, str]]:
        if not state:
            yield "state", "is needed by the provider"


def pricing(taxes: Taxes) -> CatalogPricing:
    return CatalogPricing({}, InMemoryCoupons({}), InMemoryCoupons({}), taxes, FakeContacts({}))


@pytest.mark.parametrize("taxes", [TAXES, Provider()], ids=["table", "provider"])
@given(cents=st.lists(st.tuples(st.integers(0, 10**7), st.integers(0, 10**7)), min_size=1, max_size=6))
def test_an_adapter_answers_whole_amounts_for_each_pack(taxes: Taxes, cents: list[tuple[int, int]]) -> None:
    packs = [a_pack(number, recurring, setup) for number, (recurring, setup) in enumerate(cents, start=1)]
    sale = Sale(brand_id=1, client_id=None, now=NOW, currency="USD")

    found = taxes.on(packs, sale, QUEBEC)

    assert taxes.concern(sale)
    assert len(found) == len(packs)
    assert all(tax.recurring_cents >= 0 and tax.setup_cents >= 0 for pack in found for tax in pack)
    assert [*found] == [*taxes.on(packs, sale, QUEBEC)]
    for tax_id in {tax.tax_id for pack in found for tax in pack}:
        of_tax = [(pack, tax) for pack, each in zip(packs, found, strict=True) for tax in each if tax.tax_id == tax_id]
        net = sum(pack.first_recurring_cents + pack.net_setup_cents for pack, _ in of_tax)
        (rate,) = {tax.rate for _, tax in of_tax}
        assert abs(sum(tax.cents for _, tax in of_tax) - net * float(rate) / 100) <= 0.5001


def test_it_is_asked_once_for_the_whole_order_with_the_buyer_and_the_sale() -> None:
    provider = Provider()
    service = a_service(pricing=pricing(provider))
    order = service.preview_new(
        a_draft(info={"country": "Canada", "state": "quebec", "pack1": {"price": "0.05"}, "pack2": {"price": "0.10"}})
    )

    assert [pack.tax_cents for pack in order.priced] == [0, 1]  # 0.0105 together
    ((packs, sale, buyer),) = provider.asked
    assert (packs, sale.currency, sale.brand_id, buyer.country, buyer.state) == (2, "USD", 1, "CA", "QC")


def test_a_brand_that_is_not_taxed_asks_nobody() -> None:
    provider = Provider(taxes_brand=False)
    order = a_service(pricing=pricing(provider)).preview_new(a_draft(info={"pack1": {"price": "10"}}))

    assert (provider.asked, order.total_cents) == ([], 1000)


def test_its_doubts_about_the_place_keep_the_order_from_being_submitted() -> None:
    sale = Sale(brand_id=1, client_id=None, now=NOW, currency="USD")
    (problem,) = pricing(Provider()).missing({"country": "US", "pack1": {"price": "10"}}, sale)

    assert (problem.field, problem.text) == ("info.state", "is needed by the provider")


def test_an_answer_for_other_packs_is_no_answer() -> None:
    class Forgetful(Provider):
        def on(self, packs: Sequence[PricedPack], sale: Sale, buyer: Buyer) -> list[tuple[AppliedTax, ...]]:
            return super().on(packs, sale, buyer)[1:]

    with pytest.raises(ValueError, match="zip"):
        a_service(pricing=pricing(Forgetful())).preview_new(a_draft(info={"pack1": {"price": "10"}}))


@given(st.data())
def test_prices_with_a_provider_add_up_too(data: st.DataObject) -> None:
    sold = data.draw(st.lists(asked_packs("USD"), min_size=1, max_size=4))
    info = {f"pack{number}": {**pack, "coupon": ""} for number, pack in enumerate(sold, start=1)}
    order = a_service(pricing=pricing(Provider())).preview_new(a_draft(info=info))

    assert order.total_cents == sum(pack.first_charge_cents for pack in order.priced)
    net = sum(pack.first_recurring_cents + pack.net_setup_cents for pack in order.priced)
    assert order.total_cents == net + (net * 7 + 50) // 100
