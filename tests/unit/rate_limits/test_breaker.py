"""The breaker opens once, closes by itself, and stays open longer each time of late."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from mypy_boto3_dynamodb.client import DynamoDBClient

from lambdas.rate_limits.breaker import REMEMBERED_SECONDS, Breaker, BreakerRule
from lambdas.rate_limits.failures import Limit
from tests.support.build import Clock

RULE = BreakerRule(limits=(Limit(most=3, seconds=600),), quiet_seconds=1_000)


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def breaker(guards: DynamoDBClient, clock: Clock) -> Breaker:
    return Breaker("guards", clock, guards)


def fails(breaker: Breaker, times: int = 3) -> list[bool]:
    return [breaker.on_failure("cards", RULE) for _ in range(times)]


def test_it_opens_at_its_limit_and_says_so_once(breaker: Breaker, clock: Clock) -> None:
    assert breaker.find_open("cards") is None
    assert fails(breaker, 5) == [False, False, True, False, False]

    opened = breaker.find_open("cards")
    assert opened is not None
    assert (opened.opened_at, opened.closes_at) == (clock.time, clock.time + 1_000)
    assert breaker.find_open("others") is None


def test_many_failures_at_once_open_it_once(breaker: Breaker) -> None:
    with ThreadPoolExecutor(8) as pool:
        opened = list(pool.map(lambda _: breaker.on_failure("cards", RULE), range(16)))

    assert opened.count(True) == 1


def test_few_failures_a_window_never_open_it(breaker: Breaker, clock: Clock) -> None:
    for _ in range(6):
        assert fails(breaker, 2) == [False, False]
        clock.time += 600


def test_it_closes_by_itself_and_opens_for_longer_each_time(breaker: Breaker, clock: Clock) -> None:
    lasted = []
    for _ in range(5):
        assert fails(breaker)[-1]
        opened = breaker.find_open("cards")
        assert opened is not None
        lasted.append(opened.closes_at - clock.time)
        clock.time = opened.closes_at
        assert breaker.find_open("cards") is None

    assert lasted == [1_000, 2_000, 4_000, 8_000, 8_000]
    clock.time += REMEMBERED_SECONDS
    assert fails(breaker)[-1]
    opened = breaker.find_open("cards")
    assert opened is not None
    assert opened.closes_at - clock.time == 1_000


def test_each_of_its_limits_opens_it(breaker: Breaker, clock: Clock) -> None:
    rule = BreakerRule(limits=(Limit(most=3, seconds=600), Limit(most=4, seconds=86_400)), quiet_seconds=1_000)
    outcomes = []
    for _ in range(4):
        outcomes.append(breaker.on_failure("cards", rule))
        clock.time += 600

    assert outcomes == [False, False, False, True]
