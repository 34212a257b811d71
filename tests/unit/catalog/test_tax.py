"""Which taxes count for a sale, and what they come to: whole cents, which add up to the total."""

from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lambdas.catalog.buyer import Buyer
from lambdas.catalog.tax import TaxTable, load_taxes
from lambdas.orders.ports import Sale
from tests.support.build import NOW
from tests.support.coupons import SALE, a_coupon, pricing_with
from tests.unit.catalog.test_coupon import COUPONS, PLANS

EU = {"NL": "NL[0-9]{9}B[0-9]{2}", "DE": "DE[0-9]{9}", "GR": "EL[0-9]{9}"}
GERMAN = {"tax_id": "1", "country": "DE", "name": "VAT", "rate": "19"}


def a_table(*taxes: dict[str, Any], **brand: Any) -> TaxTable:
    """A brand in the Netherlands, by default with German tax."""
    dutch = {"brand_id": 1, "country": "NL", "reverse_charge": "eu", "taxes": taxes or (GERMAN,)}
    return TaxTable.model_validate({"brands": [{**dutch, **brand}], "groups": {"eu": EU}})


def counting(table: TaxTable, *buyer: str, sale: Sale = SALE) -> list[str]:
    """The ids of the taxes that are charged."""
    found = table.of(sale, Buyer.of(*(*buyer, "", "", "")[:3]))
    return [] if found.reverse_charge else [tax.tax_id for tax in found.taxes]


@pytest.mark.parametrize("written", ["DE", "de", " De "])
def test_it_counts_where_the_client_is_however_the_code_is_written(written: str) -> None:
    assert counting(a_table(), written) == ["1"]


@pytest.mark.parametrize("elsewhere", ["", "FR", "GB", "US", "Atlantis"])
def test_no_tax_where_no_rule_applies(elsewhere: str) -> None:
    assert counting(a_table(), elsewhere) == []


def test_the_commission_s_own_codes_mean_the_same_countries() -> None:
    assert counting(a_table({**GERMAN, "country": "GR"}), "EL") == ["1"]
    assert counting(a_table({**GERMAN, "country": "GB"}), "UK") == ["1"]


@pytest.mark.parametrize(("state", "ids"), [("QC", ["1", "2"]), ("quebec", ["1", "2"]), ("ON", ["1"]), ("", ["1"])])
def test_a_tax_of_regions_counts_there_beside_that_of_the_country(state: str, ids: list[str]) -> None:
    federal = {"tax_id": "1", "country": "CA", "name": "GST", "rate": "5"}
    quebec = {"tax_id": "2", "country": "CA", "name": "QST", "rate": "9.975", "regions": ["QC", "Quebec"]}

    assert counting(a_table(federal, quebec), "CA", state) == ids


@pytest.mark.parametrize(
    ("at", "ids"),
    [("2025-07-31T23:59:59", ["1"]), ("2025-08-01T00:00:00", ["2"]), ("2030-01-01T00:00:00", ["2"])],
)
def test_a_rate_counts_on_its_days_in_utc(at: str, ids: list[str]) -> None:
    old = {**GERMAN, "valid_until": datetime(2025, 7, 31, tzinfo=UTC).date()}
    new = {**GERMAN, "tax_id": "2", "valid_from": datetime(2025, 8, 1, tzinfo=UTC).date()}
    now = int(datetime.fromisoformat(at).replace(tzinfo=UTC).timestamp())

    assert counting(a_table(old, new), "DE", sale=Sale(brand_id=1, client_id=None, now=now, currency="USD")) == ids


def test_a_brand_without_taxes_charges_none() -> None:
    assert counting(a_table(), "DE", sale=Sale(brand_id=2, client_id=None, now=NOW, currency="USD")) == []


@pytest.mark.parametrize(
    ("country", "vat_id", "reverse"),
    [
        ("DE", "DE136695976", True),
        ("DE", "de 136.695-976", True),
        ("DE", "136695976", True),
        ("GR", "EL094014201", True),
        ("GR", "GR094014201", True),
        ("EL", "EL 094014201", True),
        ("DE", "DE123456789", False),
        ("DE", "", False),
        ("DE", "DE12345678", False),
        ("DE", "DE1234567890", False),
        ("DE", "EL094014201", False),  # a number of another country says nothing of this one
        ("NL", "NL004495445B01", False),  # at home the brand charges businesses too
        ("GB", "GB980780684", False),
    ],
)
def test_a_business_of_another_country_of_the_group_owes_the_tax_itself(
    country: str, vat_id: str, reverse: bool
) -> None:
    assert a_table().of(SALE, Buyer.of(country, "", vat_id)).reverse_charge is reverse


