"""Queries of anybody: what they hold too much or too little of is refused in plain words, and never half looked up."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lambdas.orders.errors import InvalidOrderError
from lambdas.read_models.search.entries import fewest_letters
from lambdas.read_models.search.query import MOST_WORDS, Word, words


@pytest.mark.parametrize(
    ("query", "why"),
    [
        ("", "must hold a number or at least two letters"),
        ("   ", "must hold a number or at least two letters"),
        ("a", "must hold a number or at least two letters"),
        ("- . @ _ #", "must hold a number or at least two letters"),
        ("\u200b\u2060", "must hold a number or at least two letters"),
        ("x" * 10_000, "has 10,000 characters; search for at most 200"),
        ("love\x00lace", "holds a control character"),
        ("love\x1b[2J", "holds a control character"),
        ("e" + "\u0301" * 150, "marks; type it again"),
        ("love*", "without a wildcard"),
        ("%", "without a wildcard"),
        ("lovelac?", "without a wildcard"),
        ("aa bb cc dd ee ff gg", f"has 7 words; search for at most {MOST_WORDS}"),
    ],
)
def test_a_query_that_cannot_be_answered_is_refused(query: str, why: str) -> None:
    with pytest.raises(InvalidOrderError) as refused:
        words(query)

    (problem,) = refused.value.problems
    assert problem.field == "query"
    assert why in problem.text


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("1001", Word(number="1001", beginnings=("1001", "+1001"))),
        ("#1001", Word(number="1001")),
        ("12", Word(number="12", beginnings=("12",))),
        ("7", Word(number="7")),
        ("Lovelace", Word(beginnings=("lovelace",))),
        ("ada@shop.example", Word(beginnings=("ada@shop.example",))),
        ("@shop.example", Word(beginnings=("shop.example",))),
        ("my-shop", Word(beginnings=("my-shop",), parts=("my", "shop"))),
        ("www.shop.example", Word(beginnings=("shop.example",))),
        ("020 7946 0018", Word(number="2079460018", beginnings=("02079460018", "+8100649702"))),
        ("192.0.2.1", Word(beginnings=("192.0.2.1", "+120291"))),
    ],
)
def test_what_a_word_means(query: str, found: Word) -> None:
    assert words(query) == (found,)


def test_words_beside_a_telephone_number_stay_words() -> None:
    assert [word.beginnings for word in words("Ada 020 7946 0018 Lovelace")] == [
        ("ada",), ("02079460018", "+8100649702"), ("lovelace",)
    ]  # fmt: skip
    assert [word.number for word in words("12 345")] == ["12", "345"]


@given(st.text(max_size=250))
def test_every_text_is_refused_or_becomes_words_that_can_be_looked_up(query: str) -> None:
    try:
        found = words(query)
    except InvalidOrderError:
        return
    for word in found:
        assert word.number or word.looked_up
        assert all(len(text) >= fewest_letters(text) and " " not in text for text in word.looked_up)
