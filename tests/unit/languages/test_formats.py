"""Amounts and days are written as Babel writes them, though no function carries Babel."""

from datetime import UTC, datetime
from decimal import Decimal

import pytest
from babel.dates import format_date
from babel.lists import format_list
from babel.numbers import format_currency, get_currency_precision
from hypothesis import given
from hypothesis import strategies as st

from infra.generate.languages import formats_json
from infra.generate.texts import LANGUAGES
from lambdas.forms.pages.amounts import amount, day_of
from lambdas.languages.formats import listed, number
from lambdas.languages.language import known_languages, speaking
from lambdas.orders.model.currencies import DIGITS

TAGS = st.sampled_from(known_languages())
# CLDR shows some currencies without the digits that ISO 4217 gives them, and that are charged.
CURRENCIES = sorted(code for code, digits in DIGITS.items() if digits == get_currency_precision(code))


@pytest.mark.parametrize("tag", known_languages())
def test_formats_are_those_of_the_library(tag: str) -> None:
    assert (LANGUAGES / tag / "formats.json").read_text("utf-8") == formats_json(tag), "run make texts"


@given(TAGS, st.integers(-(10**11), 10**11), st.sampled_from(CURRENCIES))
def test_amounts_have_the_digits_of_their_currency(tag: str, cents: int, currency: str) -> None:
    exact = Decimal(cents).scaleb(-DIGITS[currency])
    wanted = format_currency(exact, currency, locale=tag)
    with speaking(tag):
        written = amount(cents, currency)

    # CLDR's spacing around signs of letters is ours: Babel leaves it out. So is the longer minus.
    assert _bare(written) == _bare(wanted)


def _bare(text: str) -> str:
    return text.replace("\u2212", "-").replace("\u00a0", "")


@given(TAGS, st.integers(0, 4_000_000_000))
def test_days(tag: str, at: int) -> None:
    pattern = "d MMMM y" if tag == "en" else "long"
    with speaking(tag):
        assert day_of(at) == format_date(datetime.fromtimestamp(at, UTC).date(), pattern, locale=tag)


@given(TAGS, st.lists(st.sampled_from(["a", "b", "c"]), max_size=5))
def test_lists(tag: str, parts: list[str]) -> None:
    with speaking(tag):
        assert listed(parts) == (format_list(parts, locale=tag) if parts else "")


def test_german_and_english() -> None:
    assert (amount(123456, "EUR"), amount(-995, "USD"), number(5000)) == ("€1,234.56", "\u2212$9.95", "5,000")
    assert (amount(995, "CHF"), amount(1000, "JPY"), amount(1234567, "KWD")) == (
        "CHF\u00a09.95", "¥1,000", "KWD\u00a01,234.567",
    )  # fmt: skip
    with speaking("de"):
        assert (amount(123456, "EUR"), amount(-995, "USD"), number(5000)) == (
            "1.234,56\u00a0€", "\u22129,95\u00a0$", "5.000",
        )  # fmt: skip
        assert day_of(1_798_000_000) == "23. Dezember 2026"
