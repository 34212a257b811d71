"""The terms an order is found by: beginnings of words, addresses, hosts and telephone numbers. Pure.

Its reference is one, because no table knows it. Its number, its client and its invoices are no terms, because other tables know
them already (finding.py). A term that another one of the same order begins with is left out: a search for `ada` meets
`ada@example.com`.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from enum import StrEnum
from itertools import zip_longest
from typing import Any

from lambdas.orders.model.info import text
from lambdas.orders.model.order import Order
from lambdas.orders.parsing.info_keys import is_pack
from lambdas.orders.reference import bare_reference
from lambdas.read_models.search.folding import folded, is_ideographic, words_of
from lambdas.runtime.models import Frozen

MOST_TERMS = 100  # of an order: each costs a write
LONGEST_TERM = 80  # in letters; of a longer one, the beginning is kept
FEWEST_DIGITS = 4  # of the end of a telephone number
_FEWEST_OF_A_NUMBER = 7  # with less, zeros may be part of a number's end
_MOST_HOSTS = 60
_APART = re.compile(r"[\s,;]+")
_EXTENSION = re.compile(r"(?is)(?:ext|x|#).*")
_NATIONAL_ZERO = re.compile(r"\(0+\)")
# Names below which a country's registry sells names, such as `co` of `co.uk`.
_BELOW_COUNTRIES = frozenset(
    {
        "ac", "asn", "co", "com", "edu", "go", "gob", "gouv", "gov", "govt", "gub", "id", "ind", "ltd", "me", "mil", "ne", "net",
        "nom", "or", "org", "plc", "sch",
    }
)  # fmt: skip


class Kind(StrEnum):
    """The kinds of terms."""

    REFERENCE = "reference"
    EMAIL = "e-mail"
    TELEPHONE = "telephone"
    NAME = "name"
    COMPANY = "company"
    DOMAIN = "domain"


_RANKS = {kind: rank for rank, kind in enumerate(Kind)}


class Term(Frozen):
    """`text`: folded; a telephone number is `+` and its digits from the last one on."""

    kind: Kind
    text: str


def terms(order: Order) -> tuple[Term, ...]:
    """The terms of the order, each text once. Of too many, those that name a person stay."""
    found = {term.text: term for term in _terms(order) if _is_long_enough(term.text)}
    ordered = sorted(found)
    # In this order, all that a term begins come right after it.
    needed = [one for one, behind in zip_longest(ordered, ordered[1:], fillvalue="") if not behind.startswith(one)]
    return tuple(sorted((found[one] for one in needed), key=lambda term: _RANKS[term.kind]))[:MOST_TERMS]


def telephone_term(digits: str) -> str:
    """The term of a number, or of its last digits. Zeros before a number are left out, because they depend on the place."""
    number = digits.lstrip("0")
    return f"+{(number if len(number) >= _FEWEST_OF_A_NUMBER else digits)[::-1]}"


def digits_of(telephone: str) -> str:
    """The digits of a number without its extension and without a zero that is dialled within the country only."""
    return re.sub(r"\D", "", _NATIONAL_ZERO.sub("", _EXTENSION.sub("", folded(telephone))))


def registered_name(host: str) -> str:
    """The part of a host's name that was registered, such as `example.co.uk`, by the usual habits of registries."""
    labels = host.split(".")
    count = 3 if len(labels) > 2 and len(labels[-1]) == 2 and labels[-2] in _BELOW_COUNTRIES else 2
    return ".".join(labels[-count:])


def email_term(local: str, domain: str) -> str:
    """The term of an address, whichever way its domain is written."""
    return f"{_solid(local)}@{_ascii(domain)}"


def _terms(order: Order) -> Iterator[Term]:
    info = order.info
    yield Term(kind=Kind.REFERENCE, text=folded(bare_reference(order.reference)))
    for first, last in (("first", "last"), ("cc_first", "cc_last")):
        yield from _names(text(info, first), text(info, last))
    for company in (text(info, "company"), order.listed_company):
        yield from _texts(Kind.COMPANY, words_of(company))
    yield from _of_address(text(info, "email"))
    for key in ("phone", "cc_phone", "fax"):
        digits = digits_of(text(info, key))
        if len(digits) >= FEWEST_DIGITS:
            yield Term(kind=Kind.TELEPHONE, text=telephone_term(digits)[:LONGEST_TERM])
    for host in _hosts(info):
        yield from _of_host(host)


def _names(first: str, last: str) -> Iterator[Term]:
    words = (*words_of(first), *words_of(last))
    yield from _texts(Kind.NAME, words)
    if words and all(
        is_ideographic(word[0]) for word in words
    ):  # Such names are written in one word, the last name first.
        yield from _texts(Kind.NAME, ["".join((*words_of(last), *words_of(first)))])


def _of_address(address: str) -> Iterator[Term]:
    local, at, domain = address.rpartition("@")
    if at and _APART.search(address) is None:
        yield from _texts(Kind.EMAIL, [email_term(local, domain)])
        yield from _of_host(domain)


def _hosts(info: Mapping[str, Any]) -> list[str]:
    packs = (value for key, value in info.items() if is_pack(key) and isinstance(value, Mapping))
    written = (part for pack in packs for part in _APART.split(text(pack, "desserv")[:10_000]))
    return [part for part in written if _is_host(part)][:_MOST_HOSTS]


def _is_host(part: str) -> bool:
    names = part.split(".")
    return len(names) > 1 and all(names) and not any(letter in part for letter in "@/:")


def _of_host(host: str) -> Iterator[Term]:
    """By its whole name and by the registered one, in both ways of writing an international name."""
    name = host.lower().strip(".").removeprefix("www.")
    yield from _texts(Kind.DOMAIN, (spelt for each in (name, registered_name(name)) for spelt in _spellings(each)))


def _spellings(host: str) -> Iterator[str]:
    yield _ascii(host)
    if "xn--" in host or not host.isascii():
        from idna import IDNAError, decode

        try:
            yield _solid(decode(_ascii(host)))
        except (IDNAError, UnicodeError):
            return


def _ascii(host: str) -> str:
    """The name as the DNS knows it. One that it could not know stays, folded."""
    if host.isascii():
        return host.lower()
    from idna import IDNAError, encode

    try:
        return encode(host, uts46=True).decode()
    except (IDNAError, UnicodeError):
        return _solid(host)


def _solid(text: str) -> str:
    """The folded text without blanks, which some signs hold when they are folded."""
    return "".join(folded(text).split())


def _texts(kind: Kind, texts: Iterable[str]) -> Iterator[Term]:
    return (Term(kind=kind, text=one[:LONGEST_TERM]) for one in texts)


def _is_long_enough(one: str) -> bool:
    return len(one) > 1 or is_ideographic(one[:1] or " ")
