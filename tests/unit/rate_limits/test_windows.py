"""Counting in fixed windows of time."""

from concurrent.futures import ThreadPoolExecutor

from mypy_boto3_dynamodb.client import DynamoDBClient

from lambdas.rate_limits.windows import Windows
from lambdas.runtime.items import from_item

MINUTE = 60


def test_a_window_counts_what_happens_in_it_and_the_next_begins_at_none(guards: DynamoDBClient) -> None:
    windows = Windows("guards", guards)

    counts = [windows.count("web", "calls", seconds=MINUTE, now=now) for now in (120, 121, 179, 180)]

    assert [(window.of("calls"), window.seconds_left) for window in counts] == [(1, 60), (2, 59), (3, 1), (1, 60)]


def test_names_and_what_is_counted_do_not_mix(guards: DynamoDBClient) -> None:
    windows = Windows("guards", guards)
    windows.count("web", "all", "ada", seconds=MINUTE, now=0)
    windows.count("web", "all", "bob", seconds=MINUTE, now=1)
    windows.count("shop", "all", "ada", seconds=MINUTE, now=2)

    seen = windows.count("web", "all", "ada", seconds=MINUTE, now=3)

    assert (seen.of("all"), seen.of("ada"), seen.of("bob")) == (3, 2, 0)


def test_no_count_is_lost_when_many_count_at_once(guards: DynamoDBClient) -> None:
    windows = Windows("guards", guards)

    with ThreadPoolExecutor(8) as pool:
        found = list(pool.map(lambda _: windows.count("web", "calls", seconds=MINUTE, now=0).of("calls"), range(40)))

    assert sorted(found) == list(range(1, 41))


def test_every_window_expires_with_its_end(guards: DynamoDBClient) -> None:
    Windows("guards", guards).count("web", "calls", seconds=MINUTE, now=130)

    (item,) = guards.scan(TableName="guards")["Items"]
    assert from_item(item)["expires_at"] == 180


def test_of_many_at_once_no_more_are_admitted_than_may_be(guards: DynamoDBClient) -> None:
    windows = Windows("guards", guards)
    with ThreadPoolExecutor(8) as pool:
        admitted = list(pool.map(lambda _: windows.admit("x", 10, seconds=MINUTE, now=1_000), range(40)))

    assert admitted.count(True) == 10
    assert windows.admit("x", 10, seconds=MINUTE, now=1_060)
