"""Makes `lambdas/languages/<tag>/formats.json` from CLDR, as the package Babel carries it. A test compares the two.

No function ships Babel: its data are 30 MB, and importing it takes longer than a whole start of a function.
"""

import json
import re
import unicodedata
from typing import Any

from babel import Locale

from lambdas.orders.contact.places import countries
from lambdas.orders.model.currencies import DIGITS

_DAY_OF = {"en": "d MMMM y"}  # where CLDR's own is read in two ways across the world
_OWN_COUNTRIES = ("en",)  # whose names are those of lambdas/orders/contact/places.json


def formats_json(tag: str) -> str:
    """The content of the file of a language."""
    return json.dumps(_formats(Locale.parse(tag, sep="-")), ensure_ascii=False, indent=1) + "\n"


def _formats(locale: Locale) -> dict[str, Any]:
    money, symbols = locale.currency_formats["standard"], locale.number_symbols["latn"]
    if money.grouping != (3, 3):
        raise ValueError(f"{locale}: groups digits by {money.grouping}, which lambdas/languages/formats.py cannot do")
    positive, negative = zip(money.prefix, money.suffix, strict=True)
    minus = symbols["minusSign"].replace("-", "\u2212")
    return {
        "direction": locale.text_direction,
        "name": str(locale.get_display_name()).capitalize(),
        "decimal": symbols["decimal"],
        "group": symbols["group"],
        "positive": positive,
        "negative": [part.replace("-", minus) for part in negative],
        "signs": {code: sign for code in DIGITS if (sign := locale.currency_symbols.get(code, code)) != code},
        "day": _day(_DAY_OF.get(str(locale)) or locale.date_formats["long"].pattern),
        "months": [locale.months["format"]["wide"][month] for month in range(1, 13)],
        "lists": dict(locale.list_patterns["standard"]),
        "countries": {} if str(locale) in _OWN_COUNTRIES else _countries(locale),
    }


def _day(pattern: str) -> str:
    """A pattern of CLDR as one of Python's: `d. MMMM y` is `{day}. {month} {year}`."""
    named = {"d": "{day}", "dd": "{day:02}", "MMMM": "{month}", "y": "{year}"}
    return re.sub(r"'([^']*)'|([dMy]+)", lambda found: named[found[2]] if found[2] else found[1], pattern)


def _countries(locale: Locale) -> dict[str, str]:
    """By code, in the order of the names."""
    names = {code: str(locale.territories.get(code, name)) for code, name in countries().items()}
    return dict(sorted(names.items(), key=lambda pair: unicodedata.normalize("NFKD", pair[1]).casefold()))
