"""Finds card numbers in text, however they are written: digits in a brand's range and length that pass the Luhn check.

Digits are read in every script (digits.py). Between any two, up to three characters may stand that are neither letter nor digit.
Ordinary numbers are left alone: telephone numbers that begin with `+`, IBANs, UUIDs, digests, dates, and IP addresses.

The time it takes grows with the text's length and no faster, whatever somebody sends.
"""

import re
from bisect import bisect_left
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import accumulate

from lambdas.orders.card_numbers.digits import GROUP, folded, spellings

SHORTEST, LONGEST = 12, 19
_LONGEST_JOINT = 3
_BESIDE = 12  # digits that may stand beside a number: its expiry and code, a date
_SHORT_TEXT = 1_000  # in longer ones, such as logs and tables, only numbers grouped as on a card are looked for
_LARGEST_GROUP, _FEW = 6, 5
_IN_LISTS = frozenset((",", ";", "|", "\t", ", ", "; "))
_E164_DIGITS, _SHORTEST_TELEPHONE = 15, 7
_ENOUGH_DIGITS = re.compile(rf"\A(?:[^0-9]*+[0-9]){{{SHORTEST}}}")
_ESCAPES = frozenset("%&")
_BRANDS = re.compile(
    r"4\d{12}(\d{3}){0,2}"  # Visa 13, 16, 19
    r"|5[1-5]\d{14}|2(22[1-9]|2[3-9]\d|[3-6]\d\d|7[01]\d|720)\d{12}"  # Mastercard
    r"|3[47]\d{13}"  # American Express
    r"|6(011|4[4-9]\d|5\d\d)\d{12,15}"  # Discover
    r"|35(2[89]|[3-8]\d)\d{12,15}"  # JCB
    r"|3(0[0-5]|[689]\d)\d{11,16}"  # Diners Club
    r"|(62|81)\d{14,17}"  # UnionPay
    r"|(5018|5020|5038|5893|6304|6759|676[1-3])\d{8,15}|(50|5[6-9]|6\d)\d{14,17}"  # Maestro; and RuPay, Elo, Verve, Hipercard
    r"|220[0-5]\d{12,15}|(8600|9792|9860)\d{12}"  # Mir and BORICA; Uzcard, Troy, Humo
)
_AS_PRINTED = ((4, 6, 5), (4, 6, 4))  # American Express, Diners Club
_DOUBLED = (0, 2, 4, 6, 8, 1, 3, 5, 7, 9)

# Numbers that are something else. Each begins and ends where no further digit is joined to it, and takes bounded work.
_OTHERS = re.compile(
    r"\b(?=[\d-]{0,35}[a-f])[\da-f]{8}(?:-[\da-f]{4}){3}-[\da-f]{12}\b"  # UUID
    r"|\b(?=\d{0,63}[a-f])(?:[\da-f]{64}|[\da-f]{40}|[\da-f]{32})\b"  # SHA-256, SHA-1, MD5
    r"|(?<![\d.-])(?:19|20)\d\d-[01]\d-[0-3]\d(?![\d-])(?:[T ]{1,2}[0-2]\d:[0-5]\d(?::[0-5]\d(?:[.,]\d{1,9})?)?)?"  # ISO 8601
    r"|(?<![\d.-])[0-3]?\d([./-])[0-3]?\d\1(?:19|20)\d\d(?![\d-]|\.\d)(?:,? {1,2}[0-2]?\d:[0-5]\d(?::[0-5]\d)?)?"  # a date
    r"|(?<![\d.])(?:(?:25[0-5]|2[0-4]\d|1?\d?\d)\.){3}(?:25[0-5]|2[0-4]\d|1?\d?\d)(?!\.?\d)(?::\d{1,5}\b)?",  # IPv4, with a port
    re.IGNORECASE | re.ASCII,
)
_IBAN = re.compile(r"\b[A-Z]{2}\d\d(?: ?[A-Z\d]{4}){2,7}(?: ?[A-Z\d]{1,3})?\b", re.IGNORECASE | re.ASCII)


def has_card_number(text: str) -> bool:
    """Whether groups of digits that stand side by side make a card number."""
    if len(text) < SHORTEST:
        return False
    if text.isascii() and _ESCAPES.isdisjoint(text) and not _ENOUGH_DIGITS.match(text):
        return False  # as most texts are
    return any(_found(folded(spelling)) for spelling in spellings(text))


def _found(text: str) -> bool:
    odd = len(text) <= _SHORT_TEXT
    if not any(chain.holds_a_number(odd=odd) for chain in _chains(text)):
        return False
    plain = _IBAN.sub(lambda found: "x" if _is_iban(found[0]) else found[0], _OTHERS.sub("x", text))
    return any(chain.holds_a_number(odd=odd) for chain in _chains(plain))


