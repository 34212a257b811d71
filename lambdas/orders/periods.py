"""Days and billing periods. A day is one of UTC, so that it begins at the same moment for everybody."""

from calendar import monthrange
from datetime import UTC, date, datetime

_MONTHS = 12  # of a year


def day_of(at: int) -> date:
    """The day of a moment in Unix seconds."""
    return datetime.fromtimestamp(at, UTC).date()


def beginning_of(day: date) -> int:
    """Unix seconds at which the day begins."""
    return int(datetime(day.year, day.month, day.day, tzinfo=UTC).timestamp())


def months_after(day: date, months: int, billing_day: int) -> date:
    """The billing day so many months later (earlier, if negative). A month without that day has its last one instead."""
    number = day.year * _MONTHS + day.month - 1 + months
    year, month = divmod(number, _MONTHS)
    if not date.min.year <= year <= date.max.year:
        return date.max if months > 0 else date.min
    return date(year, month + 1, min(billing_day, monthrange(year, month + 1)[1]))


def next_billing_day(start: date, billing_day: int) -> date:
    """The first billing day that is not before `start`."""
    here = months_after(start, 0, billing_day)
    return here if here >= start else months_after(start, 1, billing_day)


def renewal_of(begins_at: int, months: int) -> int | None:
    """Unix seconds at which a service is renewed first that begins then; None for one that is billed once."""
    if not months:
        return None
    begins = day_of(begins_at)
    return beginning_of(months_after(begins, months, begins.day))
