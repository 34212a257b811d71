"""Telephone numbers, judged by Google's libphonenumber (https://github.com/google/libphonenumber).

It is loaded when a number asks for it: that takes as long as a twentieth of a function's start.
"""

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from phonenumbers import PhoneNumber

_LONGEST_NATIONAL = 12  # digits behind the country's code; longer ones are possible in some plans, and nobody has one


def is_telephone(text: str, country: str = "") -> bool:
    """Whether digits that could be a card's are a telephone number in service: written with its country's code, or as it is
    dialled in `country` (ISO 3166-1), with the `0` before it. Where the country is not known, a short one is taken."""
    digits = re.sub(r"\D", "", text)
    if digits.startswith("00"):
        found = _parsed(f"+{digits[2:]}")
    elif digits.startswith("0") and not country:
        return len(digits) <= _LONGEST_NATIONAL
    elif digits.startswith("0"):
        found = _parsed(digits, country.upper())
    else:
        found = _parsed(f"+{digits}")
    if found is None:
        return False
    from phonenumbers import is_valid_number

    return is_valid_number(found) and len(str(found.national_number)) <= _LONGEST_NATIONAL


def _parsed(text: str, country: str = "") -> "PhoneNumber | None":
    from phonenumbers import NumberParseException, parse

    try:
        return parse(text, country or None)
    except NumberParseException:
        return None
