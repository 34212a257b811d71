"""Who logged in is kept in memory for some seconds: never for another token, and no longer than that."""

import pytest

from lambdas.access.caller_limits import CallerLimits
from lambdas.api.handler import LOGIN_KEPT_SECONDS
from lambdas.records.users.api_user import ApiUser
from tests.support.build import Clock
from tests.unit.api.conftest import Caller

GRANTED = ApiUser(name="web", tokens=())


class Users:
    """What the table would say, and how often it was asked."""

    def __init__(self) -> None:
        self.found: ApiUser | None = GRANTED
        self.asked = 0

    def look(self) -> ApiUser | None:
        self.asked += 1
        return self.found


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def limits(caller: Caller, clock: Clock) -> CallerLimits:
    return CallerLimits(
        "guards",
        clock,
        calls_per_minute=100,
        failed_logins_of_source=50,
        login_kept_seconds=LOGIN_KEPT_SECONDS,
        client=caller.dynamodb,
    )


def log_in(
    limits: CallerLimits, users: Users, *, name: str = "web", source: str = "192.0.2.1", shown: str = "right"
) -> bool:
    return limits.logins.log_in(name, source=source, look=users.look, secret=shown) is not None


def test_the_user_of_a_busy_caller_is_read_once_in_some_seconds(limits: CallerLimits, clock: Clock) -> None:
    users = Users()
    for _ in range(LOGIN_KEPT_SECONDS):
        assert log_in(limits, users)
        clock.time += 1
    assert users.asked == 1

    assert log_in(limits, users)
    assert users.asked == 2


def test_who_was_revoked_is_refused_within_those_seconds_however_busy(limits: CallerLimits, clock: Clock) -> None:
    users = Users()
    assert log_in(limits, users)
    clock.time += LOGIN_KEPT_SECONDS
    assert log_in(limits, users), "read again"
    users.found = None
    for _ in range(LOGIN_KEPT_SECONDS):
        log_in(limits, users)
        clock.time += 1

    assert not log_in(limits, users)


def test_a_right_that_was_taken_is_gone_within_those_seconds(limits: CallerLimits, clock: Clock) -> None:
    users = Users()
    log_in(limits, users)
    users.found = GRANTED.model_copy(update={"grants": ()})
    clock.time += LOGIN_KEPT_SECONDS

    found = limits.logins.log_in("web", source="192.0.2.1", look=users.look, secret="right")
    assert found is not None
    assert found.grants == ()


@pytest.mark.parametrize("other", [{"shown": "wrong"}, {"name": "floor"}, {"source": "192.0.2.2"}, {"shown": ""}])
def test_nobody_is_let_in_by_the_login_of_another(limits: CallerLimits, other: dict[str, str]) -> None:
    users = Users()
    assert log_in(limits, users)
    users.found = None

    assert not log_in(limits, users, **other)
    assert users.asked == 2
    users.found = GRANTED
    assert log_in(limits, users), "and whoever may come in still does"


def test_a_login_that_failed_is_looked_at_anew_each_time(limits: CallerLimits) -> None:
    users = Users()
    users.found = None
    assert [log_in(limits, users), log_in(limits, users)] == [False, False]
    assert users.asked == 2
    users.found = GRANTED
    assert log_in(limits, users)


def test_no_token_is_in_what_is_kept(limits: CallerLimits) -> None:
    log_in(limits, Users(), shown="a-token-of-somebody")
    kept = [part for entry in limits.logins._proven.items() for part in (entry[0], repr(entry[1]))]

    assert kept
    assert not [part for part in kept if "a-token-of-somebody" in str(part)]


def test_the_api_keeps_logins_for_no_longer_than_is_said() -> None:
    assert LOGIN_KEPT_SECONDS <= 5
