"""Quiet hours and digests are those of the team's wall clock, also on the days on which it is set."""

from datetime import datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lambdas.notices.staff.quiet import released_at
from lambdas.orders.model.teams import QuietHours, Team

BERLIN = ZoneInfo("Europe/Berlin")
NIGHT = {"start": "20:00", "end": "07:00"}


def at(text: str) -> int:
    return int(datetime.fromisoformat(text).replace(tzinfo=BERLIN).timestamp())


def a_team(**of_team: object) -> Team:
    return Team.model_validate({"name": "qa", "time_zone": "Europe/Berlin", **of_team})


@pytest.mark.parametrize(
    ("of_team", "happened", "released"),
    [
        ({}, "2026-11-27 03:00", None),
        ({"quiet": NIGHT}, "2026-11-27 12:00", None),
        ({"quiet": NIGHT}, "2026-11-27 20:00", "2026-11-28 07:00"),
        ({"quiet": NIGHT}, "2026-11-27 06:59", "2026-11-27 07:00"),
        ({"quiet": NIGHT}, "2026-11-27 07:00", None),
        ({"quiet": {**NIGHT, "weekends": True}}, "2026-11-27 21:00", "2026-11-30 07:00"),  # Friday to Monday
        ({"quiet": {**NIGHT, "weekends": True}}, "2026-11-29 12:00", "2026-11-30 07:00"),
        ({"quiet": {"start": "12:00", "end": "13:00"}}, "2026-11-27 12:30", "2026-11-27 13:00"),
        ({"digest_at": ["08:00", "13:00"]}, "2026-11-27 08:00", "2026-11-27 13:00"),
        ({"digest_at": ["08:00", "13:00"]}, "2026-11-27 14:00", "2026-11-28 08:00"),
        ({"digest_at": ["06:00", "09:00"], "quiet": NIGHT}, "2026-11-27 21:00", "2026-11-28 09:00"),
        ({"quiet": NIGHT}, "2026-10-24 23:00", "2026-10-25 07:00"),  # the night that has an hour more
        ({"quiet": NIGHT}, "2026-03-28 23:00", "2026-03-29 07:00"),  # and the one that has one less
        ({"digest_at": ["02:30"]}, "2026-03-28 23:00", "2026-03-29 02:30"),  # a time that this day leaves out
    ],
)
def test_a_notice_goes_out_when_the_team_is_there(
    of_team: dict[str, object], happened: str, released: str | None
) -> None:
    assert released_at(a_team(**of_team), at(happened)) == (at(released) if released else None)


TEAMS = st.builds(
    Team,
    name=st.just("qa"),
    time_zone=st.sampled_from(["UTC", "Europe/Berlin", "America/New_York", "Asia/Kathmandu", "Pacific/Auckland"]),
    quiet=st.none() | st.builds(QuietHours, start=st.times(), end=st.times(), weekends=st.booleans()),
    digest_at=st.lists(st.times(), max_size=3).map(tuple),
)


@given(TEAMS, st.integers(1_700_000_000, 1_900_000_000))
def test_nothing_is_held_for_ever_or_let_go_in_the_past(team: Team, moment: int) -> None:
    found = released_at(team, moment)

    assert found is None or moment < found <= moment + 5 * 86_400
    assert found is not None or not team.digest_at
    assert found == released_at(team, moment)
