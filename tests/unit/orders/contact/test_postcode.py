"""Postal codes as they are typed, in any width and any digits."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lambdas.orders.contact.postcode import postcode
from lambdas.orders.contact.unfit import UnfitError


@pytest.mark.parametrize(
    ("said", "kept"),
    [
        ("〒１００−０００１", "100-0001"), ("１２３４５", "12345"), ("٠١٢٣٤", "01234"), ("sw1a 2aa", "SW1A 2AA"),
        ("k1a  0b1", "K1A 0B1"),
        ("90210–1234", "90210-1234"), ("90210 - 1234", "90210-1234"), ("D-10115", "D-10115"), ("AD500", "AD500"),
        ("GIR 0AA", "GIR 0AA"),
        ("D02 AF30", "D02 AF30"), ("1234 AB", "1234 AB"), ("", ""), (" \u200d", ""),
    ],
)  # fmt: skip
def test_a_code_is_kept_in_ascii_and_capitals(said: str, kept: str) -> None:
    assert postcode(said) == kept


@pytest.mark.parametrize("said", ["N/A", "-", "--", "none!", "12345\x00", "1" * 20, "10115 Berlin, Germany", "一二三"])
def test_what_is_none_is_refused(said: str) -> None:
    with pytest.raises(UnfitError):
        postcode(said)


@given(st.text(st.one_of(st.characters(), st.sampled_from("0123456789abcAB -–−〒１０")), max_size=18))
def test_the_rule_changes_nothing_of_its_own_result(said: str) -> None:
    try:
        kept = postcode(said)
    except UnfitError:
        return
    assert postcode(kept) == kept
    assert kept.isascii()
