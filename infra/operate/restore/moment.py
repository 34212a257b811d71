"""The moment to restore to, as the operator types it."""

from datetime import UTC, datetime

from infra.stages.errors import StageError

_EXAMPLE = "AT=2026-11-27T03:10:00Z"


class MomentError(StageError):
    """It is no moment that the tables can be restored to. The text says which ones are."""


def moment_of(text: str, now: int) -> int:
    """Unix seconds of a time with its zone, or of a number of Unix seconds. Raises MomentError."""
    stripped = text.strip()
    if not stripped:
        raise MomentError(f"AT must name the moment to restore to: {_EXAMPLE}")
    try:
        moment = (
            datetime.fromtimestamp(int(stripped), UTC) if stripped.isdecimal() else datetime.fromisoformat(stripped)
        )
    except (ValueError, OverflowError, OSError):
        raise MomentError(f"{stripped} is no moment: write {_EXAMPLE}") from None
    if moment.tzinfo is None:
        raise MomentError(f"{stripped} has no time zone: write {_EXAMPLE}, or +01:00 instead of Z")
    seconds = int(moment.timestamp())
    if seconds > now:
        raise MomentError(f"{iso(seconds)} is not yet: AT must be before the damage")
    return seconds


def iso(seconds: float) -> str:
    """As AT takes it: 2026-11-27T03:10:00Z."""
    return datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def ago(seconds: int) -> str:
    """A span in words: `2 days 3 h`, `2 h 10 min`, `4 min`."""
    days, hours, minutes = seconds // 86_400, seconds // 3_600 % 24, seconds // 60 % 60
    parts = [f"{days} days" if days else "", f"{hours} h" if hours else "", f"{minutes} min" if not days else ""]
    return " ".join(part for part in parts if part)
