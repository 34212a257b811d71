"""The same request runs once; repeats get its answer; a claim whose process died lapses."""

import random
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from itertools import count

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from mypy_boto3_dynamodb.client import DynamoDBClient

from lambdas.rate_limits.idempotency import (
    CLAIM_SECONDS,
    KEPT_SECONDS,
    PART_BYTES,
    WAIT_SECONDS,
    Claim,
    IdempotencyKeys,
    KeyTakenError,
    StillRunningError,
    StoredAnswer,
)
from lambdas.runtime.items import from_item
from tests.support.thorough import examples

NOW = 1_800_000_000


@dataclass
class Time:
    """A clock that moves when somebody sleeps; `then` is done once after the first sleep."""

    now: int = NOW
    slept: list[float] = field(default_factory=list)
    then: list[Callable[[], object]] = field(default_factory=list)

    def __call__(self) -> int:
        return self.now

    def clock(self) -> float:
        return sum(self.slept)

    def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        if self.then:
            self.then.pop()()


@pytest.fixture
def time() -> Time:
    return Time()


@pytest.fixture
def repeats(guards: DynamoDBClient, time: Time) -> IdempotencyKeys:
    return IdempotencyKeys("guards", time, guards, time.clock, time.sleep)


def begin(repeats: IdempotencyKeys, content: str = "a", *, caller: str = "web", key: str = "k") -> Claim | StoredAnswer:
    return repeats.claim(caller, key, content=content, named="order.submit")


def claimed(repeats: IdempotencyKeys) -> Claim:
    claim = begin(repeats)
    assert isinstance(claim, Claim)
    return claim


def test_a_repeat_gets_the_answer_that_was_kept(repeats: IdempotencyKeys) -> None:
    assert repeats.store_answer(claimed(repeats), '{"name": "Zoë"}')

    assert begin(repeats) == StoredAnswer('{"name": "Zoë"}')
    assert begin(repeats) == StoredAnswer('{"name": "Zoë"}')


def test_a_key_belongs_to_one_request_of_one_caller(repeats: IdempotencyKeys) -> None:
    repeats.store_answer(claimed(repeats), "done")

    with pytest.raises(KeyTakenError) as refused:
        begin(repeats, "b")
    assert refused.value.named == "order.submit"
    assert isinstance(begin(repeats, "b", caller="shop"), Claim)
    assert isinstance(begin(repeats, "b", key="l"), Claim)


def test_another_request_is_refused_while_the_first_runs_and_after_it_let_go(repeats: IdempotencyKeys) -> None:
    claim = claimed(repeats)
    with pytest.raises(KeyTakenError):
        begin(repeats, "b")
    repeats.release(claim)
    with pytest.raises(KeyTakenError):
        begin(repeats, "b")


def test_a_repeat_waits_for_the_answer_while_the_first_runs(repeats: IdempotencyKeys, time: Time) -> None:
    claim = claimed(repeats)
    time.then.append(lambda: repeats.store_answer(claim, "done"))

    assert begin(repeats) == StoredAnswer("done")
    assert len(time.slept) == 1


def test_the_wait_ends(repeats: IdempotencyKeys, time: Time) -> None:
    claimed(repeats)

    with pytest.raises(StillRunningError):
        begin(repeats)
    assert 0.8 * WAIT_SECONDS < sum(time.slept) <= WAIT_SECONDS


def test_the_repeat_runs_when_the_first_let_go(repeats: IdempotencyKeys, time: Time) -> None:
    first = claimed(repeats)
    time.then.append(lambda: repeats.release(first))

    second = begin(repeats)

    assert isinstance(second, Claim)
    assert second.claim != first.claim


