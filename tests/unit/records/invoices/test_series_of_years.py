"""The number of a document in its year: by the seller's calendar, decided once, and without a gap at New Year."""

import random
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from datetime import UTC, datetime
from itertools import count
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from mypy_boto3_dynamodb.client import DynamoDBClient

from lambdas.catalog.seller import Seller, Sellers
from lambdas.records.invoices.credit_notes import CreditNotes
from lambdas.records.invoices.invoice import Invoice, InvoiceKind
from lambdas.records.invoices.records import InvoiceRecords, ServicesInvoicedError
from lambdas.records.invoices.series import STALE_SECONDS, Series, number_sk, read_counter, series_pk
from lambdas.records.table import RecordTable
from lambdas.watch.invariants.of_series import of_series
from tests.support.build import Clock
from tests.support.tables import OneAtATime, make_table
from tests.support.thorough import examples
from tests.unit.records.builders import an_invoice

SEASIDE = Seller(
    brand_id=1, name="Seaside", address="Rua 1", city="Lisboa", country="NL", time_zone="Europe/Amsterdam",
    invoices="FT-", credit_notes="NC-",
)  # fmt: skip
NEW_YEAR = int(datetime(2026, 12, 31, 23, tzinfo=UTC).timestamp())  # in Amsterdam


@pytest.fixture(autouse=True)
def _seaside_sells(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("lambdas.records.invoices.records.load_sellers", lambda: Sellers(brands=(SEASIDE,)))
    monkeypatch.setattr("lambdas.runtime.retry_budget.sleep", lambda _: None)


def at(clock: Clock, order: int, **changes: Any) -> Invoice:
    return an_invoice(order_id=str(order), client_id=str(order), issued_at=clock.time, **changes)


def died(number: int) -> list[object]:
    raise KeyboardInterrupt


def gaps(records: RecordTable, kind: InvoiceKind = InvoiceKind.INVOICE) -> list[str]:
    return [violation.what for violation in of_series(records, 1, kind)]


def test_each_year_and_kind_begins_with_one_by_the_seller_s_calendar(records: RecordTable) -> None:
    clock = Clock(NEW_YEAR - 1)
    invoices = InvoiceRecords(records, clock)
    last = [invoices.issue(at(clock, order)) for order in (1001, 1002)]
    clock.time += 1
    first = invoices.issue(at(clock, 1003))
    CreditNotes(records).credit(last[0], "1001", clock.time)

    assert [each.document_number for each in (*last, first)] == ["FT-2026-00001", "FT-2026-00002", "FT-2027-00001"]
    assert [each.number for each in (*last, first)] == [1, 2, 3]
    assert (note := invoices.of_order("1001", InvoiceKind.CREDIT_NOTE)) is not None
    assert (note.document_number, note.credits_document) == ("NC-2027-00001", "FT-2026-00001")
    assert note.credits_issued_at == NEW_YEAR - 1
    assert invoices.get(last[1].invoice_id) == last[1]
    assert not gaps(records)


def test_a_document_that_is_tried_again_after_new_year_keeps_its_year_and_date(records: RecordTable) -> None:
    clock = Clock(NEW_YEAR - 2)
    invoices = InvoiceRecords(records, clock)
    with suppress(KeyboardInterrupt):
        invoices.issue(at(clock, 1001), also=died)
    clock.time += 60
    other, again = invoices.issue(at(clock, 1002)), invoices.issue(at(clock, 1001))

    assert (other.document_number, other.issued_at) == ("FT-2027-00001", NEW_YEAR + 58)
    assert (again.document_number, again.issued_at) == ("FT-2026-00001", NEW_YEAR - 2)
    assert not gaps(records)


def test_a_document_that_comes_back_long_after_new_year_is_of_the_new_year(records: RecordTable) -> None:
    """Nobody dates an invoice weeks back. The number of the old year is noted as unused."""
    clock = Clock(NEW_YEAR - 2)
    invoices = InvoiceRecords(records, clock)
    with suppress(KeyboardInterrupt):
        invoices.issue(at(clock, 1001), also=died)
    clock.time += 40 * 86_400
    again = invoices.issue(at(clock, 1001))

    assert (again.document_number, again.number, again.issued_at) == ("FT-2027-00001", 1, clock.time)
    assert read_counter(records, series_pk(1, InvoiceKind.INVOICE)).unused == {2026: frozenset({1})}
    assert not gaps(records)


def test_a_number_that_was_refused_in_the_old_year_is_no_document_s_of_the_new_one(records: RecordTable) -> None:
    clock = Clock(NEW_YEAR - 5)
    invoices = InvoiceRecords(records, clock)
    invoices.issue(at(clock, 1001))
    with pytest.raises(ServicesInvoicedError):
        rivalled(invoices, records, clock)
    clock.time += 60
    after = invoices.issue(at(clock, 1003))

    assert (after.document_number, after.number) == ("FT-2027-00001", 2)
    assert read_counter(records, series_pk(1, InvoiceKind.INVOICE)).unused == {2026: frozenset({2})}
    assert not gaps(records)


def rivalled(invoices: InvoiceRecords, records: RecordTable, clock: Clock) -> None:
    """An invoice of a service that another one gets while this one has its numbers already."""
    lines = at(clock, 1002).lines

    def rival(number: int) -> list[object]:
        records.put_new({"pk": "invoiced#1002", "sk": "invoiced", lines[0].service_id: 1})
        return []

    invoices.issue(an_invoice(order_id=None, client_id="1002", lines=lines, issued_at=clock.time), also=rival)


def test_who_was_thought_dead_and_is_issued_after_all_takes_no_number_from_the_new_year(records: RecordTable) -> None:
    """Its numbers were taken over by a document of the new year, which keeps its own of that year."""
    clock = Clock(NEW_YEAR - 2)
    invoices = InvoiceRecords(records, clock)
    late: list[Invoice] = []

    def slow(number: int) -> list[object]:
        clock.time += STALE_SECONDS + 2

        def overtaking(number: int) -> list[object]:
            late.append(InvoiceRecords(records, clock).issue(at(clock, 1003)))
            raise KeyboardInterrupt

        with suppress(KeyboardInterrupt):
            InvoiceRecords(records, clock).issue(at(clock, 1002), also=overtaking)
        return []

    early = invoices.issue(at(clock, 1001), also=slow)
    again = invoices.issue(at(clock, 1002))

    assert early.document_number == "FT-2026-00001"
    assert [late[0].document_number, again.document_number] == ["FT-2027-00002", "FT-2027-00001"]
    assert len({early.number, late[0].number, again.number}) == 3
    assert not gaps(records)


def test_a_slow_try_and_its_repeat_in_the_new_year_lose_no_number(records: RecordTable) -> None:
    """The repeat took a number of the new year. The slow one is issued first, with that of the old year."""
    clock = Clock(NEW_YEAR - 2)
    invoices = InvoiceRecords(records, clock)
    with suppress(KeyboardInterrupt):
        invoices.issue(at(clock, 1001), also=died)
    clock.time += STALE_SECONDS + 2

    def old_one_commits(number: int) -> list[object]:
        row = {"series_year": 2026, "series_number": 1, "client_id": "1001", "number": 1, "issued_at": NEW_YEAR - 2}
        records.put_new({"pk": series_pk(1, InvoiceKind.INVOICE), "sk": number_sk(1), **row})
        draft = at(Clock(NEW_YEAR - 2), 1001, number=1, document_number="FT-2026-00001")
        records.put_new({"pk": "invoices#1001", "sk": "invoice#0000000001", **draft.model_dump(exclude_none=True)})
        records.put_new({"pk": "invoiced#1001", "sk": "invoice", "client_id": "1001", "number": 1})
        return []

    again = invoices.issue(at(clock, 1001), also=old_one_commits)
    after = invoices.issue(at(clock, 1002))

    assert (again.document_number, after.document_number, after.number) == ("FT-2026-00001", "FT-2027-00001", 2)
    assert not gaps(records)


BOUNDARIES = [f"{when} {call}" for call in ("update_item", "transact_write_items") for when in ("before", "after")]


class Dying:
    """A client whose process is killed at the nth call of a kind, before or after it reaches the table."""

    def __init__(self, client: Any, boundary: str, nth: int) -> None:
        self._client, (self._when, self._call), self._left = client, boundary.split(), nth

    def __getattr__(self, name: str) -> Any:
        found = getattr(self._client, name)
        return self._or_die(found) if name == self._call else found

    def _or_die(self, call: Any) -> Any:
        def called(**asked: Any) -> Any:
            self._left -= 1
            if self._left == 0 and self._when == "before":
                raise KeyboardInterrupt
            answer = call(**asked)
            if self._left == 0:
                raise KeyboardInterrupt
            return answer

        return called


@pytest.mark.parametrize("nth", [1, 2])
@pytest.mark.parametrize("boundary", BOUNDARIES)
@pytest.mark.parametrize("wait", [1, 2 * STALE_SECONDS])
def test_killed_anywhere_at_new_year_a_document_has_one_number(
    records: RecordTable, boundary: str, nth: int, wait: int
) -> None:
    clock = Clock(NEW_YEAR - 1)
    dying: Any = Dying(records.client, boundary, nth)
    with suppress(KeyboardInterrupt):
        InvoiceRecords(RecordTable(records.name, dying), clock).issue(at(clock, 1001))
    clock.time += wait
    invoices = InvoiceRecords(records, clock)
    first, again = invoices.issue(at(clock, 1002)), invoices.issue(at(clock, 1001))

    assert invoices.issue(at(clock, 1001)) == again
    assert len({first.number, again.number}) == len({first.document_number, again.document_number}) == 2
    assert {first.number, again.number} <= {1, 2}
    assert not gaps(records)


def test_fifty_at_once_across_new_year_leave_no_gap_in_either_year(
    records: RecordTable, dynamodb: DynamoDBClient
) -> None:
    shared = RecordTable(records.name, OneAtATime(dynamodb))  # type: ignore[arg-type]
    dice = random.Random(3)
    plan = [(dice.random() < 0.3, NEW_YEAR + (1 if dice.random() < 0.5 else -1)) for _ in range(50)]

    def issue(order: int) -> Invoice:
        dies, moment = plan[order]
        clock = Clock(moment)
        invoices = InvoiceRecords(shared, clock)
        if dies:
            with suppress(KeyboardInterrupt):
                invoices.issue(at(clock, order), also=died)
            clock.time = NEW_YEAR + 2
        return invoices.issue(at(clock, order))

    with ThreadPoolExecutor(12) as pool:
        issued = list(pool.map(issue, range(50)))

    assert sorted(invoice.number for invoice in issued) == list(range(1, 51))
    for year in (2026, 2027):
        of_year = sorted(each.document_number for each in issued if each.document_number.startswith(f"FT-{year}"))
        assert of_year == [f"FT-{year}-{nth:05d}" for nth in range(1, len(of_year) + 1)]
    assert all((invoice.issued_at < NEW_YEAR) == ("2026" in invoice.document_number) for invoice in issued)
    assert not gaps(records)


@pytest.fixture(scope="module")
def all_series(dynamodb: DynamoDBClient) -> Iterator[RecordTable]:
    yield RecordTable(make_table(dynamodb, "all-years"), dynamodb)


_NAMES = count()
WISHES = st.lists(
    st.tuples(st.integers(0, 7), st.sampled_from(["issue", "die", "refuse", "wait", "new year"])), max_size=40
)


@given(WISHES)
@settings(max_examples=examples(40), deadline=None)
def test_whatever_dies_is_refused_or_waits_each_number_of_a_year_is_used_noted_or_unused(
    all_series: RecordTable, wishes: list[tuple[int, str]]
) -> None:
    clock, used = Clock(NEW_YEAR), dict[tuple[int, int], int]()
    name = f"series#{next(_NAMES)}"
    series, numbers = Series(all_series, name, clock), set[int]()
    for document, what in wishes:
        if what in ("wait", "new year"):
            clock.time += STALE_SECONDS if what == "wait" else 366 * 86_400
            continue
        if document in used.values():
            continue
        taken = series.take(str(document), clock.time)
        assert taken.number not in numbers and (taken.year, taken.nth) not in used
        if what == "issue":
            used[taken.year, taken.nth] = document
            numbers.add(taken.number)
            series.close(str(document), taken.number)
        elif what == "refuse":
            series.give_back(str(document), taken.number)
    counter = read_counter(all_series, name)
    assert numbers | counter.noted >= set(range(1, counter.latest + 1))
    for year, latest in counter.latest_of.items():
        known = {nth for of, nth in used if of == year} | counter.waiting(year)
        assert known >= set(range(1, latest + 1))
