"""A search finds what a look at every order would find, from the newest to the oldest, whatever the number of orders."""

import random
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import count
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from mypy_boto3_dynamodb.client import DynamoDBClient

from lambdas.catalog.seller import Seller, Sellers
from lambdas.orders.errors import InvalidOrderError
from lambdas.orders.model.order import Order
from lambdas.orders.store import DynamoOrderStore, order_item
from lambdas.orders.table.pages import PageRoom
from lambdas.read_models.search import finding, streams
from lambdas.read_models.search.entries import Entries, SearchEntries
from lambdas.read_models.search.finding import FoundOrders, OrderSearch, Scope
from lambdas.read_models.search.terms import terms
from lambdas.records.invoices.credit_notes import CreditNotes
from lambdas.records.invoices.invoice import Invoice, InvoiceLine
from lambdas.records.invoices.records import InvoiceRecords
from lambdas.records.table import RecordTable
from tests.support.build import NOW, a_queue, an_order
from tests.support.tables import make_order_table, make_table
from tests.support.thorough import examples

_NUMBERS = count()
QUEUES = {9: a_queue(), 10: a_queue(order_queue_id=10)}
EVERYWHERE = Scope(queues=frozenset(QUEUES), with_people=frozenset(QUEUES), brands=frozenset({1}))
FIRST = ("Ada", "Adam", "Charles", "Øyvind", "李")
LAST = ("Lovelace", "Love", "Babbage", "Müller", "Adams")
DOMAINS = ("shop.example", "shop-two.example", "adams.example")


@dataclass
class Desk:
    client: DynamoDBClient
    orders: str
    search: OrderSearch
    made: list[Order]

    def add(self, *orders: Order) -> None:
        for order in orders:
            self.client.put_item(TableName=self.orders, Item=order_item(order))
            self.search.entries.follow(None, order)
            self.made.append(order)

    def pages(self, query: str, scope: Scope = EVERYWHERE, limit: int = 3) -> Iterator[FoundOrders]:
        cursor = None
        while True:
            page = self.search.find(query, scope, limit=limit, cursor=cursor)
            assert len(page.orders) <= limit
            yield page
            cursor = page.next_cursor
            if cursor is None:
                return

    def ids(self, query: str, scope: Scope = EVERYWHERE, limit: int = 3) -> list[str]:
        return [order.order_id for page in self.pages(query, scope, limit) for order in page.orders]


def a_desk(client: DynamoDBClient) -> Desk:
    number = next(_NUMBERS)
    orders = make_order_table(client, f"orders-{number}")
    desk, records = (RecordTable(make_table(client, f"{name}-{number}"), client) for name in ("desk", "records"))
    search = OrderSearch(SearchEntries(desk), DynamoOrderStore(orders, client), InvoiceRecords(records))
    return Desk(client, orders, search, [])


@pytest.fixture
def desk(dynamodb: DynamoDBClient) -> Desk:
    return a_desk(dynamodb)


people = st.tuples(
    st.sampled_from(list(QUEUES)),
    st.sampled_from(FIRST),
    st.sampled_from(LAST),
    st.sampled_from(DOMAINS),
    st.integers(0, 3),
)


def orders_of(drawn: list[tuple[int, str, str, str, int]]) -> list[Order]:
    return [
        an_order(
            QUEUES[queue_id],
            order_id=str(1001 + index),
            ts=NOW + later,
            info={"first": first, "last": last, "email": f"{first.encode().hex()[:6]}@{domain}"},
        )
        for index, (queue_id, first, last, domain, later) in enumerate(drawn)
    ]


def scanned(orders: list[Order], *beginnings: str) -> list[str]:
    """What a look at every order finds."""
    found = [
        order for order in orders if all(any(term.text.startswith(one) for term in terms(order)) for one in beginnings)
    ]
    return [order.order_id for order in sorted(found, key=lambda order: order.list_position, reverse=True)]


@settings(max_examples=examples(6))
@given(
    drawn=st.lists(people, min_size=1, max_size=30),
    look=st.sampled_from([2, 5, 100]),
    queries=st.lists(
        st.sampled_from(["ada", "love", "lovelace", "oy", "muller", "shop", "shop.example", "李", "adams"]),
        min_size=1,
        max_size=3,
    ),
)
def test_a_search_agrees_with_a_look_at_every_order(
    dynamodb: DynamoDBClient, drawn: list[tuple[int, str, str, str, int]], look: int, queries: list[str]
) -> None:
    desk = a_desk(dynamodb)
    desk.add(*orders_of(drawn))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(streams, "LOOK", look)
        for query in (*queries, " ".join(queries)):
            assert desk.ids(query) == scanned(desk.made, *query.split()), query


