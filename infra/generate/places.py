"""Makes `lambdas/orders/contact/places.json` from pycountry: `python -m infra.generate.places`. A test compares the two."""

import json
import unicodedata
from collections.abc import Iterator
from typing import Any

import pycountry

from lambdas.orders.contact.places import PLACES_FILE, letters_of

# Countries whose postal addresses carry a state or province, and whose ISO 3166-2 list is just those.
# https://www.upu.int/en/Postal-Solutions/Programmes-Services/Addressing-Solutions
_WITH_REGIONS = ("AR", "AU", "BR", "CA", "IN", "JP", "MX", "MY", "US")

# Not in ISO 3166, and in use: Kosovo's code of the banks (SWIFT) and the European Union, and two that the posts reserved (UPU).
# https://www.iso.org/glossary-for-iso-3166.html (user-assigned and exceptionally reserved codes)
_OF_POSTS_AND_BANKS = {"XK": "Kosovo", "AC": "Ascension Island", "TA": "Tristan da Cunha"}

# What the United States' post writes where a state stands, beside ISO 3166-2: https://pe.usps.com/text/pub28/28apb.htm
_OF_THE_US_POST = {
    "AA": "Armed Forces Americas",
    "AE": "Armed Forces Europe, Africa, Canada, Middle East",
    "AP": "Armed Forces Pacific",
    "FM": "Micronesia",
    "MH": "Marshall Islands",
    "PW": "Palau",
}

# What people write, and ISO's names are not.
_EVERYDAY = {
    "UK": "GB", "EL": "GR",  # the European Commission's codes
    "Great Britain": "GB", "Britain": "GB", "England": "GB", "Scotland": "GB", "Wales": "GB", "Northern Ireland": "GB",
    "America": "US", "USA": "US", "Holland": "NL", "Russia": "RU", "Turkey": "TR", "Ivory Coast": "CI", "Cape Verde": "CV",
    "Macedonia": "MK", "Burma": "MM", "Brunei": "BN", "Palestine": "PS", "Vatican": "VA", "Vatican City": "VA", "Macau": "MO",
    "East Timor": "TL", "Swaziland": "SZ", "Congo Kinshasa": "CD", "Democratic Republic of the Congo": "CD", "DR Congo": "CD",
    "Congo Brazzaville": "CG", "Falkland Islands": "FK", "Republic of Ireland": "IE", "Korea": "KR", "Republic of Korea": "KR",
    "Micronesia": "FM", "Saint Martin": "MF", "Virgin Islands": "VI", "US Virgin Islands": "VI", "British Virgin Islands": "VG",
    "Viet Nam": "VN", "Hongkong": "HK", "UAE": "AE",
}  # fmt: skip


def places_json() -> str:
    """The content of the file: names by code, in the order of the names; and codes by whatever else a place is called."""
    countries = {found.alpha_2: getattr(found, "common_name", found.name) for found in pycountry.countries}
    countries = _by_name(countries | _OF_POSTS_AND_BANKS)
    regions = {country: _by_name(dict(_regions(country))) for country in _WITH_REGIONS}
    content = {"countries": countries, "called": dict(sorted(_called(countries))), "regions": regions}
    return json.dumps(content, ensure_ascii=False, indent=1) + "\n"


def _regions(country: str) -> Iterator[tuple[str, str]]:
    for found in pycountry.subdivisions:
        if found.country_code == country:
            yield found.code.removeprefix(f"{country}-"), found.name
    if country == "US":
        yield from _OF_THE_US_POST.items()


def _called(countries: dict[str, str]) -> Iterator[tuple[str, str]]:
    known = {letters_of(name): code for code, name in countries.items()}
    for found in pycountry.countries:
        for name in _names(found):
            known.setdefault(letters_of(name), found.alpha_2)
    yield from ({letters_of(name): code for name, code in _EVERYDAY.items()} | known).items()


def _names(country: Any) -> tuple[str, ...]:
    return (country.alpha_3, country.name, *(getattr(country, kind, "") for kind in ("official_name", "common_name")))


def _by_name(names: dict[str, str]) -> dict[str, str]:
    """Åland stands among the A, as people look for it."""
    return dict(sorted(names.items(), key=lambda pair: unicodedata.normalize("NFKD", pair[1]).casefold()))


if __name__ == "__main__":
    PLACES_FILE.write_text(places_json(), encoding="utf-8")
