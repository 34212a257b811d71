"""A tax number whose country's numbers change what is charged is one of there, with its check digits; others stay as written."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lambdas.orders.contact.tax_number import tax_number
from lambdas.orders.contact.unfit import UnfitError


@pytest.mark.parametrize(
    ("said", "country", "kept"),
    [
        ("EL094014201", "GR", "EL094014201"),
        ("GR 094014201", "GR", "EL094014201"),
        ("094014201", "GR", "EL094014201"),
        ("de 136.695.976", "DE", "DE136695976"),
        ("ＤＥ１３６６９５９７６", "DE", "DE136695976"),
        ("136695976", "DE", "DE136695976"),
        ("40 303 265 045", "FR", "FR40303265045"),
        ("FR40303265045", "MC", "FR40303265045"),
        ("BE403019261", "BE", "BE0403019261"),
        ("B58378431", "ES", "ESB58378431"),
        ("NL4495445B01", "NL", "NL004495445B01"),
        ("IE6433435F", "IE", "IE6433435F"),
        ("GB 980 7806 84", "GB", "GB980780684"),
        ("XI980780684", "GB", "XI980780684"),
        ("12-3456789", "US", "12-3456789"),
        ("CHE-116.281.710 MWST", "CH", "CHE-116.281.710 MWST"),
        ("07aaacc1206d1zi", "IN", "07AAACC1206D1ZI"),
        ("DE136695976", "", "DE136695976"),
        ("DE123456789", "", "DE123456789"),  # judged as soon as its country is known
        ("", "DE", ""),
    ],
)
def test_a_number_is_kept_with_its_country(said: str, country: str, kept: str) -> None:
    assert tax_number(said, country) == kept
    assert tax_number(kept, country) == kept


@pytest.mark.parametrize(
    ("said", "country", "text"),
    [
        ("DE123456789", "DE", "is no VAT number of Germany"),
        ("12/345/67890", "DE", "is no VAT number of Germany"),
        ("EL123456789", "GR", "is no VAT number of Greece: write it with its country, such as EL"),
        ("GB123456789", "GB", "is no VAT number of United Kingdom"),
        ("DE136695976", "FR", "is a number of Germany, and the address is in France"),
        ("EL094014201", "US", "is a number of Greece, and the address is in United States"),
        ("none", "DE", "must be a tax number; leave it empty if there is none"),
        ("n/a", "", "must be a tax number"),
        ("1" * 41, "US", "must be a tax number"),
    ],
)
def test_a_number_that_does_not_count_is_said(said: str, country: str, text: str) -> None:
    with pytest.raises(UnfitError, match=text):
        tax_number(said, country)


NUMBERS = st.one_of(
    st.text("0123456789ABDELNR .-/", max_size=14),
    st.sampled_from(["094014201", "136695976", "40303265045", "B58378431", "980780684", "004495445B01"]),
)


@given(
    NUMBERS,
    st.sampled_from(["", "DE", "EL", "GR", "FR", "ES", "GB", "XI", "NL"]),
    st.sampled_from(["", "DE", "GR", "FR", "GB", "US", "MC"]),
)
def test_the_rule_changes_nothing_of_its_own_result(number: str, prefix: str, country: str) -> None:
    try:
        kept = tax_number(prefix + number, country)
    except UnfitError:
        return
    assert tax_number(kept, country) == kept
