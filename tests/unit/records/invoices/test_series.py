"""Numbers of a series: each once, none left out, whatever stops in between."""

import random
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from itertools import count

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from mypy_boto3_dynamodb.client import DynamoDBClient

from lambdas.records.invoices.records import InvoiceRecords
from lambdas.records.invoices.series import STALE_SECONDS, Series
from lambdas.records.table import RecordTable
from tests.support.build import NOW, Clock
from tests.support.tables import OneAtATime, make_table
from tests.support.thorough import examples
from tests.unit.records.builders import an_invoice


class Numbers(Series):
    """As a series, for tests to whom the years are the same."""

    def number(self, document: str, at: int = NOW) -> int:
        return self.take(document, at).number


def a_series(records: RecordTable, clock: Clock | None = None, name: str = "series#1") -> Numbers:
    return Numbers(records, name, clock or Clock())


def test_a_document_keeps_its_number_until_it_is_issued(records: RecordTable) -> None:
    series = a_series(records)

    assert [series.number(name) for name in ("a", "b", "a", "b")] == [1, 2, 1, 2]
    series.close("a", 1)
    assert series.number("c") == 3


def test_a_number_that_was_given_back_is_the_next(records: RecordTable) -> None:
    series = a_series(records)
    for name in ("a", "b", "c"):
        series.number(name)
    for name, number in (("c", 3), ("b", 2), ("b", 2)):
        series.give_back(name, number)

    assert [series.number(name) for name in ("d", "e", "f")] == [2, 3, 4]


def test_a_number_whose_process_died_is_free_when_no_process_can_have_it_any_more(records: RecordTable) -> None:
    clock = Clock()
    series = a_series(records, clock)
    series.number("died")
    clock.time += STALE_SECONDS - 1
    assert series.number("other") == 2

    clock.time += 1
    assert series.number("next") == 1
    assert series.number("died") == 3, "it comes back late, and its number is another's"


def test_who_closes_late_takes_no_number_from_who_has_it_now(records: RecordTable) -> None:
    """Two runs issue one document. The second to say so comes when a third has the next number for it already."""
    series = a_series(records)
    first = series.number("a")
    series.close("a", first)
    second = series.number("a")
    series.close("a", first)

    assert series.number("a") == second
    series.give_back("a", first)
    assert series.number("other") == second + 1
    series.give_back("a", second)
    assert series.number("third") == second


def test_nothing_stays_beside_the_counter_once_all_is_issued(records: RecordTable) -> None:
    series = a_series(records)
    for name in ("a", "b", "c"):
        series.close(name, series.number(name))
    series.give_back("a", 1)

    assert (records.get("series#1", "counter") or {}).keys() == {"pk", "sk", "latest", "latest#2027"}


@pytest.fixture(scope="module")
def all_series(dynamodb: DynamoDBClient) -> RecordTable:
    return RecordTable(make_table(dynamodb, "all-series"), dynamodb)


_NAMES = count()
WISHES = st.lists(st.tuples(st.integers(0, 7), st.sampled_from(["issue", "die", "refuse", "wait"])), max_size=40)


@given(WISHES)
@settings(max_examples=examples(60), deadline=None)
def test_whatever_dies_or_is_refused_no_number_is_used_twice_and_none_is_left_out(
    all_series: RecordTable, wishes: list[tuple[int, str]]
) -> None:
    clock, used = Clock(), dict[int, int]()
    series = a_series(all_series, clock, f"series#{next(_NAMES)}")
    for document, what in wishes:
        if document in used.values():
            continue
        if what == "wait":
            clock.time += STALE_SECONDS
            continue
        number = series.number(str(document))
        assert number not in used
        if what == "issue":
            used[number] = document
            series.close(str(document), number)
        elif what == "refuse":
            series.give_back(str(document), number)
    clock.time += STALE_SECONDS
    while missing := set(range(1, max(used, default=0))) - used.keys():
        more = f"more {len(missing)}"
        filled = series.number(more)
        assert filled == min(missing)
        used[filled] = -1
        series.close(more, filled)


def test_fifty_at_once_have_fifty_numbers_without_a_gap(records: RecordTable, dynamodb: DynamoDBClient) -> None:
    """Some die after they took their number, and come again."""
    shared = RecordTable(records.name, OneAtATime(dynamodb))  # type: ignore[arg-type]
    dice = random.Random(3)
    dies = [dice.random() < 0.3 for _ in range(50)]

    def issue(order: int) -> int:
        invoices, draft = InvoiceRecords(shared), an_invoice(order_id=str(order), client_id=str(order))
        if dies[order]:
            with suppress(KeyboardInterrupt):
                invoices.issue(draft, also=died)
        return invoices.issue(draft).number

    def died(number: int) -> list[object]:
        raise KeyboardInterrupt

    with ThreadPoolExecutor(12) as pool:
        numbers = list(pool.map(issue, range(50)))

    assert sorted(numbers) == list(range(1, 51))
