"""Validation messages in plain words for the caller. They never quote a validator, a pattern or the value."""

from collections.abc import Callable, Mapping
from typing import Any

Words = str | Callable[[Mapping[str, Any]], str]

_NUMBER, _FRACTION, _MAP = "must be a whole number", "must be a number", "must be a map of names to values"
_LIST, _TEXT, _SWITCH, _TIME = (
    "must be a list",
    "must be text",
    "must be 1 or 0",
    "must be a time, such as 2026-12-31T12:00:00Z",
)

# The meaning of each pattern of a field that callers fill in.
PATTERNS: Mapping[str, str] = {
    r"^[0-9]{1,18}$": "must be a number that names a record",
    r"^[1-9][0-9]{0,17}$": "must be a number that names a record, from 1 on",
    r"^[0-9]{1,10}$": "must be a number that names a record",
    r"^[1-9][0-9]{0,3}$": "must be the number of a line, from 1 on",
    r"^[0-9]{10,24}$": "must be the number of an invoice, of 10 to 24 digits",
    r"^(-1|[0-9]{1,18})$": "must be the number of a payment method, or -1 for none",
    r"^[0-9]{4}$": "must be the last four digits",
    r"^([0-9]{4})?$": "must be the last four digits",
    r"^[0-9*xX ]{0,15}[0-9]{4}$": "must be the last four digits",
    r"^[A-Za-z]{2}$": "must be the two letters of a country, as ISO 3166 has them",
    r"^([A-Z]{2})?$": "must be the two capital letters of a country, as ISO 3166 has them",
    r"^[A-Za-z0-9_-]{1,40}$": "must be the id of an upgrade: 1 to 40 letters, digits, - and _",
    r"^[a-z][a-z0-9-]{0,39}$": "must be the name of a form: small letters, digits and -",
    r"^\d{1,10}(\.\d{1,4})?$": "must be an amount such as 19.95",
    r"^[a-z][a-z0-9_]{0,59}$": "must be the name of a module: small letters, digits and _",
    r"^[0-9]{4}-[0-9]{2}-[0-9]{2}$": "must be a day such as 2026-11-27",
    r"^[0-9a-f]{16}$": "must be the number of a bulk run, of 16 small hexadecimal digits",
    r"^[0-9a-f]{16}\.[0-9a-f]{32}$": "must be the token of a preview, as order.bulk_preview gave it",
    r"^[0-9]{5}\.[0-9]{3}$": "must be next_cursor of the page before",
    r"^[0-9]{11}\.[0-9a-f]{16}$": "must be next_cursor of the page before",
    r"^([0-9a-f]{64})?$": "must be a SHA-256 digest in 64 small hexadecimal digits",
}


def _bounds(what: str, *, of: str) -> dict[str, Words]:
    return {
        f"{of}too_short": lambda context: f"must have at least {context['min_length']} {what}",
        f"{of}too_long": lambda context: f"must have at most {context['max_length']} {what}",
    }


WORDS: Mapping[str, Words] = {
    "missing": "is needed",
    "extra_forbidden": "is not known here; leave it out, or correct its name",
    "none_required": "must be empty",
    **dict.fromkeys(("int_type", "int_parsing", "int_from_float"), _NUMBER),
    "int_parsing_size": "is a number of too many digits",
    **dict.fromkeys(("float_type", "float_parsing", "finite_number", "decimal_type", "decimal_parsing"), _FRACTION),
    "greater_than": lambda context: f"must be more than {context['gt']}",
    "greater_than_equal": lambda context: f"must be {context['ge']} or more",
    "less_than": lambda context: f"must be less than {context['lt']}",
    "less_than_equal": lambda context: f"must be {context['le']} or less",
    "string_type": _TEXT,
    "string_sub_type": _TEXT,
    "string_unicode": "is not valid Unicode text",
    **_bounds("characters", of="string_"),
    **_bounds("entries", of=""),
    "string_pattern_mismatch": lambda context: PATTERNS[context["pattern"]],
    "literal_error": lambda context: f"must be {context['expected']}",
    "enum": lambda context: f"must be {context['expected']}",
    **dict.fromkeys(("bool_type", "bool_parsing"), _SWITCH),
    **dict.fromkeys(("dict_type", "mapping_type", "model_type", "model_attributes_type"), _MAP),
    **dict.fromkeys(("list_type", "tuple_type", "set_type", "frozen_set_type", "iterable_type"), _LIST),
    **dict.fromkeys(
        ("datetime_type", "datetime_parsing", "datetime_from_date_parsing", "datetime_object_invalid", "date_parsing"),
        _TIME,
    ),
    "timezone_aware": f"{_TIME}: its zone is missing",
    "value_error": lambda context: str(context["error"]),
}
_OTHERWISE = "is not of the kind that is needed here"


def message_of(found: Mapping[str, Any]) -> str:
    """The message for one error of a ValidationError. `found`: the error, with its context."""
    words = WORDS.get(str(found["type"]), _OTHERWISE)
    try:
        return words(found.get("ctx", {})) if callable(words) else words
    except KeyError:  # a pattern without a meaning in words
        return _OTHERWISE


def path_of(found: Mapping[str, Any]) -> str:
    """The path of the error, such as `opts.5.discount`; empty for the whole value."""
    return ".".join(str(part) for part in found["loc"] if part != "[key]")