@pytest.mark.parametrize(
    ("country", "vat_id", "text"),
    [
        ("DE", "DE123456789", "is no VAT number of Germany"),
        ("DE", "DE12345678", "is no VAT number of Germany"),
        ("GR", "DE136695976", "is a number of Germany, and the address is in Greece"),
        ("GR", "GR094014201", ""),
        ("DE", "DE136695976", ""),
        ("DE", "", ""),
        ("NL", "NL123456789B01", ""),  # at home it makes no difference
        ("US", "12-3456789", ""),
    ],
)
def test_a_number_that_does_not_count_keeps_an_order_from_being_taxed_in_silence(
    country: str, vat_id: str, text: str
) -> None:
    info = {"country": country, "vat_id": vat_id, "pack1": {"plan_id": "1"}}
    found = pricing_with(taxes=a_table()).missing(info, SALE)

    assert [problem.field for problem in found] == (["info.vat_id"] if text else [])
    assert text in "".join(problem.text for problem in found)


def test_a_brand_of_no_group_charges_businesses_abroad() -> None:
    assert counting(a_table(reverse_charge=""), "DE", "", "DE136695976") == ["1"]


TAXES = st.lists(
    st.builds(
        lambda rate, plans: {"country": "DE", "name": "VAT", "rate": rate, "plans": plans},
        st.decimals("0.0001", "100", places=4).map(str),
        st.sampled_from([(), ("1",), ("2", "4")]),
    ),
    max_size=3,
).map(lambda found: [{**tax, "tax_id": str(number)} for number, tax in enumerate(found)])
ABROAD = st.sampled_from(["DE", "GB", "", "de"])


@given(TAXES, COUPONS, st.lists(PLANS, max_size=4), ABROAD, st.sampled_from(["", "DE136695976"]))
def test_lines_add_up_to_the_total_and_tax_is_never_negative_nor_more_than_the_charge(
    taxes: list[dict[str, Any]], coupon: Any, plans: list[dict[str, Any]], country: str, vat_id: str
) -> None:
    table = a_table(taxes=taxes)
    info = {"country": country, "vat_id": vat_id, **{f"pack{number}": pack for number, pack in enumerate(plans, 1)}}
    net = pricing_with(coupon).price({**info, "country": "GB"}, SALE)
    priced = pricing_with(coupon, taxes=table).price(info, SALE)

    for before, pack in zip(net, priced, strict=True):
        assert pack.model_copy(update={"taxes": ()}) == before
        assert pack.first_charge_cents == before.first_charge_cents + sum(tax.cents for tax in pack.taxes)
        for tax in pack.taxes:
            assert 0 <= tax.recurring_cents <= pack.first_recurring_cents
            assert 0 <= tax.setup_cents <= pack.net_setup_cents
        charged = country in ("DE", "de") and not vat_id
        due = [tax["tax_id"] for tax in taxes if not tax["plans"] or pack.plan_id in tax["plans"]]
        assert [tax.tax_id for tax in pack.taxes if not tax.reverse_charge] == (due if charged else [])


def test_tax_is_worked_out_after_the_coupon_line_by_line() -> None:
    pricing = pricing_with(a_coupon(), taxes=a_table())
    (pack,) = pricing.price({"country": "DE", "coupon": "SAVE10", "pack1": {"plan_id": "2"}}, SALE)

    (tax,) = pack.taxes  # 149.00 less 10 percent, and 99.00 set-up
    assert (tax.recurring_cents, tax.setup_cents, pack.tax_cents) == (2548, 1881, 4429)
    assert pack.first_charge_cents == 13410 + 9900 + 4429


def test_later_periods_and_list_prices_are_before_tax() -> None:
    net, taxed = (
        pricing_with(taxes=a_table()).price({"country": country, "pack1": {"plan_id": "2"}}, SALE)[0]
        for country in ("US", "DE")
    )

    assert taxed.tax_cents > 0
    assert (taxed.renewal_cents, taxed.recurring_cents) == (net.renewal_cents, net.recurring_cents)


@pytest.mark.parametrize(
    ("account", "charged"),
    [(Buyer.of("DE", "", ""), ["1"]), (Buyer.of("GB", "", ""), []), (Buyer.of("", "", ""), ["1"]), (None, ["1"])],
)
def test_a_client_who_exists_is_taxed_where_their_account_says(account: Buyer | None, charged: list[str]) -> None:
    """Where it says nothing, as the order says."""
    pricing = pricing_with(taxes=a_table(), clients={"101": account} if account else {})
    said = {"country": "GB" if account and account.country else "DE", "pack1": {"plan_id": "1"}}

    (pack,) = pricing.price(said, Sale(brand_id=1, client_id="101", now=NOW, currency="USD"))
    assert [tax.tax_id for tax in pack.taxes] == charged


