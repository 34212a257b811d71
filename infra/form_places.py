"""Makes `lambdas/forms/places.json` from pycountry: `python -m infra.form_places`. A test compares the two."""

import json
import unicodedata
from pathlib import Path

import pycountry

PLACES = Path(__file__).resolve().parents[1] / "lambdas" / "forms" / "places.json"

# Countries whose postal addresses carry a state or province, and whose ISO 3166-2 list is just those.
# https://www.upu.int/en/Postal-Solutions/Programmes-Services/Addressing-Solutions
_WITH_REGIONS = ("AR", "AU", "BR", "CA", "IN", "JP", "MX", "MY", "US")


def places_json() -> str:
    """The content of the file: names by code, in the order of the names."""
    countries = {found.alpha_2: getattr(found, "common_name", found.name) for found in pycountry.countries}
    regions = {
        country: _by_name(
            {
                found.code.removeprefix(f"{country}-"): found.name
                for found in pycountry.subdivisions
                if found.country_code == country
            }
        )
        for country in _WITH_REGIONS
    }
    return json.dumps({"countries": _by_name(countries), "regions": regions}, ensure_ascii=False, indent=1) + "\n"


def _by_name(names: dict[str, str]) -> dict[str, str]:
    """Åland stands among the A, as people look for it."""
    return dict(sorted(names.items(), key=lambda pair: unicodedata.normalize("NFKD", pair[1]).casefold()))


if __name__ == "__main__":
    PLACES.write_text(places_json(), encoding="utf-8")
