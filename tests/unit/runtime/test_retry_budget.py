"""What many writers wait for: as long as the function lives, with jitter, and never past its end."""

from dataclasses import dataclass, field

import pytest

from lambdas.runtime.retry_budget import MARGIN_SECONDS, WITHOUT_CONTEXT_SECONDS, RetryBudget, retry_budget


@dataclass
class Time:
    now: float = 100.0
    slept: list[float] = field(default_factory=list)

    def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.now += seconds


@dataclass
class Context:
    seconds: float

    def get_remaining_time_in_millis(self) -> int:
        return int(self.seconds * 1000)


@pytest.fixture
def time(monkeypatch: pytest.MonkeyPatch) -> Time:
    made = Time()
    monkeypatch.setattr("lambdas.runtime.retry_budget.sleep", made.sleep)
    monkeypatch.setattr("lambdas.runtime.retry_budget.monotonic", lambda: made.now)
    return made


def waits(patient: RetryBudget) -> int:
    tries = 0
    while patient.wait():
        tries += 1
    return tries


def test_it_lasts_as_long_as_the_function_and_no_longer(time: Time) -> None:
    with retry_budget(Context(30)):
        assert waits(RetryBudget()) > 20
    assert 100 + 30 - MARGIN_SECONDS - 1 <= time.now < 100 + 30 - MARGIN_SECONDS


def test_its_pauses_are_drawn_at_random_and_grow_to_a_second(time: Time) -> None:
    with retry_budget(Context(60)):
        waits(RetryBudget())

    assert time.slept[0] < 0.05
    assert len(set(time.slept)) == len(time.slept)
    assert 0.3 < max(time.slept) <= 1


def test_what_time_went_by_before_counts(time: Time) -> None:
    with retry_budget(Context(30)):
        time.now += 29
        assert not RetryBudget().wait()


def test_without_a_function_it_lasts_some_seconds(time: Time) -> None:
    with retry_budget(Context(600)):
        pass
    waits(RetryBudget())
    assert time.now <= 100 + WITHOUT_CONTEXT_SECONDS


class BusyError(Exception):
    pass


def test_tries_are_a_bound_of_their_own_and_the_last_one_says_who_is_busy(time: Time) -> None:
    pauses: list[float] = []
    patience = RetryBudget(4, longest_pause_seconds=0.05, pause=pauses.append)
    with pytest.raises(BusyError):
        for _ in range(9):
            patience.wait_or_raise(BusyError)

    assert len(pauses) == 3  # between four tries
    assert max(pauses) <= 0.05
    assert time.slept == []


def test_many_tries_end_with_the_function_all_the_same(time: Time) -> None:
    with retry_budget(Context(seconds=MARGIN_SECONDS + 0.5)):
        assert waits(RetryBudget(10_000)) < 10_000
        assert time.now <= 100.5