def test_a_vat_number_on_the_order_says_nothing_of_a_client_who_has_an_account() -> None:
    """The invoice goes to the account, which has to have it."""
    pricing = pricing_with(taxes=a_table(), clients={"101": Buyer.of("DE", "", "")})
    info = {"country": "DE", "vat_id": "DE136695976", "pack1": {"plan_id": "1"}}

    (pack,) = pricing.price(info, Sale(brand_id=1, client_id="101", now=NOW, currency="USD"))
    assert pack.tax_cents == 189


@pytest.mark.parametrize(
    ("country", "fields"),
    [
        ("SP", ["info.country"]),
        ("XX", ["info.country"]),
        ("D", ["info.country"]),
        ("Atlantis", ["info.country"]),
        ("AN", ["info.country"]),
        ("de", []),
        ("Germany", []),
        ("XK", []),
        ("", []),
    ],
)
def test_a_country_that_is_none_keeps_an_order_from_being_submitted_without_tax(
    country: str, fields: list[str]
) -> None:
    info = {"country": country, "pack1": {"plan_id": "1"}}

    assert [problem.field for problem in pricing_with(taxes=a_table()).missing(info, SALE)] == fields
    assert pricing_with(taxes=a_table()).missing({"country": country}, SALE) == ()
    assert pricing_with(taxes=TaxTable()).missing(info, SALE) == ()


def test_a_client_whose_account_names_no_country_buys_nothing_without_tax() -> None:
    pricing = pricing_with(taxes=a_table(), clients={"101": Buyer("SP", "", "")})

    (problem,) = pricing.missing({"country": "DE", "pack1": {"plan_id": "1"}}, Sale(1, "101", NOW, "USD"))
    assert problem.field == "client_id"
    assert "correct it with client.update" in problem.text


@pytest.mark.parametrize(
    ("state", "fields"),
    [("QC", []), ("québec", []), ("CA-QC", []), ("Alberta", []), ("", ["state"]), ("Kent", ["state"])],
)
def test_a_state_is_needed_where_a_tax_depends_on_it(state: str, fields: list[str]) -> None:
    quebec = {"tax_id": "2", "country": "CA", "name": "QST", "rate": "9.975", "regions": ["Quebec"]}
    pricing = pricing_with(taxes=a_table(quebec))
    info = {"country": "CA", "state": state, "pack1": {"plan_id": "1"}}

    assert [problem.field.removeprefix("info.") for problem in pricing.missing(info, SALE)] == fields
    assert (pricing.price(info, SALE)[0].tax_cents > 0) is (state in ("QC", "québec", "CA-QC"))
    assert pricing.missing({**info, "country": "US"}, SALE) == ()


VAT_IDS = {
    "AT": "ATU63170669", "BE": "BE0702858733", "BG": "BG428344947", "CY": "CY84593686F", "CZ": "CZ77623347",
    "DE": "DE652910485", "DK": "DK81132860", "EE": "EE301427162", "ES": "ESC7368531E", "FI": "FI36038705",
    "FR": "FRGF255966160", "GR": "EL275846196", "HR": "HR03305338868", "HU": "HU13534477", "IE": "IE8M88326W",
    "IT": "IT57822260154", "LT": "LT484280512", "LU": "LU25985867", "LV": "LV89786384654", "MT": "MT49266783",
    "NL": "NL120017891B25", "PL": "PL6019027643", "PT": "PT334325455", "RO": "RO43", "SE": "SE291705378301",
    "SI": "SI43904467", "SK": "SK7140238083",
}  # fmt: skip


@pytest.mark.parametrize("country", VAT_IDS)
def test_the_sample_taxes_consumers_of_each_country_once_and_no_business_abroad(country: str) -> None:
    table = load_taxes()

    assert len(counting(table, country)) == 1
    assert counting(table, country, "", VAT_IDS[country][:-1] + "?") == counting(table, country)
    assert table.of(SALE, Buyer.of(country, "", VAT_IDS[country])).reverse_charge is (country != "NL")


def test_the_sample_knows_all_countries_of_its_group() -> None:
    assert load_taxes().groups["eu"].keys() == VAT_IDS.keys()


@pytest.mark.parametrize("country", ["GB", "US", "CH", "CA", ""])
def test_the_sample_taxes_nobody_else(country: str) -> None:
    assert counting(load_taxes(), country) == []
