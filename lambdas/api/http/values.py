"""How single values are written for new callers."""

from datetime import UTC, datetime
from decimal import Decimal


def iso(seconds: int | None) -> str | None:
    """Unix seconds as ISO 8601 in UTC."""
    return None if seconds is None else datetime.fromtimestamp(seconds, UTC).isoformat().replace("+00:00", "Z")


def as_json(value: object) -> object:
    """For `json.dumps(default=...)`: decimals of `info` keep their digits."""
    if isinstance(value, Decimal):
        return int(value) if value == value.to_integral_value() else float(value)
    raise TypeError(f"cannot answer with a {type(value).__name__}")
