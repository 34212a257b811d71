"""A tax is rounded once for all that one rate applies to; its lines add up to it, to the total, and to what is charged."""

from collections import defaultdict
from decimal import ROUND_HALF_UP, Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lambdas.catalog.spread import spread
from lambdas.catalog.taxation import DueTax, Taxation
from lambdas.orders.model.packs import PricedPack, tax_totals
from lambdas.records.clients.service import Service, ServiceStatus
from lambdas.records.invoices.invoice import InvoiceLine
from lambdas.records.invoices.lines import invoice_lines
from lambdas.records.invoices.totals_per_rate import totals_per_rate
from tests.support.build import NOW

VAT = DueTax(tax_id="1", name="VAT", rate="19")


def a_pack(number: int, recurring: int, setup: int = 0, plan_id: str = "1") -> PricedPack:
    return PricedPack(
        pack=f"pack{number}", plan_id=plan_id, title=f"Plan {plan_id}", description="", quantity=1, period=1,
        options={}, setup_cents=setup, recurring_cents=recurring,
    )  # fmt: skip


def lines_of(packs: tuple[PricedPack, ...]) -> list[InvoiceLine]:
    found: list[InvoiceLine] = []
    for pack in packs:
        service = Service(
            service_id=f"1001{pack.number:03d}", client_id="1", order_id="1001", pack=pack.pack, plan_id=pack.plan_id,
            title=pack.title, quantity=1, period=1, setup_cents=pack.setup_cents, recurring_cents=pack.recurring_cents,
            currency="EUR", status=ServiceStatus.PENDING, created_at=NOW,
        )  # fmt: skip
        found += invoice_lines(service, pack)
    return found


@pytest.mark.parametrize(
    ("cents", "rate", "tax"),
    [(9995, "19", 1899), (250, "9", 23), (250, "9.975", 25), (10, "5", 1), (9, "5", 0), (0, "27", 0), (7, "100", 7)],
)
def test_one_line_is_rounded_half_up(cents: int, rate: str, tax: int) -> None:
    (pack,) = Taxation((DueTax("1", "VAT", rate),)).on([a_pack(1, cents)])

    assert pack.tax_cents == tax


def test_many_small_services_are_taxed_as_one_sum() -> None:
    """Three times 0.05 at 10 percent is 0.015, so 0.02; each rounded by itself would make 0.03."""
    packs = Taxation((DueTax("1", "VAT", "10"),)).on([a_pack(1, 5), a_pack(2, 5), a_pack(3, 5)])

    assert [pack.tax_cents for pack in packs] == [1, 1, 0]


def test_what_is_left_goes_to_the_largest_remainders() -> None:
    packs = Taxation((VAT,)).on([a_pack(1, 101), a_pack(2, 105, 104), a_pack(3, 0)])  # 19.19, 19.95, 19.76, 0

    assert [tuple((tax.recurring_cents, tax.setup_cents) for tax in pack.taxes) for pack in packs] == [
        ((19, 0),), ((20, 20),), ((0, 0),),
    ]  # fmt: skip


def test_nothing_is_taxed_by_no_taxes() -> None:
    assert Taxation().on([a_pack(1, 995)]) == (a_pack(1, 995),)


def test_taxes_of_one_name_and_rate_are_one_group_whatever_entry_they_come_from() -> None:
    """The invoice has one total for them."""
    apart = (DueTax("1", "VAT", "10", ("1",)), DueTax("2", "VAT", "10", ("2",)))
    packs = Taxation(apart).on([a_pack(1, 5), a_pack(2, 5, plan_id="2")])

    assert [(pack.taxes[0].tax_id, pack.tax_cents) for pack in packs] == [("1", 1), ("2", 0)]


def test_a_reverse_charge_is_nothing_on_each_line() -> None:
    packs = Taxation((VAT,), reverse_charge=True).on([a_pack(1, 995), a_pack(2, 5)])

    assert [pack.tax_cents for pack in packs] == [0, 0]
    assert {tax.rate for pack in packs for tax in pack.taxes} == {"0"}


@given(st.lists(st.integers(0, 10**15), max_size=30), st.sampled_from([1, 3, 100, 1_000_000]))
def test_parts_add_up_to_the_rounded_sum_and_none_is_off_by_a_unit(parts: list[int], unit: int) -> None:
    whole = spread(parts, unit)

    assert sum(whole) == int((Decimal(sum(parts)) / unit).quantize(Decimal(1), ROUND_HALF_UP))
    for part, units in zip(parts, whole, strict=True):
        assert abs(units * unit - part) < unit
        assert units >= 0


RATES = st.sampled_from(["5", "9.975", "19", "25.5", "0.0001", "100", "33.3333"])
DUE = st.lists(
    st.tuples(st.sampled_from(["VAT", "GST"]), RATES, st.sampled_from([(), ("1",), ("1", "2")])), max_size=4
).map(lambda found: tuple(DueTax(str(number), *tax) for number, tax in enumerate(found)))
PACKS = st.lists(
    st.tuples(st.integers(0, 10**9), st.integers(0, 10**6), st.sampled_from(["1", "2", "3"])), min_size=1, max_size=8
).map(lambda found: tuple(a_pack(number, *one) for number, one in enumerate(found, 1)))


@given(DUE, PACKS, st.booleans())
def test_lines_totals_and_the_charge_are_one_sum_and_each_rate_s_tax_is_of_its_net_sum(
    due: tuple[DueTax, ...], packs: tuple[PricedPack, ...], reverse: bool
) -> None:
    taxed = Taxation(due, reverse).on(packs)
    lines = lines_of(taxed)
    totals = totals_per_rate(lines)

    charged = sum(pack.first_charge_cents for pack in taxed)
    assert sum(line.amount_cents for line in lines) == charged
    assert sum(total.tax_cents for total in totals) == sum(pack.tax_cents for pack in taxed)
    assert sum(tax.cents for tax in tax_totals(tax for pack in taxed for tax in pack.taxes)) == charged - sum(
        pack.first_charge_cents for pack in packs
    )
    for total in totals:
        exact = Decimal(total.net_cents) * Decimal(total.rate or "0") / 100
        assert total.tax_cents == int(exact.quantize(Decimal(1), ROUND_HALF_UP))


@given(DUE, PACKS)
def test_a_line_s_tax_is_its_exact_tax_up_or_down(due: tuple[DueTax, ...], packs: tuple[PricedPack, ...]) -> None:
    seen: defaultdict[str, int] = defaultdict(int)
    for pack in Taxation(due).on(packs):
        for tax in pack.taxes:
            seen[tax.tax_id] += 1
            for cents, net in ((tax.recurring_cents, pack.recurring_cents), (tax.setup_cents, pack.setup_cents)):
                assert abs(cents - Decimal(net) * Decimal(tax.rate) / 100) < 1
    assert seen == {
        tax.tax_id: count for tax in due if (count := sum(not tax.plans or pack.plan_id in tax.plans for pack in packs))
    }
