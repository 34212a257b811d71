"""The currencies that a stage may charge in: those of ISO 4217 whose smallest unit is a tenth, a hundredth, and so on."""

from collections.abc import Iterator
from pathlib import Path

from pydantic import ValidationError

from lambdas.catalog.plan import load_plans
from lambdas.orders.model.currencies import DIGITS

# ISO 4217 gives them two digits, but their smallest unit is a fifth.
_IN_FIFTHS = frozenset({"MGA", "MRU"})


def known_currency(currency: str) -> str:
    """The currency. Raises ValueError if its amounts cannot be counted in decimal digits."""
    if currency not in DIGITS:
        raise ValueError("is no currency of ISO 4217 that something can be charged in; name one such as EUR")
    if currency in _IN_FIFTHS:
        raise ValueError("is counted in fifths, which no amount here can say; choose a currency with decimal digits")
    return currency


def mispriced(plans: Path, shown: str, currency: str) -> Iterator[str]:
    """Problems of plans whose amounts the currency of their stage has not. `shown`: the file's name for people."""
    try:
        load_plans(plans, currency)
    except (FileNotFoundError, KeyError):
        return  # `make compile` reads them first, and names what is missing
    except ValidationError as error:
        for found in error.errors(include_url=False, include_input=False):
            if f"in {currency}" in found["msg"]:
                place = ".".join(map(str, found["loc"]))
                yield f"{shown} has {place}: {found['msg']}; correct it, or give the plan a currency of its own"
