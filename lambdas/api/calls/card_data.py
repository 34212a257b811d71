"""Finds card numbers and card codes anywhere in a request, so that it can be refused before anything is logged or kept.

By key: fields that are meant to hold them. By value: see orders/card_data.py. A number in `cc_num` of at most four digits is
the last four, which are no card data.
"""

import re
from typing import Any

from lambdas.api.errors import CardDataError
from lambdas.orders.card_data import has_card_number
from lambdas.orders.info import walk

__all__ = ["has_card_number", "refuse_card_data"]

_CODE_KEYS = re.compile(r"(?i)(^|[._\-\[])(cc_?)?(cvv2?|cvc2?|cvn|cid_code|cvv2?_code|card_?(code|cvv2?|cvc))\]?$")
_NUMBER_KEYS = re.compile(r"(?i)(^|[._\-\[])(cc_?num(ber)?|card_?num(ber)?|pan|cc_?no|card_?no)\]?$")


def refuse_card_data(tree: Any) -> None:
    """Raise CardDataError naming the field that holds a card number or code."""
    for path, value, _depth in walk(tree):
        if has_card_number(path):
            raise CardDataError("a parameter's name")
        text = "" if isinstance(value, dict | list | tuple | bool | None) else str(value).strip()
        if text and _CODE_KEYS.search(path):
            raise CardDataError(path)
        if _NUMBER_KEYS.search(path) and len(re.sub(r"\D", "", text)) > 4:
            raise CardDataError(path)
        if has_card_number(text):
            raise CardDataError(path)