@dataclass(frozen=True)
class _Chain:
    """Groups of digits, side by side. `bounds`: where each begins and ends, in `digits`. `joints`: what stands before each."""

    digits: str
    bounds: list[int]
    joints: list[str]

    def holds_a_number(self, *, odd: bool) -> bool:
        """`odd`: in whatever groups; else grouped as on a card only."""
        if len(self.digits) < SHORTEST:
            return False
        sums = _luhn_sums(self.digits)
        for first, start in enumerate(self.bounds[:-1]):
            last = bisect_left(self.bounds, start + SHORTEST, first)
            while last < len(self.bounds) and (end := self.bounds[last]) <= start + LONGEST:
                passes = _passes_luhn(sums, start, end) and _BRANDS.fullmatch(self.digits, start, end)
                if passes and self._is_meant(first, last, odd=odd):
                    return True
                last += 1
        return False

    def _is_meant(self, first: int, last: int, *, odd: bool) -> bool:
        """Whether the groups from `first` to before `last` are read as one number: of a long row of numbers, some pass by chance.

        What is grouped as on a card is, unless it is a part of a list. Odd groups are where little stands beside them.
        """
        length = self.bounds[last] - self.bounds[first]
        if _begins_telephone(self.joints[first]) and length <= _E164_DIGITS:
            return False
        beside, inner = len(self.digits) - length, set(self.joints[first + 1 : last])
        if _is_as_on_a_card([self.bounds[at + 1] - self.bounds[at] for at in range(first, last)]):
            around = {self.joints[first] if first else "", *self.joints[last : last + 1]}
            is_in_list = beside > _BESIDE and len(inner) == 1 and inner <= _IN_LISTS and inner <= around
            return (
                not is_in_list and not self._are_telephones(first, last) and not self._crosses_telephones(first, last)
            )
        if not odd or (last - first <= _FEW and any("," in joint or ";" in joint for joint in inner)):
            return False  # some numbers one after another, such as coordinates
        if any(map(_begins_telephone, inner)) and any(map(_begins_telephone, self.joints[: first + 1])):
            return False
        is_in_row = inner <= _IN_LISTS and len(self.bounds) - 1 - (last - first) > _FEW  # of a table
        return not is_in_row and beside <= (_BESIDE if len(inner) == 1 else 0)

    def _are_telephones(self, first: int, last: int) -> bool:
        """Whether the groups are several telephone numbers, each with its `+` and as long as one is."""
        begins = [at for at in range(first, last) if _begins_telephone(self.joints[at])]
        if len(begins) < 2 or begins[0] != first:
            return False
        ends = [*begins[1:], last]
        lengths = [self.bounds[end] - self.bounds[begin] for begin, end in zip(begins, ends, strict=True)]
        # The last one may continue behind the part that is searched.
        return all(_SHORTEST_TELEPHONE <= length <= _E164_DIGITS for length in lengths[:-1])

    def _crosses_telephones(self, first: int, last: int) -> bool:
        """Whether the groups begin within a telephone number and reach into the next one of a list."""
        begins = [at for at in range(len(self.joints)) if _begins_telephone(self.joints[at])]
        before, inner = [at for at in begins if at < first], [at for at in begins if first < at < last]
        if not before or not inner or first in begins or _SEPARATORS.isdisjoint(self.joints[inner[0]]):
            return False
        end = next((at for at in begins if at > inner[0]), len(self.joints))
        numbers = (self.bounds[inner[0]] - self.bounds[before[-1]], self.bounds[end] - self.bounds[inner[0]])
        return all(_SHORTEST_TELEPHONE <= length <= _E164_DIGITS for length in numbers)


def _is_as_on_a_card(sizes: list[int]) -> bool:
    """All in one group, or in short ones of one size, but for the last."""
    alike = len(set(sizes[:-1])) <= 1 and sizes[-1] <= sizes[0]
    return len(sizes) == 1 or tuple(sizes) in _AS_PRINTED or (alike and sizes[0] <= _LARGEST_GROUP)


_SEPARATORS = frozenset(",;\n")


def _begins_telephone(joint: str) -> bool:
    """A `+` alone joins, as in an address; behind anything else it begins a telephone number."""
    return "+" in joint[-2:] and len(joint) > 1


def _chains(text: str) -> Iterator[_Chain]:
    digits: list[str] = []
    joints: list[str] = []
    end = 0
    for group in GROUP.finditer(text):
        joint = text[max(end, group.start() - _LONGEST_JOINT - 1) : group.start()]
        if digits and (len(joint) > _LONGEST_JOINT or any(map(str.isalnum, joint))):
            yield _chain(digits, joints)
            digits, joints = [], []
        joints.append(joint if digits else f" {joint}")
        digits.append(group[0])
        end = group.end()
    yield _chain(digits, joints)


def _chain(groups: list[str], joints: list[str]) -> _Chain:
    return _Chain("".join(groups), list(accumulate(map(len, groups), initial=0)), joints)


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


def _is_iban(text: str) -> bool:
    """ISO 13616: letters count from 10 on, and the first four characters come last."""
    plain = text.replace(" ", "").upper()
    return int("".join(str(int(letter, 36)) for letter in plain[4:] + plain[:4])) % 97 == 1
