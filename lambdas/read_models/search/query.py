"""The text of a search as the words that an order must match, each in one of several ways. Pure."""

import re
from collections.abc import Iterator, Sequence
from typing import NoReturn

from lambdas.orders.contact.text import folded as in_plain_digits
from lambdas.orders.contact.text import line
from lambdas.orders.contact.unfit import UnfitError
from lambdas.orders.errors import InvalidOrderError, Problem
from lambdas.orders.model.order import Order
from lambdas.orders.reference import bare_reference
from lambdas.read_models.search.entries import fewest_letters
from lambdas.read_models.search.folding import folded, words_of
from lambdas.read_models.search.terms import (
    FEWEST_DIGITS,
    LONGEST_TERM,
    digits_of,
    email_term,
    telephone_term,
    terms,
)
from lambdas.records.invoices.document_numbers import DOCUMENT_NUMBER
from lambdas.runtime.models import Frozen

LONGEST_QUERY = 200
MOST_WORDS = 6
_WILDCARDS = re.compile(r"[*?%]")
_OF_A_NUMBER = re.compile(r"\+?[0-9()./-]+")
_NUMBER = re.compile(r"#?([0-9]{1,18})")
# Digits of a telephone number that is written in groups: one with a `+`, `(` or `0` before it, or any other.
_FEWEST_IN_GROUPS, _FEWEST_IN_BARE_GROUPS = 7, 9
_TRUNK_PREFIXES = ("8", "06")  # beside the zero: dialled before a number within Russia and its neighbours, and Hungary
_NATIONAL_DIGITS = 10


class Word(Frozen):
    """Part of a query. An order matches it in any one of these ways.

    `number`: it is the number of the order, of its client or of its invoice. `reference`: it is the order's, as a term.
    `document`: it stands on its invoice or credit note. `beginnings`: one of its terms begins with one of these. `parts`: each
    of these begins one of its terms.
    """

    number: str = ""
    reference: str = ""
    document: str = ""
    beginnings: tuple[str, ...] = ()
    parts: tuple[str, ...] = ()

    @property
    def looked_up(self) -> tuple[str, ...]:
        """The beginnings whose entries together hold each order that matches by a term."""
        longest = max(self.parts, key=len, default="")
        return (*self.beginnings, *([longest] if longest and longest not in self.beginnings else []))

    def is_term_of(self, texts: Sequence[str]) -> bool:
        """Whether an order with terms of these texts matches."""
        if any(text.startswith(self.beginnings) for text in texts):
            return True
        return bool(self.parts) and all(any(text.startswith(part) for text in texts) for part in self.parts)


def texts_of(order: Order) -> tuple[str, ...]:
    return tuple(term.text for term in terms(order))


def words(query: str) -> tuple[Word, ...]:
    """The words of a query. Raises InvalidOrderError for a text that finds nothing or too much."""
    try:
        text = line(query) if len(query) <= LONGEST_QUERY else query
    except UnfitError as unfit:
        _refuse(str(unfit))
    if len(query) > LONGEST_QUERY:
        _refuse(f"has {len(query):,} characters; search for at most {LONGEST_QUERY}")
    if _WILDCARDS.search(text):
        _refuse("must not contain *, ? or %: the beginning of a word finds it without a wildcard")
    found = tuple(word for token in _tokens(text) if (word := _word(token)) != Word())
    if not found:
        _refuse("must hold a number or at least two letters, such as the beginning of a name")
    if len(found) > MOST_WORDS:
        _refuse(f"has {len(found)} words; search for at most {MOST_WORDS}")
    return found


def _tokens(text: str) -> Iterator[str]:
    """The text between blanks. A telephone number that is written in groups is one token."""
    group: list[str] = []
    for token in [*text.split(), ""]:
        if token and _OF_A_NUMBER.fullmatch(in_plain_digits(token)):
            group.append(token)
            continue
        together = "".join(group)
        begins_as_one = in_plain_digits(together)[:1] in ("+", "(", "0")
        fewest = _FEWEST_IN_GROUPS if begins_as_one else _FEWEST_IN_BARE_GROUPS
        is_telephone = len(group) > 1 and len(digits_of(together)) >= fewest
        yield from [together] if is_telephone else group
        group = []
        yield token


def _word(token: str) -> Word:
    """Empty for a token without a letter or digit."""
    document = token.strip("#,;").upper()
    return _text(token).changed(document=document if DOCUMENT_NUMBER.fullmatch(document) else "")


def _text(token: str) -> Word:
    if reference := folded(bare_reference(token.strip("#"))):
        return Word(reference=reference, beginnings=(reference,))
    plain = in_plain_digits(token)
    number = _NUMBER.fullmatch(plain)
    if number or _OF_A_NUMBER.fullmatch(plain):
        return Word(number=number[1].lstrip("0") if number else "", beginnings=tuple(_of_digits(plain)))
    if "@" in plain:
        return _word_of_address(plain)
    text, parts = folded(token).strip('.,;:()"<>/'), tuple(part for part in words_of(token) if _finds(part))
    is_one_word = (text,) == parts
    host = text.removeprefix("www.") if "." in text else text
    is_whole = bool(parts) and (is_one_word or "." in host or "-" in host)
    whole = (host[:LONGEST_TERM],) if is_whole and _finds(host) else ()
    needs_no_parts = is_one_word or (
        whole and "." in host
    )  # A host is one thing, whereas `Smith-Jones` may be two words.
    return Word(beginnings=whole, parts=() if needs_no_parts else tuple(part[:LONGEST_TERM] for part in parts))


def _of_digits(plain: str) -> Iterator[str]:
    """As the beginning of a word or an address, and as a telephone number or its last digits."""
    if _finds(plain) and (plain.isdecimal() or "." in plain):
        yield plain
    digits = digits_of(plain)
    if len(digits) < FEWEST_DIGITS:
        return
    yield telephone_term(digits)[:LONGEST_TERM]
    if not plain.startswith(("+", "00")) and len(digits) >= _NATIONAL_DIGITS:
        prefixes = (prefix for prefix in _TRUNK_PREFIXES if digits.startswith(prefix))
        yield from (telephone_term(digits.removeprefix(prefix)) for prefix in prefixes)


def _word_of_address(plain: str) -> Word:
    """An address, the beginning of one, or all that is behind its @."""
    local, _, domain = plain.rpartition("@")
    if not local:
        host = email_term("", domain)[1:].removeprefix("www.")
        return Word(beginnings=(host[:LONGEST_TERM],) if _finds(host) else ())
    whole = email_term(local, domain)[:LONGEST_TERM]
    return Word(beginnings=(whole,) if _finds(whole) else ())


def _finds(text: str) -> bool:
    return len(text) >= fewest_letters(text) and any(letter.isalnum() for letter in text)


def _refuse(why: str) -> NoReturn:
    raise InvalidOrderError((Problem("query", why),))
