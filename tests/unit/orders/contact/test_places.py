"""A country is one that posts and banks know, whatever people call it; a state is one of it where there is a list."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lambdas.orders.contact.places import countries, country, country_code, region, regions_of
from lambdas.orders.contact.unfit import UnfitError


@pytest.mark.parametrize(
    ("said", "code"),
    [
        ("GB", "GB"), ("gb", "GB"), (" de ", "DE"), ("ＤＥ", "DE"), ("UK", "GB"), ("EL", "GR"), ("DEU", "DE"), ("usa", "US"),
        ("U.S.A.", "US"), ("United States of America", "US"), ("the netherlands", "NL"), ("Holland", "NL"), ("England", "GB"),
        ("Côte d’Ivoire", "CI"), ("cote d'ivoire", "CI"), ("Ivory Coast", "CI"), ("Turkey", "TR"), ("Türkiye", "TR"),
        ("Czech Republic", "CZ"), ("Czechia", "CZ"), ("South Korea", "KR"), ("Korea, Republic of", "KR"), ("Viet Nam", "VN"),
        ("Vietnam", "VN"), ("Taiwan", "TW"), ("Hong Kong", "HK"), ("Åland Islands", "AX"), ("Kosovo", "XK"), ("xk", "XK"),
        ("AC", "AC"), ("Tristan da Cunha", "TA"), ("Puerto Rico", "PR"), ("", ""),
    ],
)  # fmt: skip
def test_a_country_is_known_by_code_and_by_name(said: str, code: str) -> None:
    assert country(said) == code


@pytest.mark.parametrize(
    "said", ["SP", "XX", "ZZ", "EU", "AN", "YU", "CS", "SU", "D", "276", "Atlantis", "GBR2", "G B C", "\u200d1"]
)
def test_what_is_no_country_is_refused(said: str) -> None:
    with pytest.raises(UnfitError, match="ISO 3166-1"):
        country(said)
    assert country_code(said) == ""


@pytest.mark.parametrize(
    ("said", "of", "kept"),
    [
        ("CA", "US", "CA"), ("us-ca", "US", "CA"), ("california", "US", "CA"), ("AA", "US", "AA"), ("ae", "US", "AE"),
        ("AP", "US", "AP"),
        ("DC", "US", "DC"), ("PR", "US", "PR"), ("Québec", "CA", "QC"), ("quebec", "CA", "QC"), ("NSW", "AU", "NSW"),
        ("Tōkyō", "JP", "13"), ("東京都", "JP", "東京都"), ("São Paulo", "BR", "SP"), ("Kent", "GB", "Kent"),
        ("Bayern", "DE", "Bayern"), ("Kent", "", "Kent"), ("", "US", ""),
    ],
)  # fmt: skip
def test_a_state_is_kept_by_its_code_where_there_is_a_list(said: str, of: str, kept: str) -> None:
    assert region(said, of) == kept


@pytest.mark.parametrize(("said", "of"), [("Kent", "US"), ("ZZ", "US"), ("Bayern", "CA"), ("X", "AU"), ("AE", "CA")])
def test_a_state_that_is_none_is_refused_where_post_and_taxes_know_no_others(said: str, of: str) -> None:
    with pytest.raises(UnfitError, match="must be a state, province or territory of"):
        region(said, of)


def test_every_code_is_its_own_country_and_every_name_finds_it() -> None:
    for code, name in countries().items():
        assert (country(code), country(name)) == (code, code)
        for state, called in regions_of(code).items():
            assert (region(state, code), region(called, code)) == (state, state)


@given(
    st.one_of(st.text(max_size=12), st.sampled_from([*countries(), *countries().values()])),
    st.sampled_from(["US", "JP", "GB", ""]),
)
def test_the_rules_change_nothing_of_their_own_result(said: str, of: str) -> None:
    try:
        kept = country(said)
        assert country(kept) == kept
    except UnfitError:
        pass
    try:
        state = region(said, of)
        assert region(state, of) == state
    except UnfitError:
        pass
