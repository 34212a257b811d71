"""The totals that an invoice must state for each tax rate."""

from hypothesis import given
from hypothesis import strategies as st

from lambdas.orders.model.packs import AppliedTax, PricedPack
from lambdas.records.invoices.invoice import InvoiceLine
from lambdas.records.invoices.lines import invoice_lines
from lambdas.records.invoices.totals_per_rate import RateTotal, net_cents, totals_per_rate
from tests.unit.records.builders import a_service_record


def a_line(cents: int, service_id: str = "1001001", *, tax: str = "", rate: str = "") -> InvoiceLine:
    return InvoiceLine(
        description="Web hosting", service_id=service_id, quantity=1, amount_cents=cents, tax_name=tax, tax_rate=rate
    )


def lines_of(pack: PricedPack) -> tuple[InvoiceLine, ...]:
    service_id = f"1001{pack.number:03}"
    return tuple(invoice_lines(a_service_record(service_id=service_id, pack=pack.pack), pack))


taxes = st.lists(
    st.builds(
        AppliedTax,
        tax_id=st.just("1"),
        name=st.sampled_from(("VAT", "GST")),
        rate=st.sampled_from(("0", "5", "19")),
        recurring_cents=st.integers(0, 50),
        setup_cents=st.integers(0, 50),
    ).map(lambda tax: tax if tax.rate != "0" else AppliedTax(tax_id="1", name=tax.name, rate="0", reverse_charge=True)),
    max_size=3,
).map(tuple)


def packs_of(number: int) -> st.SearchStrategy[PricedPack]:
    return st.builds(
        PricedPack,
        pack=st.just(f"pack{number}"),
        plan_id=st.just("1"),
        title=st.just("Web hosting"),
        description=st.just(""),
        quantity=st.just(1),
        period=st.just(1),
        options=st.just({}),
        recurring_cents=st.integers(0, 900),
        setup_cents=st.integers(0, 900),
        taxes=taxes,
    )


several = st.integers(0, 4).flatmap(lambda count: st.tuples(*(packs_of(number) for number in range(1, count + 1))))


@given(several)
def test_what_is_shown_per_rate_adds_up_to_what_is_charged(packs: tuple[PricedPack, ...]) -> None:
    lines = [line for pack in packs for line in lines_of(pack)]
    totals = totals_per_rate(lines)

    assert net_cents(lines) == sum(pack.first_recurring_cents + pack.net_setup_cents for pack in packs)
    assert sum(total.tax_cents for total in totals) == sum(pack.tax_cents for pack in packs)
    assert net_cents(lines) + sum(total.tax_cents for total in totals) == sum(pack.first_charge_cents for pack in packs)


@given(several)
def test_each_net_amount_stands_under_each_of_its_taxes_or_as_untaxed(packs: tuple[PricedPack, ...]) -> None:
    lines = [line for pack in packs for line in lines_of(pack)]
    due = sum((pack.first_recurring_cents + pack.net_setup_cents) * max(1, len(pack.taxes)) for pack in packs)

    assert sum(total.net_cents for total in totals_per_rate(lines)) == due


def test_services_of_one_rate_stand_together_and_what_is_not_taxed_stands_last() -> None:
    lines = (
        a_line(500, "3"),
        a_line(1000),
        a_line(-100),
        a_line(171, tax="VAT", rate="19"),
        a_line(200, "2"),
        a_line(38, "2", tax="VAT", rate="19"),
    )

    assert totals_per_rate(lines) == (RateTotal("VAT", "19", 1100, 209), RateTotal("", "", 500, 0))


def test_a_reverse_charge_is_stated_with_what_the_client_owes_tax_on() -> None:
    lines = (a_line(1000), a_line(0, tax="VAT", rate="0"))

    assert totals_per_rate(lines) == (RateTotal("VAT", "0", 1000, 0, reverse_charge=True),)


def test_two_taxes_of_one_name_and_rate_do_not_pass_for_one_of_twice_the_amount() -> None:
    lines = (a_line(1000), a_line(50, tax="GST", rate="5"), a_line(50, tax="GST", rate="5"))

    assert totals_per_rate(lines) == (RateTotal("GST", "5", 1000, 50), RateTotal("GST", "5", 1000, 50))


def test_a_tax_that_rounds_to_nothing_is_stated_so_that_its_sale_does_not_pass_for_untaxed() -> None:
    tiny = PricedPack(
        pack="pack1", plan_id="1", title="Web hosting", description="", quantity=1, period=1, options={}, setup_cents=0,
        recurring_cents=2, taxes=(AppliedTax(tax_id="1", name="VAT", rate="19"),),
    )  # fmt: skip

    assert totals_per_rate(lines_of(tiny)) == (RateTotal("VAT", "19", 2, 0),)


def test_a_document_without_amounts_states_no_rate() -> None:
    assert totals_per_rate((a_line(0),)) == ()
