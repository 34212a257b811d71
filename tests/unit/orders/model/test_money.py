"""Amounts are whole cents; what is not exactly one is refused, never rounded."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lambdas.orders.model.money import MAX_CENTS, MoneyError, format_cents, parse_cents
from tests.support.trees import LEAVES

CENTS = st.integers(0, MAX_CENTS)


@given(CENTS)
def test_what_is_shown_reads_back_as_the_same_amount(cents: int) -> None:
    shown = format_cents(cents)

    assert parse_cents(shown) == parse_cents(Decimal(shown)) == cents


@given(CENTS)
def test_thousands_commas_change_nothing(cents: int) -> None:
    assert parse_cents(f" {Decimal(cents) / 100:,.2f} ") == cents


@given(st.integers(0, MAX_CENTS // 100))
def test_whole_units_are_units_not_cents(units: int) -> None:
    assert parse_cents(units) == parse_cents(str(units)) == units * 100


@given(CENTS, st.integers(1, 10**40))
def test_a_fraction_of_a_cent_is_refused_however_small(cents: int, fraction: int) -> None:
    digits = f"{fraction:040d}"[-40:]
    if int(digits):
        with pytest.raises(MoneyError):
            parse_cents(format_cents(cents) + digits)


@given(st.integers(max_value=-1))
def test_a_negative_amount_is_refused(cents: int) -> None:
    with pytest.raises(MoneyError):
        parse_cents(format_cents(cents))


@given(st.integers(1))
def test_more_than_the_most_is_refused(more: int) -> None:
    with pytest.raises(MoneyError, match=r"at most 99999999\.99"):
        parse_cents(format_cents(MAX_CENTS + more))


@pytest.mark.parametrize(
    "amount", ["", " ", "x", "19,95", "1,50", "1,2345", ",5", "1.2.3", "0x10", "$5", "--1", "1e-2000000"]
)
def test_what_is_no_amount_is_refused(amount: str) -> None:
    with pytest.raises(MoneyError):
        parse_cents(amount)


@pytest.mark.parametrize("amount", ["NaN", "Infinity", "-Infinity", "1e999999", "9" * 5_000])
def test_what_has_no_end_is_refused(amount: str) -> None:
    with pytest.raises(MoneyError):
        parse_cents(amount)


@pytest.mark.parametrize("amount", [1.5, True, None, [1], {}])
def test_only_text_and_exact_numbers_are_amounts(amount: object) -> None:
    with pytest.raises(MoneyError, match="such as"):
        parse_cents(amount)


@given(LEAVES | st.text("0123456789.,eE+-_ ") | st.decimals() | st.floats())
def test_whatever_is_sent_it_is_an_amount_or_refused_as_one(anything: object) -> None:
    try:
        cents = parse_cents(anything)
    except MoneyError as refused:
        assert not isinstance(anything, str) or len(anything) < 12 or anything not in str(refused)
    else:
        assert 0 <= cents <= MAX_CENTS


def test_a_negative_balance_is_shown_with_its_sign() -> None:
    assert [format_cents(cents) for cents in (-5, -123456, 0, 7)] == ["-0.05", "-1234.56", "0.00", "0.07"]