def test_a_claim_lapses_and_only_who_has_it_then_keeps_an_answer(repeats: IdempotencyKeys, time: Time) -> None:
    dead = claimed(repeats)
    time.now += CLAIM_SECONDS
    with pytest.raises(StillRunningError):
        begin(repeats)
    time.now += 1
    second = claimed(repeats)

    assert not repeats.store_answer(dead, "late")
    repeats.release(dead)
    assert repeats.store_answer(second, "done")
    assert not repeats.store_answer(second, "twice")
    assert begin(repeats) == StoredAnswer("done")


def test_an_answer_is_kept_for_thirty_days_and_then_forgotten(repeats: IdempotencyKeys, time: Time) -> None:
    repeats.store_answer(claimed(repeats), "done")
    time.now += KEPT_SECONDS
    assert begin(repeats) == StoredAnswer("done")
    time.now += 1

    assert isinstance(begin(repeats, "b"), Claim)


def test_an_answer_larger_than_an_item_is_kept_whole(repeats: IdempotencyKeys, guards: DynamoDBClient) -> None:
    answer = random.Random(1).randbytes(int(PART_BYTES * 1.2)).hex()

    assert repeats.store_answer(claimed(repeats), answer)

    assert begin(repeats) == StoredAnswer(answer)
    items = [from_item(item) for item in guards.scan(TableName="guards")["Items"]]
    assert len(items) == 2
    assert {item["expires_at"] for item in items} == {NOW + KEPT_SECONDS}
    assert all(len(item["answer"]) <= PART_BYTES for item in items)


def test_neither_key_nor_caller_nor_content_can_be_read_in_the_table(
    repeats: IdempotencyKeys, guards: DynamoDBClient
) -> None:
    begin(repeats, "0" * 64, caller="ada@example.com", key="cart-of-ada")

    kept = str(guards.scan(TableName="guards")["Items"])
    assert not [value for value in ("ada@example.com", "cart-of-ada") if value in kept]


def test_twenty_at_once_run_once_and_get_one_answer(guards: DynamoDBClient) -> None:
    repeats = IdempotencyKeys("guards", lambda: NOW, guards)
    ran: list[int] = []
    together = threading.Barrier(20)

    def call(number: int) -> str:
        together.wait()
        found = begin(repeats)
        if isinstance(found, StoredAnswer):
            return found.answer
        ran.append(number)
        repeats.store_answer(found, f"done by {number}")
        return f"done by {number}"

    with ThreadPoolExecutor(20) as pool:
        answers = set(pool.map(call, range(20)))

    assert answers == {f"done by {ran[0]}"}
    assert len(ran) == 1


STEPS = st.lists(st.tuples(st.sampled_from(["begin", "keep", "let_go", "time passes"]), st.integers(0, 2)), max_size=25)
KEYS = count()


@given(STEPS)
@settings(max_examples=examples(15), suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_whatever_happens_one_answer_is_given_and_nobody_runs_beside_a_live_claim(
    guards: DynamoDBClient, steps: list[tuple[str, int]]
) -> None:
    """Against a model of three processes: who claimed last, whether that claim lives, and what was kept first."""
    time, key = Time(), f"key-{next(KEYS)}"
    repeats = IdempotencyKeys("guards", time, guards, time.clock, time.sleep)
    claims: dict[int, Claim] = {}
    last: Claim | None = None
    lives, answer = False, ""
    for what, who in steps:
        match what:
            case "begin" if answer:
                assert begin(repeats, key=key) == StoredAnswer(answer)
            case "begin" if lives:
                with pytest.raises(StillRunningError):
                    begin(repeats, key=key)
            case "begin":
                found = begin(repeats, key=key)
                assert isinstance(found, Claim)
                claims[who], last, lives = found, found, True
            case "keep" if who in claims:
                kept = repeats.store_answer(claims[who], f"answer of {who}")
                assert kept == (not answer and claims[who] == last)
                answer = f"answer of {who}" if kept else answer
            case "let_go" if who in claims:
                repeats.release(claims[who])
                lives = lives and claims[who] != last
            case "time passes":
                time.now += CLAIM_SECONDS + 1
                lives = False
