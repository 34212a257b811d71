"""VAT and tax numbers, judged by `python-stdnum` (https://arthurdejong.org/python-stdnum/) where they change what is charged:
those of the European Union, with their check digits, and British ones. Whether a number was given to this client is not
looked up.
"""

import re

from lambdas.languages.texts import N_
from lambdas.orders.contact.places import countries
from lambdas.orders.contact.text import folded, short_line
from lambdas.orders.contact.unfit import UnfitError

_UNION = (
    "AT", "BE", "BG", "CY", "CZ", "DE", "DK", "EE", "ES", "FI", "FR", "GR", "HR", "HU", "IE", "IT", "LT", "LU", "LV", "MT", "NL",
    "PL", "PT", "RO", "SE", "SI", "SK",
)  # fmt: skip
_WITH_NUMBERS_OF = {"MC": "FR", "IM": "GB"}  # Monaco and the Isle of Man belong to the VAT of another country
_PREFIXES = {country: (country,) for country in (*_UNION, "GB")} | {"GR": ("EL", "GR"), "GB": ("GB", "XI")}
_COUNTRY_OF = {prefix: country for country, prefixes in _PREFIXES.items() for prefix in prefixes}
_SEPARATORS = re.compile(r"[\s.\-/]+")
_LONGEST = 40
_ADVICE = N_("Enter a tax number, or leave it empty if you have none")


def tax_number(value: str, country: str = "") -> str:
    """The number with its country's prefix and without separators, such as `EL094014201`; empty stays empty. Raises UnfitError.

    `country`: the code of the one the address is in. Where that is not known, or its numbers change nothing that is charged,
    the number stays as it is written.
    """
    stated = short_line(folded(value)).upper()
    number = _SEPARATORS.sub("", stated)
    if not number:
        return ""
    if len(stated) > _LONGEST or not any(letter.isdecimal() for letter in number):
        raise UnfitError("must be a tax number; leave it empty if there is none", _ADVICE)
    own = _WITH_NUMBERS_OF.get(country, country)
    if own in _PREFIXES and (found := _of_country(number, own)):
        return found
    elsewhere = _COUNTRY_OF.get(number[:2])
    found = _valid(number, elsewhere) if elsewhere else ""
    if country and found and elsewhere:
        here = countries().get(country, country)
        text = f"is a number of {countries()[elsewhere]}, and the address is in {here}: write the one of there, or leave it empty"
        advice = N_("Enter the VAT number that you have in {country}, the country of your address, or leave it empty")
        raise UnfitError(text, advice, country=country)
    if own in _PREFIXES:
        prefix, name = _PREFIXES[own][0], countries()[own]
        text = f"is no VAT number of {name}: write it with its country, such as {prefix}…, or leave it empty"
        advice = N_("Enter a VAT number of {country} in the correct format, beginning with {prefix}, or leave it empty")
        raise UnfitError(text, advice, country=own, prefix=prefix)
    return found or stated


def _of_country(number: str, country: str) -> str:
    """The number, which may leave its prefix out; empty if the country has none such."""
    if number.startswith(_PREFIXES[country]) and (found := _valid(number, country)):
        return found
    return _valid(f"{_PREFIXES[country][0]}{number}", country)


def _valid(number: str, country: str) -> str:
    from stdnum.eu import vat
    from stdnum.exceptions import ValidationError
    from stdnum.gb import vat as british

    prefix = "XI" if number.startswith("XI") else _PREFIXES[country][0]
    try:
        bare = british.validate(number[2:]) if country == "GB" else vat.validate(f"{prefix}{number[2:]}")
    except ValidationError:
        return ""
    return bare if bare.startswith(prefix) else f"{prefix}{bare}"
