"""The fields that say who somebody is, by their keys in an order's `info` and on a client, each with its rule."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from typing import Any

from lambdas.languages.texts import N_
from lambdas.orders.contact.email import email
from lambdas.orders.contact.places import country, country_code, region
from lambdas.orders.contact.postcode import postcode
from lambdas.orders.contact.tax_number import tax_number
from lambdas.orders.contact.telephone import telephone
from lambdas.orders.contact.text import MAX_LINE, lines, short_line
from lambdas.orders.contact.unfit import UnfitError
from lambdas.orders.errors import Problem

Fields = Mapping[str, Any]
Rule = Callable[[str, Fields], str]
"""The value as it is kept, from what was stated and the fields beside it. Raises UnfitError."""


def _line(value: str, beside: Fields) -> str:
    return short_line(value)


def _lines(value: str, beside: Fields) -> str:
    kept = lines(value)
    if len(kept) > MAX_LINE:
        raise UnfitError(
            f"has more than {MAX_LINE} characters; shorten it",
            N_("{label} must be {most} characters or fewer"),
            most=MAX_LINE,
        )
    return kept


def _email(value: str, beside: Fields) -> str:
    return email(value)


CONTACT_FIELDS = (
    "first", "last", "company", "email", "address", "city", "state", "zip", "country", "phone", "fax", "vat_id",
)  # fmt: skip
"""What a client's record says of the client; an order that makes a client says it by the same keys."""


def _country(value: str, beside: Fields) -> str:
    return country(value)


def _region(of: str) -> Rule:
    return lambda value, beside: region(value, _code(beside, of))


def _telephone(of: str) -> Rule:
    return lambda value, beside: telephone(value, _code(beside, of))


def _postcode(value: str, beside: Fields) -> str:
    return postcode(value)


def _tax_number(value: str, beside: Fields) -> str:
    return tax_number(value, _code(beside, "country"))


def _code(beside: Fields, key: str) -> str:
    """The country that a key names, empty where it is not known."""
    stated = beside.get(key)
    return country_code(stated) if isinstance(stated, str) else ""


RULES: Mapping[str, Rule] = {
    "country": _country,
    "first": _line,
    "last": _line,
    "company": _line,
    "email": _email,
    "address": _lines,
    "city": _line,
    "state": _region("country"),
    "zip": _postcode,
    "phone": _telephone("country"),
    "fax": _telephone("country"),
    "vat_id": _tax_number,
    "uber_login": _line,
    "cc_country": _country,
    "cc_first": _line,
    "cc_last": _line,
    "cc_address": _lines,
    "cc_city": _line,
    "cc_state": _region("cc_country"),
    "cc_province": _region("cc_country"),
    "cc_zip": _postcode,
    "cc_phone": _telephone("cc_country"),
    "ach_bank": _line,
}
"""In the order in which they are judged: what others depend on comes first."""

_DEPENDS_ON: Mapping[str, str] = {
    "state": "country", "phone": "country", "fax": "country", "vat_id": "country",
    "cc_state": "cc_country", "cc_province": "cc_country", "cc_phone": "cc_country",
}  # fmt: skip
"""The fields that are read by the country beside them."""

READ_WITH_COUNTRY = tuple(key for key, of in _DEPENDS_ON.items() if of == "country")


def judged(stated: Fields, known: Fields, problems: list[Problem], *, where: str = "") -> dict[str, Any]:
    """The given fields as they are kept. Problems are added to `problems`, with `where` before the field.

    `known`: the values on record. A value on record is not checked again, because the rules of its day accepted it.
    """
    kept = dict(stated)
    for key, rule in RULES.items():
        value = stated.get(key)
        if value in (None, "", [], {}) or (key in known and known[key] == value):
            continue
        try:
            kept[key] = _kept(rule, value, {**known, **kept})
        except UnfitError as unfit:
            problems.append(Problem(f"{where}{key}", str(unfit)))
    return kept | _of_another_country(kept, known)


def _of_another_country(kept: Fields, known: Fields) -> dict[str, Any]:
    """Values on record that mean more once the country is known: telephone numbers and states."""
    found: dict[str, Any] = {}
    for key, of in _DEPENDS_ON.items():
        value = known.get(key)
        if of not in kept or kept[of] == known.get(of) or key in kept or not isinstance(value, str) or not value:
            continue
        with suppress(UnfitError):
            found[key] = RULES[key](value, {**known, **kept})
    return found


def fit_fields(fields: Fields) -> dict[str, Any]:
    """These fields as they would be kept today, without those that could not be taken."""
    problems: list[Problem] = []
    kept = judged(fields, {}, problems)
    unfit = {problem.field for problem in problems}
    return {key: value for key, value in kept.items() if key not in unfit}


def unfit_fields(fields: Fields, *, where: str = "") -> Iterator[Problem]:
    """The fields among these that would be refused today."""
    problems: list[Problem] = []
    judged(fields, {}, problems, where=where)
    yield from problems


def _kept(rule: Rule, value: Any, beside: Fields) -> Any:
    if isinstance(value, bool) or not isinstance(value, str | int):
        raise UnfitError("must be text")
    kept = rule(str(value), beside)
    return value if kept == str(value) else kept
