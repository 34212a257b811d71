"""Postal codes: letters, digits, blanks and hyphens, in whatever width they are typed. No country's own rule is asked: nothing
here depends on it, and they change."""

import re

from lambdas.languages.texts import N_
from lambdas.orders.contact.text import folded, short_line
from lambdas.orders.contact.unfit import UnfitError

_POSTCODE = re.compile(r"[A-Z0-9](?:[ -]?[A-Z0-9]){0,14}")
_POSTAL_MARK = "\u3012"  # Japan's, before the number


def postcode(value: str) -> str:
    """In capitals; empty stays empty. Raises UnfitError."""
    stated = short_line(folded(value)).upper().lstrip(f"{_POSTAL_MARK} ")
    stated = re.sub(r"\s*-\s*", "-", stated)
    if stated and not _POSTCODE.fullmatch(stated):
        raise UnfitError(
            "must be a postal code: letters, digits, blanks and hyphens; leave it empty where addresses have none",
            N_("Enter a postal code with only letters, digits, spaces and hyphens, or leave it empty if you have none"),
        )
    return stated
