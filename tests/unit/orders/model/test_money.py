"""Amounts are whole numbers of a currency's smallest unit; what is not exactly one is refused, never rounded."""

import re
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from infra.generate.currencies import CURRENCIES_FILE, currencies_py
from lambdas.orders.model.currencies import DIGITS
from lambdas.orders.model.money import (
    MAX_CENTS,
    Money,
    MoneyError,
    digits_of,
    format_cents,
    format_percent,
    grouped,
    parse_cents,
    parse_percent,
    stated_amount,
)
from tests.support.trees import LEAVES

CENTS = st.integers(0, MAX_CENTS)
CURRENCIES = st.sampled_from(["JPY", "USD", "KWD", "CLF"]) | st.sampled_from(sorted(DIGITS))


def test_the_table_of_digits_is_the_one_of_iso_4217() -> None:
    assert CURRENCIES_FILE.read_text("utf-8") == currencies_py()
    assert [digits_of(currency) for currency in ("JPY", "UGX", "USD", "HUF", "KWD", "BHD", "CLF")] == [
        0,
        0,
        2,
        2,
        3,
        3,
        4,
    ]


@given(CENTS, CURRENCIES)
def test_what_is_shown_reads_back_as_the_same_amount(cents: int, currency: str) -> None:
    shown = format_cents(cents, currency)

    assert parse_cents(shown, currency) == parse_cents(Decimal(shown), currency) == cents
    assert parse_cents(stated_amount(shown), currency) == cents


@given(CENTS, CURRENCIES)
def test_an_amount_is_shown_with_all_digits_of_its_currency_and_no_others(cents: int, currency: str) -> None:
    _, _, fraction = format_cents(cents, currency).partition(".")

    assert len(fraction) == DIGITS[currency]
    assert str(Money(cents, currency)) == f"{format_cents(cents, currency)} {currency}"


@given(CENTS, CURRENCIES)
def test_thousands_commas_change_nothing(cents: int, currency: str) -> None:
    assert parse_cents(f" {grouped(cents, currency)} ", currency) == cents
    assert re.fullmatch(r"\d{1,3}(,\d{3})*(\.\d+)?", grouped(cents, currency))


@given(st.integers(0, MAX_CENTS // 10_000), CURRENCIES)
def test_whole_units_are_units_not_cents(units: int, currency: str) -> None:
    assert parse_cents(units, currency) == parse_cents(str(units), currency) == units * 10 ** DIGITS[currency]


@given(CENTS, CURRENCIES, st.integers(1, 10**40))
def test_a_fraction_of_the_smallest_unit_is_refused_however_small(cents: int, currency: str, fraction: int) -> None:
    digits = f"{fraction:040d}"[-40:]
    point = "" if DIGITS[currency] else "."
    if int(digits):
        with pytest.raises(MoneyError, match="digits after the point"):
            parse_cents(format_cents(cents, currency) + point + digits, currency)


@pytest.mark.parametrize(
    ("amount", "currency", "words"),
    [
        ("12.5", "JPY", "must not have digits after the point in JPY, as in 123456"),
        ("1.000", "JPY", "must have no digits after the point in JPY; write a thousand as 1000 or 1,000"),
        ("9.999", "USD", "must not have more than 2 digits after the point in USD, as in 1234.56"),
        ("1.2345", "KWD", "must not have more than 3 digits after the point in KWD, as in 123.456"),
        ("1.23456", "CLF", "must not have more than 4 digits after the point"),
    ],
)
def test_too_many_digits_are_refused_with_an_amount_that_is_right(amount: str, currency: str, words: str) -> None:
    with pytest.raises(MoneyError) as refused:
        parse_cents(amount, currency)

    assert str(refused.value) == words


@pytest.mark.parametrize(
    ("amount", "currency", "cents"), [("12.00", "JPY", 12), ("9.9500", "USD", 995), ("1.2500", "KWD", 1250)]
)
def test_zeros_behind_the_digits_say_nothing(amount: str, currency: str, cents: int) -> None:
    assert parse_cents(amount, currency) == cents


def test_a_currency_that_is_on_the_list_no_more_had_two_digits() -> None:
    assert (format_cents(1999, "HRK"), parse_cents("19.99", "HRK")) == ("19.99", 1999)


@given(st.integers(0, 10_000))
def test_a_percentage_reads_back_as_the_same(hundredths: int) -> None:
    assert parse_percent(format_percent(hundredths)) == hundredths


@pytest.mark.parametrize("percent", ["12.345", "-1", "x"])
def test_what_is_no_percentage_is_refused(percent: str) -> None:
    with pytest.raises(MoneyError):
        parse_percent(percent)


@given(st.integers(max_value=-1), CURRENCIES)
def test_a_negative_amount_is_refused(cents: int, currency: str) -> None:
    with pytest.raises(MoneyError):
        parse_cents(format_cents(cents, currency), currency)


@given(st.integers(1), CURRENCIES)
def test_more_than_the_most_is_refused(more: int, currency: str) -> None:
    with pytest.raises(MoneyError, match="at most"):
        parse_cents(format_cents(MAX_CENTS + more, currency), currency)


@pytest.mark.parametrize(
    "amount", ["", " ", "x", "19,95", "1,50", "1,2345", ",5", "1.2.3", "0x10", "$5", "--1", "1e-2000000"]
)
def test_what_is_no_amount_is_refused(amount: str) -> None:
    with pytest.raises(MoneyError):
        parse_cents(amount, "USD")


@pytest.mark.parametrize("amount", ["NaN", "Infinity", "-Infinity", "1e999999", "9" * 5_000])
def test_what_has_no_end_is_refused(amount: str) -> None:
    with pytest.raises(MoneyError):
        parse_cents(amount, "USD")


@pytest.mark.parametrize("amount", [1.5, True, None, [1], {}])
def test_only_text_and_exact_numbers_are_amounts(amount: object) -> None:
    with pytest.raises(MoneyError, match="such as"):
        parse_cents(amount, "USD")


@given(LEAVES | st.text("0123456789.,eE+-_ ") | st.decimals() | st.floats(), CURRENCIES)
def test_whatever_is_sent_it_is_an_amount_or_refused_as_one(anything: object, currency: str) -> None:
    try:
        cents = parse_cents(anything, currency)
    except MoneyError as refused:
        assert not isinstance(anything, str) or len(anything) < 12 or anything not in str(refused)
    else:
        assert 0 <= cents <= MAX_CENTS


def test_less_than_nothing_is_shown_with_its_sign() -> None:
    assert [format_cents(cents, "USD") for cents in (-5, -123456, 0, 7)] == ["-0.05", "-1234.56", "0.00", "0.07"]
    assert [format_cents(cents, "JPY") for cents in (-5, 0)] == ["-5", "0"]
    assert [format_cents(cents, "KWD") for cents in (-5, 1250)] == ["-0.005", "1.250"]
