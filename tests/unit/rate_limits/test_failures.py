"""Failures are counted before they are known: however many try at once, no more are looked at than may fail."""

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
from mypy_boto3_dynamodb.client import DynamoDBClient

from lambdas.rate_limits import failures as module
from lambdas.rate_limits.failures import Attempt, Failures, Key, Limit, LimitReached
from lambdas.rate_limits.windows import Windows

LOGIN, SOURCE = Limit(most=10, seconds=300), Limit(most=50, seconds=300)


def keys(login: str = "ada", source: str = "192.0.2.1") -> tuple[Key, ...]:
    return Key("login", login, LOGIN), Key("source", source, SOURCE)


@pytest.fixture
def failures(guards: DynamoDBClient, monkeypatch: pytest.MonkeyPatch) -> Failures:
    monkeypatch.setattr(module, "WAIT_SECONDS", 5.0)
    return Failures(Windows("guards", guards), "logins", lambda: 1_000)


def test_of_forty_wrong_ones_at_once_ten_are_looked_at(failures: Failures) -> None:
    looked_at = []

    def try_one(number: int) -> bool:
        trial = failures.begin(keys())
        if isinstance(trial, LimitReached):
            return False
        looked_at.append(number)
        trial.on_failure()
        return True

    with ThreadPoolExecutor(40) as pool:
        assert list(pool.map(try_one, range(40))).count(True) == 10
    assert len(looked_at) == 10


def test_of_forty_right_ones_at_once_none_is_refused(failures: Failures) -> None:
    together = threading.Barrier(40)

    def try_one(_: int) -> bool:
        together.wait()
        trial = failures.begin(keys())
        if isinstance(trial, LimitReached):
            return False
        trial.on_success()
        return True

    with ThreadPoolExecutor(40) as pool:
        assert all(pool.map(try_one, range(40)))


def test_whoever_succeeds_has_used_nothing_up(failures: Failures) -> None:
    for _ in range(30):
        trial = failures.begin(keys())
        assert isinstance(trial, Attempt)
        trial.on_success()
    assert isinstance(failures.begin(keys()), Attempt)


def test_who_is_refused_under_one_key_has_used_up_nothing_of_another(failures: Failures) -> None:
    for _ in range(10):
        trial = failures.begin(keys("eve"))
        assert isinstance(trial, Attempt)
        trial.on_failure()
    source_first = tuple(reversed(keys("eve")))
    for _ in range(60):
        assert isinstance(failures.begin(source_first), LimitReached)

    assert isinstance(failures.begin(keys("ada")), Attempt)


def test_a_try_that_nobody_ends_counts_as_failed(failures: Failures, monkeypatch: pytest.MonkeyPatch) -> None:
    """Its process died."""
    monkeypatch.setattr(module, "WAIT_SECONDS", 0.0)
    for _ in range(10):
        assert isinstance(failures.begin(keys()), Attempt)

    over = failures.begin(keys())
    assert over == LimitReached("login", 200)


def test_what_is_tried_anyway_counts_if_it_fails(failures: Failures) -> None:
    for _ in range(12):
        failures.begin_unlimited(keys()).on_failure()
    failures.begin_unlimited(keys("bob")).on_success()

    assert isinstance(failures.begin(keys()), LimitReached)
    assert isinstance(failures.begin(keys("bob")), Attempt)
