"""Converts Python values to DynamoDB items and back.

Source of the number rules: https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/HowItWorks.NamingRulesDataTypes.html
"""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

Item = dict[str, Any]


def to_item(record: Mapping[str, Any]) -> Item:
    """The mapping as a DynamoDB item. Keys with the value None are left out, so that sparse indexes stay sparse."""
    return {key: to_value(value) for key, value in record.items() if value is not None}


def from_item(item: Mapping[str, Any]) -> dict[str, Any]:
    """A DynamoDB item as plain Python: whole numbers become int, others stay Decimal."""
    return {key: from_value(value) for key, value in item.items()}


def to_value(value: Any) -> Item:
    """One attribute value. Raises TypeError for a float, which cannot hold money."""
    match value:
        case None:
            return {"NULL": True}
        case bool():
            return {"BOOL": value}
        case int() | Decimal():
            return {"N": str(value)}
        case str() | bytes():
            return {"S" if isinstance(value, str) else "B": value}
        case Mapping():
            return {"M": {str(key): to_value(inner) for key, inner in value.items()}}
        case list() | tuple():
            return {"L": [to_value(inner) for inner in value]}
    raise TypeError(f"a {type(value).__name__} cannot be stored in DynamoDB")


def value_bytes(value: Mapping[str, Any]) -> int:
    """The bytes that an attribute value takes of its item's size, at most.

    https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/CapacityUnitCalculations.html
    """
    kind, content = next(iter(value.items()))
    match kind:
        case "S":
            return len(content.encode())
        case "B":
            return len(content)
        case "N":
            return min(len(content), 21) + 1
        case "M":
            return 3 + sum(1 + len(key.encode()) + value_bytes(inner) for key, inner in content.items())
        case "L":
            return 3 + sum(1 + value_bytes(inner) for inner in content)
    return 1


def from_value(value: Mapping[str, Any]) -> Any:
    """The plain Python value of one attribute value."""
    kind, content = next(iter(value.items()))
    match kind:
        case "NULL":
            return None
        case "N":
            number = Decimal(content)
            return int(number) if number == number.to_integral_value() else number
        case "M":
            return from_item(content)
        case "L":
            return [from_value(inner) for inner in content]
    return content
