"""Finds card numbers in text: digits in a brand's range and length that pass the Luhn check (reference order-systems 4.7).

The time it takes grows with the text's length and no faster, whatever somebody sends.
"""

import re
from itertools import accumulate

_RUN = re.compile(r"\+?\d(?:[ \-.]?\d)+")  # digits with at most one separator between any two
# Both with at least one letter, which is looked for within their length only.
_UUID = re.compile(r"(?i)\b(?=[\d-]{0,35}[a-f])[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}\b")
_DIGEST = re.compile(r"(?i)\b(?=\d{0,63}[a-f])[\da-f]{64}\b")  # SHA-256: long enough for a number by chance
_GROUP = re.compile(r"\d+")
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
_DOUBLED = (0, 2, 4, 6, 8, 1, 3, 5, 7, 9)


def has_card_number(text: str) -> bool:
    """Whether some groups of digits that stand side by side make a card number."""
    text = _DIGEST.sub(" ", _UUID.sub(" ", text))
    return any(len(run) >= _SHORTEST and _holds_card_number(run) for run in map(re.Match.group, _RUN.finditer(text)))


def _holds_card_number(run: str) -> bool:
    """Neighbouring groups of digits written as one, as long as a card number can be."""
    groups = _GROUP.findall(run)
    digits = "".join(groups)
    bounds = list(accumulate(map(len, groups), initial=0))
    sums = _luhn_sums(digits)
    for first, start in enumerate(bounds):
        for last in range(first + 1, len(bounds)):
            end = bounds[last]
            if end - start > _LONGEST:
                break
            if end - start < _SHORTEST or (start == 0 and run[0] == "+" and end <= _E164_DIGITS):
                continue  # the second is a telephone number in international form
            if _passes_luhn(sums, start, end) and _BRANDS.fullmatch(digits, start, end):
                return True
    return False


def _luhn_sums(digits: str) -> tuple[list[int], list[int]]:
    """Sums from the beginning: one doubles the digits at even places, the other those at odd ones."""
    plain = list(map(int, digits))
    even = [_DOUBLED[digit] if place % 2 == 0 else digit for place, digit in enumerate(plain)]
    odd = [_DOUBLED[digit] if place % 2 else digit for place, digit in enumerate(plain)]
    return list(accumulate(even, initial=0)), list(accumulate(odd, initial=0))


def _passes_luhn(sums: tuple[list[int], list[int]], start: int, end: int) -> bool:
    """https://en.wikipedia.org/wiki/Luhn_algorithm: every second digit is doubled, from the last but one on."""
    doubled = sums[end % 2]
    return (doubled[end] - doubled[start]) % 10 == 0
