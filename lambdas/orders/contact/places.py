"""Countries, and the states and provinces of those whose addresses carry one.

`places.json` is made from pycountry, which keeps Debian's lists of ISO 3166, and from what posts and banks use beside it
(infra/generate/places.py).
"""

import json
import unicodedata
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

from lambdas.languages.texts import N_
from lambdas.orders.contact.text import folded, short_line
from lambdas.orders.contact.unfit import UnfitError

PLACES_FILE = Path(__file__).with_name("places.json")
_ONLY_OF_THE_LIST = ("AU", "CA", "US")  # whose posts, banks and taxes know no others, however they are written


@cache
def _places() -> Mapping[str, Any]:
    read: dict[str, Any] = json.loads(PLACES_FILE.read_text("utf-8"))
    return read


def countries() -> Mapping[str, str]:
    """Names by ISO 3166-1 code, in the order of the names."""
    found: dict[str, str] = _places()["countries"]
    return found


def regions_of(country: str) -> Mapping[str, str]:
    """Names by the part of the ISO 3166-2 code behind the country; none where addresses carry no region."""
    found: dict[str, str] = _places()["regions"].get(country, {})
    return found


def country(value: str) -> str:
    """The country's code, from a code or an English name; empty stays empty. Raises UnfitError."""
    stated = short_line(folded(value))
    code = country_code(stated)
    if stated and not code:
        raise UnfitError(
            "must be a country: its ISO 3166-1 code, such as GB, or its English name",
            N_("Select a country from the list"),
        )
    return code


def country_code(value: str) -> str:
    """The code of a country, from a code or an English name; empty if there is none such."""
    code = value.strip().upper()
    if code in countries():
        return code
    return str(_places()["called"].get(letters_of(code), "")) if code else ""


def region(value: str, country: str) -> str:
    """The code of a state or province if addresses of the country have one, else the text as given. Raises UnfitError."""
    stated = short_line(value)
    if not stated or not (regions := regions_of(country)):
        return stated
    if code := region_code(stated, country):
        return code
    if country in _ONLY_OF_THE_LIST:
        raise UnfitError(
            f"must be a state, province or territory of {countries()[country]}, such as {next(iter(regions))}",
            N_("Select a state, province or territory of {country}"),
            country=country,
        )
    return stated


def region_code(value: str, country: str) -> str:
    """The code of a state or province, from a code or a name; empty if the country has none such, or no list of them."""
    regions = regions_of(country)
    code = folded(value).strip().upper().removeprefix(f"{country}-")
    if code in regions:
        return code
    return _regions_by_letters(country).get(letters_of(value), "")


@cache
def _regions_by_letters(country: str) -> Mapping[str, str]:
    return {letters_of(name): code for code, name in regions_of(country).items()}


def letters_of(name: str) -> str:
    """Letters alone, without their marks: as names are compared."""
    plain = "".join(letter for letter in unicodedata.normalize("NFKD", name).casefold() if letter.isalnum())
    return plain.removeprefix("the")
