"""How single values are written in API 2.0 (reference/ubersmith.md 4.4)."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any


def as_text(value: Any) -> Any:
    """Flags as `0` and `1`, numbers as text. A map that is empty or numbered from 0 is a list, as in PHP's json_encode."""
    match value:
        case bool():
            return "1" if value else "0"
        case int() | Decimal():
            return str(value)
        case Mapping():
            numbers = [str(number) for number in range(len(value))]
            if value.keys() == set(numbers):  # in whatever order it was kept
                return [as_text(value[number]) for number in numbers]
            return {key: as_text(inner) for key, inner in value.items()}
        case list() | tuple():
            return [as_text(inner) for inner in value]
    return value


def true(found: Any) -> bool:
    """Plain success."""
    return True
