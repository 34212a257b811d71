"""The parameter that names many orders."""

from collections.abc import Mapping
from typing import Annotated, Any

from pydantic import BeforeValidator, Field, WithJsonSchema

from lambdas.bulk.selection import MOST_NUMBERS


def _numbers(value: Any) -> Any:
    """A list, PHP's map of a list, or numbers with commas between them."""
    if isinstance(value, Mapping):
        value = list(value.values())
    if isinstance(value, str):
        value = [part.strip() for part in value.split(",") if part.strip()]
    return [str(each) if isinstance(each, int) else each for each in value] if isinstance(value, list) else value or ()


Numbers = Annotated[
    tuple[Annotated[str, Field(pattern=r"^[0-9]{1,18}$")], ...],
    BeforeValidator(_numbers),
    Field(max_length=MOST_NUMBERS),
    WithJsonSchema(
        {"type": "array", "items": {"type": "string", "pattern": r"^[0-9]{1,18}$"}, "maxItems": MOST_NUMBERS}
    ),
]
