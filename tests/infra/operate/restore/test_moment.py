"""The moment that an operator types is understood, or refused with how to write it."""

import pytest

from infra.operate.restore.moment import MomentError, ago, iso, moment_of

NOW = 1_800_000_000


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("2027-01-15T07:00:00Z", 1_799_996_400),
        (" 2027-01-15T08:00:00+01:00 ", 1_799_996_400),
        ("1799996400", 1_799_996_400),
    ],
)
def test_a_moment_has_its_time_zone(text: str, seconds: int) -> None:
    assert moment_of(text, NOW) == seconds
    assert moment_of(iso(seconds), NOW) == seconds


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("", "AT must name the moment"),
        ("yesterday", "is no moment"),
        ("2027-01-15T07:00:00", "has no time zone"),
        ("9" * 30, "is no moment"),
        ("2027-01-15T09:00:00Z", "is not yet"),
    ],
)
def test_anything_else_is_refused(text: str, why: str) -> None:
    with pytest.raises(MomentError, match=why):
        moment_of(text, NOW)


def test_a_span_is_said_in_words() -> None:
    assert [ago(seconds) for seconds in (240, 7_800, 3 * 86_400 + 7_300)] == ["4 min", "2 h 10 min", "3 days 2 h"]
