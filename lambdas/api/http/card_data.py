"""Refuses card numbers and card codes anywhere in a request, before anything is logged or kept."""

from typing import Any

from lambdas.orders.card_numbers.card_data import card_data_in
from lambdas.orders.errors import CardDataError


def refuse_card_data(tree: Any) -> None:
    """Raises CardDataError naming the field that holds a card number or code."""
    if found := card_data_in(tree):
        raise CardDataError("a parameter's name" if found.in_name else found.path)
