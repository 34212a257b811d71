"""Calls of a user, heard by several functions at once and counted in one table."""

import itertools
from typing import Any

import pytest

from lambdas.access.allowance import MOST_UNCOUNTED, Calls
from lambdas.access.errors import TooManyCallsError
from lambdas.rate_limits.windows import Window, Windows
from tests.support.build import Clock
from tests.unit.rate_limits.conftest import guards

__all__ = ["guards"]


class Counting(Windows):
    """The windows of the table, and how often they were written."""

    writes = 0

    def count(self, *args: Any, **how: Any) -> Window:
        Counting.writes += 1
        return super().count(*args, **how)


@pytest.fixture
def functions(guards: Any) -> list[Calls]:
    Counting.writes = 0
    clock = Clock()
    return [Calls(Counting("guards", guards), clock) for _ in range(4)]


def test_near_the_limit_every_call_is_counted_whoever_hears_it(functions: list[Calls]) -> None:
    allowed = 0
    for function in itertools.cycle(functions):
        allowance = function.count("ada", 40)
        assert allowance is not None
        try:
            allowance.check()
        except TooManyCallsError:
            break
        allowed += 1

    assert 40 <= allowed <= 40 + len(functions) * (MOST_UNCOUNTED - 1)


def test_one_function_counts_exactly(functions: list[Calls]) -> None:
    function, *_ = functions
    used = [allowance.used for _ in range(60) if (allowance := function.count("ada", 40))]

    assert used == list(range(1, 61))


def test_far_from_the_limit_few_calls_are_a_write(functions: list[Calls]) -> None:
    function, *_ = functions
    for _ in range(100):
        function.count("ada", 1_000)

    assert Counting.writes <= 100 / MOST_UNCOUNTED + 1


def test_each_user_and_each_window_is_counted_for_itself(guards: Any) -> None:
    clock = Clock()
    calls = Calls(Windows("guards", guards), clock)
    for user in ("ada", "ada", "bob"):
        calls.count(user, 1_000)
    clock.time += 60

    again = calls.count("ada", 1_000)
    assert again is not None
    assert again.used == 1
