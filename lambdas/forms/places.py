"""Countries, and the regions of those whose addresses carry one; `places.json` is made from pycountry (infra/form_places.py)."""

import json
from functools import cache
from pathlib import Path

PLACES_FILE = Path(__file__).with_name("places.json")


@cache
def _places() -> tuple[dict[str, str], dict[str, dict[str, str]]]:
    read = json.loads(PLACES_FILE.read_text("utf-8"))
    return read["countries"], read["regions"]


def countries() -> dict[str, str]:
    """Names by ISO 3166-1 code, in the order of the names."""
    return _places()[0]


def regions_of(country: str) -> dict[str, str]:
    """Names by the part of the ISO 3166-2 code behind the country; none where addresses carry no region."""
    return _places()[1].get(country, {})
