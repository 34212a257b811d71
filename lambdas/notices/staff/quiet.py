"""When a team gets a notice: at once, after its quiet hours, or with its next digest. Pure.

Times are those of the team's wall clock, so they hold on the days on which a clock is set (PEP 495; a time that such a day
leaves out counts as the moment of the change).
"""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from lambdas.orders.model.teams import QuietHours, Team

_SATURDAY = 5
_MAX_DAYS = 4  # a weekend, with the quiet hours before and behind it


def released_at(team: Team, at: int) -> int | None:
    """When a notice of this moment goes out; None: at once. Unix seconds."""
    zone = ZoneInfo(team.time_zone)
    moment = datetime.fromtimestamp(at, UTC).astimezone(zone)
    if team.digest_at:
        return _next(moment, team.digest_at, team.quiet)
    if team.quiet is None or not _is_quiet(moment, team.quiet):
        return None
    return _next(moment, (team.quiet.end,), team.quiet)


def _next(moment: datetime, times: tuple[time, ...], quiet: QuietHours | None) -> int:
    """The first of these times of the day after the moment that is not in quiet hours. If all are, the first."""
    days = [moment.date() + timedelta(days=number) for number in range(_MAX_DAYS)]
    coming = sorted(_at(day, each, moment.tzinfo) for day in days for each in times)
    later = [each for each in coming if each > moment.timestamp()]
    awake = (
        each for each in later if quiet is None or not _is_quiet(datetime.fromtimestamp(each, moment.tzinfo), quiet)
    )
    return next(awake, later[0])


def _at(day: date, each: time, zone: object) -> int:
    local = datetime.combine(day, each).replace(tzinfo=zone)  # type: ignore[arg-type]
    return int(local.timestamp())


def _is_quiet(moment: datetime, quiet: QuietHours) -> bool:
    if quiet.weekends and moment.weekday() >= _SATURDAY:
        return True
    clock = moment.timetz().replace(tzinfo=None, fold=0)
    if quiet.start <= quiet.end:
        return quiet.start <= clock < quiet.end
    return clock >= quiet.start or clock < quiet.end
