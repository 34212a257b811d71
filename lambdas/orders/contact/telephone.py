"""Telephone numbers, judged by Google's libphonenumber (https://github.com/google/libphonenumber).

It is loaded when a number asks for it: that takes as long as a twentieth of a function's start.
"""

import re
from functools import cache
from typing import TYPE_CHECKING

from lambdas.languages.texts import N_
from lambdas.orders.contact.text import folded, short_line
from lambdas.orders.contact.unfit import UnfitError

if TYPE_CHECKING:
    from phonenumbers import PhoneNumber

_LONGEST_NATIONAL = 12  # digits behind the country's code; longer ones are possible in some plans, and nobody has one
_EXTENSION = re.compile(r"(?i)(?:extension|extn?\.?|ext=|x|#)[\s:.=]*([0-9]{1,6})$")
_AS_WRITTEN = re.compile(r"[0-9 ()./-]{5,30}")  # where no country says how it is dialled
_EXAMPLE_NUMBER = "+44 20 7946 0018"
_ADVICE = N_("Enter a phone number in the correct format, like {example}")
_WHOLE_ADVICE = N_("Enter the whole phone number, with its area code, like {example}")
_EXAMPLE = "must be a telephone number such as +44 20 7946 0018, with ext. 89 if it has an extension"


def telephone(value: str, country: str = "") -> str:
    """A number as it is dialled from anywhere, such as `+44 20 7946 0018 ext. 89`; empty stays empty. Raises UnfitError.

    `country`: the code of the one it is dialled in, if it comes without its country's. Where that is not known either, the
    number stays as it is written.
    """
    stated = short_line(folded(value)).removeprefix("tel:")
    if not stated:
        return ""
    main, extension = _parts(stated)
    if main.startswith("00"):
        main = f"+{main[2:]}"
    if not (main.startswith("+") or country):
        return _as_written(main, extension)
    found = _dialled(main, country)
    if found is None:
        raise UnfitError(_EXAMPLE, _ADVICE, example=_EXAMPLE_NUMBER)
    from phonenumbers import PhoneNumberFormat, ValidationResult, format_number, is_possible_number_with_reason

    if is_possible_number_with_reason(found) != ValidationResult.IS_POSSIBLE:
        raise UnfitError(f"{_EXAMPLE}; write all of it, area code included", _WHOLE_ADVICE, example=_EXAMPLE_NUMBER)
    return _with_extension(format_number(found, PhoneNumberFormat.INTERNATIONAL), extension)


@cache
def example_of(country: str) -> str:
    """A number as people of the country have it, with its country's code; a British one where none is known."""
    from phonenumbers import PhoneNumberFormat, PhoneNumberType, example_number, example_number_for_type, format_number

    found = example_number_for_type(country, PhoneNumberType.MOBILE) or example_number(country) if country else None
    return format_number(found, PhoneNumberFormat.INTERNATIONAL) if found else _EXAMPLE_NUMBER


def is_telephone(text: str, country: str = "") -> bool:
    """Whether digits that could be a card's are a telephone number in service: written with its country's code, or as it is
    dialled in `country` (ISO 3166-1), with the `0` before it. Where the country is not known, a short one is taken. What is
    called an extension counts for nothing."""
    digits = re.sub(r"\D", "", _parts(text)[0])
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


def _dialled(main: str, country: str) -> "PhoneNumber | None":
    """The number as it is dialled in the country; as one with its country's code and no `+`, where it is no other."""
    found = _parsed(main, country)
    if main.startswith("+"):
        return found
    from phonenumbers import country_code_for_region, is_valid_number, ndd_prefix_for_region

    abroad = _parsed(f"+{main}")
    if abroad is None or not is_valid_number(abroad):
        return found
    prefix = ndd_prefix_for_region(country, True)  # such as the 0 that German numbers are dialled with
    own = prefix and not main.startswith(prefix) and abroad.country_code == country_code_for_region(country)
    return abroad if own or found is None or not is_valid_number(found) else found


def _parts(text: str) -> tuple[str, str]:
    """A number, and its extension."""
    found = _EXTENSION.search(text)
    return (text[: found.start()].strip(" ,;"), found[1]) if found else (text.strip(), "")


def _with_extension(number: str, extension: str) -> str:
    return f"{number} ext. {extension}" if extension else number


def _as_written(main: str, extension: str) -> str:
    digits = sum(letter.isdecimal() for letter in main)
    if not (_AS_WRITTEN.fullmatch(main) and 5 <= digits <= 15):
        raise UnfitError(_EXAMPLE, _ADVICE, example=_EXAMPLE_NUMBER)
    return _with_extension(main, extension)


def _parsed(text: str, country: str = "") -> "PhoneNumber | None":
    from phonenumbers import NumberParseException, parse

    try:
        return parse(text, country or None)
    except NumberParseException:
        return None
