"""Formats of addresses by country: their parts, and what a postal code looks like.

`address_formats.json` is made from Google's libaddressinput (infra/generate/address_formats.py).
"""

import json
import re
from collections.abc import Mapping
from functools import cache
from pathlib import Path

from lambdas.languages.texts import N_
from lambdas.orders.contact.places import countries, country_code
from lambdas.orders.contact.unfit import UnfitError

FORMATS_FILE = Path(__file__).with_name("address_formats.json")
_ADVICE = {
    "zip": N_("Enter a ZIP code in the correct format, like {example}"),
    "pin": N_("Enter a PIN code in the correct format, like {example}"),
    "eircode": N_("Enter an Eircode in the correct format, like {example}"),
    "": N_("Enter a postal code in the correct format, like {example}"),
}
_SEPARATORS = re.compile(r"[ -]")


def check_postcode(value: str, country: str) -> None:
    """Raise UnfitError unless the country has such postal codes. Blanks and hyphens may be left out, or be too many."""
    format = formats().get(country_code(country), {})
    pattern = format.get("zip", "")
    if not pattern or re.fullmatch(pattern, value) or re.fullmatch(pattern, _SEPARATORS.sub("", value)):
        return
    advice, example = _ADVICE[format.get("zip_name", "")], format.get("zip_like", "")
    raise UnfitError(f"is no postal code of {countries()[country_code(country)]}", advice, example=example)


@cache
def formats() -> Mapping[str, Mapping[str, str]]:
    """By ISO 3166-1 code."""
    found: dict[str, dict[str, str]] = json.loads(FORMATS_FILE.read_text("utf-8"))
    return found
