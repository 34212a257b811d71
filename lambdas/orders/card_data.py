"""Finds card numbers in text: digits in a brand's range and length that pass the Luhn check (reference order-systems 4.7)."""

import re
from collections.abc import Iterator

_RUN = re.compile(r"\+?\d(?:[ \-.]?\d)+")  # digits with at most one separator between any two
_UUID = re.compile(r"(?i)\b(?=[\d-]*[a-f])[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}\b")  # with at least one letter
_DIGEST = re.compile(r"(?i)\b(?=\d*[a-f])[\da-f]{64}\b")  # SHA-256, of a signed document: long enough for a number by chance
_GROUP = re.compile(r"\+?\d+")
_SHORTEST, _LONGEST = 12, 19
_BRANDS = re.compile(
    r"4\d{12}(\d{3}){0,2}"  # Visa 13, 16, 19
    r"|5[1-5]\d{14}|2(22[1-9]|2[3-9]\d|[3-6]\d\d|7[01]\d|720)\d{12}"  # Mastercard
    r"|3[47]\d{13}"  # American Express
    r"|6(011|4[4-9]\d|5\d\d)\d{12,15}"  # Discover
    r"|35(2[89]|[3-8]\d)\d{12,15}"  # JCB
    r"|3(0[0-5]|[689]\d)\d{11,16}"  # Diners Club
    r"|62\d{14,17}"  # UnionPay
    r"|(5018|5020|5038|5893|6304|6759|676[1-3])\d{8,15}"  # Maestro
)
_E164_DIGITS = 15


def has_card_number(text: str) -> bool:
    """Whether some groups of digits that stand side by side make a card number."""
    text = _DIGEST.sub(" ", _UUID.sub(" ", text))
    return any(_is_card_number(found) for run in _RUN.finditer(text) for found in _joined(_GROUP.findall(run.group())))


def _joined(groups: list[str]) -> Iterator[str]:
    """Neighbouring groups of digits written as one, as long as a card number can be."""
    for first in range(len(groups)):
        digits = ""
        for group in groups[first:]:
            digits += group
            if len(digits) > _LONGEST + 1:
                break
            if len(digits) >= _SHORTEST:
                yield digits


def _is_card_number(found: str) -> bool:
    digits = found.removeprefix("+")
    if found.startswith("+") and len(digits) <= _E164_DIGITS:
        return False  # a telephone number in international form
    return _BRANDS.fullmatch(digits) is not None and _passes_luhn(digits)


def _passes_luhn(digits: str) -> bool:
    """https://en.wikipedia.org/wiki/Luhn_algorithm"""
    doubled = (int(digit) * (2 if place % 2 else 1) for place, digit in enumerate(reversed(digits)))
    return sum(number - 9 if number > 9 else number for number in doubled) % 10 == 0