def test_of_a_thousand_orders_with_one_word_a_page_has_the_newest_and_says_that_more_follow(desk: Desk) -> None:
    desk.add(*(an_order(order_id=str(1001 + n), ts=NOW + n, info={"company": "Common Ltd"}) for n in range(130)))
    scope = Scope(queues=frozenset({1}), with_people=frozenset({1}), brands=frozenset({1}))
    first = next(desk.pages("common", scope, limit=50))

    assert [order.order_id for order in first.orders] == [str(1130 - n) for n in range(50)]
    assert first.next_cursor
    assert not first.incomplete
    assert len(desk.ids("common", scope, limit=50)) == 130


def test_where_too_many_names_begin_with_a_word_the_page_says_that_it_is_incomplete(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(streams, "LOOK", 10)
    desk.add(*(an_order(QUEUES[9], order_id=str(1001 + n), ts=NOW + n, info={"last": f"lo{n:02d}"}) for n in range(20)))

    (*_, last) = pages = list(desk.pages("lo", limit=50))
    assert len(pages[0].orders) == streams.MOST_TERMS
    assert (last.incomplete, last.next_cursor) == (True, None)
    assert desk.ids("lo19") == ["1020"]


def test_a_rare_word_leads_a_common_one(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(streams, "LOOK", 5)
    common = [an_order(QUEUES[9], order_id=str(1001 + n), ts=NOW + n, info={"company": "Common"}) for n in range(30)]
    desk.add(*common[:10], common[10].changed(info={"company": "Common", "last": "Rare"}), *common[11:])
    (page,) = desk.pages("common rare")

    assert [order.order_id for order in page.orders] == ["1011"]
    assert not page.incomplete


def test_a_page_compares_a_bounded_number_of_orders_and_goes_on_behind_them(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(finding, "MOST_COMPARED", 6)
    monkeypatch.setattr(streams, "LOOK", 3)
    names = ["Aaa Bbb" if n == 0 else ("Aaa" if n % 2 else "Bbb") for n in range(40)]
    desk.add(
        *(
            an_order(QUEUES[9], order_id=str(1001 + n), ts=NOW + n, info={"company": name})
            for n, name in enumerate(names)
        )
    )
    pages = list(desk.pages("aaa bbb"))

    assert len(pages) > 3
    assert [order.order_id for page in pages for order in page.orders] == ["1001"]


def test_numbers_of_order_client_and_invoice_are_found(desk: Desk) -> None:
    mine = an_order(QUEUES[9], order_id="1001", client_id="501")
    other = an_order(QUEUES[9], order_id="1002", client_id="502", ts=NOW + 5)
    desk.add(mine, other, an_order(QUEUES[10], order_id="501", ts=NOW - 5))
    line = InvoiceLine(description="A service", service_id="1002001", quantity=1, amount_cents=500)
    invoice = Invoice(brand_id=1, client_id="502", lines=(line,), currency="USD", total_cents=500, issued_at=NOW)
    issued = desk.search.invoices.issue(invoice)

    assert desk.ids("1001") == ["1001"]
    assert desk.ids("501") == ["1001", "501"]
    assert desk.ids("502") == ["1002"]
    assert "1002" in desk.ids(str(issued.number))
    assert desk.ids(issued.invoice_id) == ["1002"]
    assert desk.ids("502 lovelace") == ["1002"]
    assert desk.ids("501 502") == []


def test_the_numbers_on_its_invoice_and_credit_note_find_an_order(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    seller = Seller(brand_id=1, name="S", address="A", city="C", country="DE", time_zone="UTC")
    monkeypatch.setattr("lambdas.records.invoices.records.load_sellers", lambda: Sellers(brands=(seller,)))
    desk.add(*(an_order(QUEUES[9], order_id=str(1001 + nth), ts=NOW - nth) for nth in range(3)))
    year = 86_400 * 366
    issued = [issued_for(desk, str(1001 + nth), at=NOW + nth * year) for nth in range(3)]
    CreditNotes(desk.search.invoices._table).credit(issued[1], "1002", NOW + year)

    assert [each.document_number for each in issued] == ["INV-2027-00001", "INV-2028-00001", "INV-2029-00001"]
    for nth, invoice in enumerate(issued):
        assert desk.ids(invoice.document_number) == [str(1001 + nth)]
    assert desk.ids("inv-2028-00001") == ["1002"]
    assert desk.ids("CN-2028-00001") == ["1002"]
    assert desk.ids("INV-2028-00001 1002") == ["1002"]
    for other in ("INV-2028-00002", "INV-2030-00001", "XYZ-2028-00001", "INV-2028-00001 1003"):
        assert desk.ids(other) == [], other


def issued_for(desk: Desk, order_id: str, *, at: int) -> Invoice:
    line = InvoiceLine(description="A service", service_id=f"{order_id}001", quantity=1, amount_cents=500)
    draft = Invoice(
        brand_id=1, client_id="502", order_id=order_id, lines=(line,), currency="USD", total_cents=500, issued_at=at
    )
    return desk.search.invoices.issue(draft)


def test_an_order_whose_row_changed_meanwhile_is_found_by_what_it_is_now(desk: Desk) -> None:
    order = an_order(QUEUES[9])
    desk.add(order)
    desk.client.put_item(TableName=desk.orders, Item=order_item(order.changed(info={"last": "Babbage"})))

    assert desk.ids("lovelace") == []


def test_queues_that_are_not_seen_and_people_who_are_not_seen_are_not_even_read(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk.add(an_order(QUEUES[9], order_id="1001"), an_order(QUEUES[10], order_id="1002"))
    asked: list[int] = []
    real = desk.search.entries._query

    def query(queue: int, *rest: Any) -> Entries:
        asked.append(queue)
        return real(queue, *rest)

    monkeypatch.setattr(desk.search.entries, "_query", query)
    scope = Scope(queues=frozenset({9, 10}), with_people=frozenset({9}), brands=frozenset({1}))

    assert desk.ids("lovelace", scope) == ["1001"]
    assert desk.ids("1002", scope) == ["1002"]
    assert desk.ids("1002 lovelace", scope) == []
    assert desk.ids("lovelace 1002", scope) == []
    assert set(asked) == {9}
    assert desk.ids("1002", Scope(queues=frozenset({9}), with_people=frozenset({9}), brands=frozenset({1}))) == []


def test_a_cursor_of_another_query_or_user_is_refused(desk: Desk) -> None:
    desk.add(*(an_order(QUEUES[9], order_id=str(1001 + n)) for n in range(5)))
    cursor = next(desk.pages("lovelace")).next_cursor
    less = Scope(queues=frozenset({9}), with_people=frozenset({9}), brands=frozenset({1}))

    for query, scope in (("ada", EVERYWHERE), ("lovelace", less)):
        with pytest.raises(InvalidOrderError, match="is not one of this list"):
            desk.search.find(query, scope, limit=3, cursor=cursor)


def test_a_page_is_no_larger_than_an_answer(desk: Desk) -> None:
    desk.add(*(an_order(QUEUES[9], order_id=str(1001 + n), ts=NOW + n) for n in range(9)))
    room = PageRoom(lambda order: 100, 450)
    sizes, cursor = [], None
    while True:
        page = desk.search.find("lovelace", EVERYWHERE, limit=8, cursor=cursor, room=room)
        sizes.append(len(page.orders))
        cursor = page.next_cursor
        if cursor is None:
            break

    assert max(sizes) <= 4
    assert sum(sizes) == 9


def test_entries_of_orders_that_are_gone_find_nothing(desk: Desk) -> None:
    orders = [an_order(QUEUES[9], order_id=str(1001 + n), ts=NOW + n) for n in range(10)]
    desk.add(*orders)
    gone = random.Random(1).sample(orders, 6)
    for order in gone:
        desk.client.delete_item(TableName=desk.orders, Key={"pk": {"S": order.order_id}, "sk": {"S": "order"}})

    assert desk.ids("lovelace") == [order.order_id for order in reversed(orders) if order not in gone]


def test_an_order_is_found_by_its_reference_however_it_is_typed_and_by_those_who_see_no_persons(desk: Desk) -> None:
    orders = [an_order(order_id=str(1001 + n), ts=NOW + n, hash=f"hash {n}", info={"last": "Love"}) for n in range(5)]
    desk.add(*orders)
    everyone = Scope(queues=frozenset({1}), with_people=frozenset({1}), brands=frozenset({1}))
    without_persons = Scope(queues=frozenset({1}), with_people=frozenset(), brands=frozenset({1}))
    elsewhere = Scope(queues=frozenset({2}), with_people=frozenset({2}), brands=frozenset({1}))
    shown = orders[2].reference

    for typed in (shown, shown.lower(), shown.replace("-", ""), f"#{shown}"):
        assert desk.ids(typed, everyone) == desk.ids(typed, without_persons) == ["1003"]
    assert desk.ids(f"{shown} love", everyone) == ["1003"]
    assert desk.ids(f"{shown} babbage", everyone) == desk.ids(shown, elsewhere) == []
