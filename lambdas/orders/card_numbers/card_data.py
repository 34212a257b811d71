"""Finds card numbers and card codes anywhere in what was sent, so that every door can refuse it before it is logged or kept.

By what a field is for: fields that are meant for them, by their names; telephone numbers, which are judged as such; everything
else by what it says (card_numbers.py). At most four digits in a field for a card's number are its last four, no card data.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import chain
from typing import Any

from lambdas.orders.card_numbers.digits import digits_in, folded
from lambdas.orders.card_numbers.numbers import has_card_number
from lambdas.orders.contact.telephone import is_telephone
from lambdas.orders.model.info import walk

_CARD = r"(?:cc|(?:(?:credit|debit)_?)?card)"
_BEFORE, _BEHIND = r"(?:^|[._\-\[ ])", r"\]?$"
_CODE_KEY = re.compile(
    rf"(?i){_BEFORE}(?:{_CARD}_?)?(?:cvv2?|cvc2?|cvn2?|cid_code)(?:_?(?:code|number|num|value))?{_BEHIND}"
    rf"|(?<!gift_){_BEFORE}(?<!gift_){_CARD}_?(?:code|cid|csc|security_?code|verification(?:_?(?:code|number|value))?){_BEHIND}"
)
_NUMBER_KEY = re.compile(rf"(?i){_BEFORE}(?:{_CARD}_?(?:num(?:ber)?|no|nr)|pan){_BEHIND}")
_PART_KEY = re.compile(rf"(?i){_BEFORE}{_CARD}(?:_?(?:num(?:ber)?|no|nr|part))?_?([0-9]{{1,2}}|[a-d]){_BEHIND}")
_TELEPHONE_KEY = re.compile(rf"(?i){_BEFORE}(?:tele)?(?:phone|fax|mobile|cell)(?:_?(?:no|num(?:ber)?|[0-9]))?{_BEHIND}")
_LAST_FOUR = 4
_LONGEST_NAME = 60


@dataclass(frozen=True)
class CardData:
    """`path`: path of the value. `in_name`: it was found in a name, which is not repeated."""

    path: str
    in_name: bool = False


def card_data_in(tree: Any) -> CardData | None:
    """The first card number or card code in a tree of maps and lists."""
    telephones: set[str] = set()
    for path, value, _depth in chain([("", tree, 0)], walk(tree)):
        if has_card_number(path):
            return CardData("", in_name=True)
        if isinstance(value, Mapping):
            telephones |= set(_telephones(path, value))
        if isinstance(value, Mapping | list | tuple):
            if _holds_parts(path, value):
                return CardData(path)
            continue
        if path not in telephones and _is_card_data(path, _text(value)):
            return CardData(path)
    return None


def _is_card_data(path: str, text: str) -> bool:
    if not text:
        return False
    name = _name(path)
    if _CODE_KEY.search(name):
        return True
    return (_NUMBER_KEY.search(name) is not None and len(digits_in(text)) > _LAST_FOUR) or has_card_number(text)


def _telephones(path: str, fields: Mapping[str, Any]) -> Iterator[str]:
    """The paths of telephone numbers that would pass for a card's; the country beside them says how they are dialled."""
    for key, value in fields.items():
        passes = _TELEPHONE_KEY.search(_name(str(key))) is not None and has_card_number(text := _text(value))
        if passes and is_telephone(folded(text), _text(fields.get("country"))):
            yield f"{path}.{key}" if path else str(key)


def _holds_parts(path: str, fields: Mapping[str, Any] | list[Any] | tuple[Any, ...]) -> bool:
    """Whether fields such as `card1` to `card4`, or a list in a field for a card's number, make one together."""
    if not isinstance(fields, Mapping):
        return _NUMBER_KEY.search(_name(path)) is not None and has_card_number(" ".join(map(_text, fields)))
    parts = [
        (found[1].zfill(2), value) for key, value in fields.items() if (found := _PART_KEY.search(_name(str(key))))
    ]
    in_turn = sorted(parts, key=lambda part: part[0])
    return len(parts) > 1 and has_card_number(" ".join(_text(value) for _, value in in_turn))


def _name(path: str) -> str:
    """The end of it, which says what a value is."""
    return folded(path[-_LONGEST_NAME:])


def _text(value: Any) -> str:
    return "" if isinstance(value, Mapping | list | tuple | bool | None) else str(value).strip()
