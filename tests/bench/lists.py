"""What lists and searches read, with few orders and with many: the stores' own code over tables in memory.

The tables are moto's, filled behind its API: through an API, a hundred thousand orders would take the better part of an hour.
"""

import os
from collections import Counter
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any

import boto3
from moto import mock_aws
from moto.core.models import DEFAULT_ACCOUNT_ID
from moto.dynamodb.models import dynamodb_backends

from lambdas.catalog.plan import load_plans
from lambdas.orders.model.order import Assignment, Order, Wait
from lambdas.orders.model.queue import DEFAULT_BRAND_ID, load_queues
from lambdas.orders.store import DynamoOrderStore, order_item
from lambdas.orders.table.list_filters import OrderFilter, list_orders
from lambdas.read_models.search.entries import SearchEntries, entry_items
from lambdas.read_models.search.finding import OrderSearch, Scope
from lambdas.read_models.worklist.entries import entries
from lambdas.read_models.worklist.listing import WorklistReader
from lambdas.read_models.worklist.pages import WorklistFilter
from lambdas.read_models.worklist.store import WorklistStore
from lambdas.records.invoices.records import InvoiceRecords
from lambdas.records.step_counts import StepCounts, counts_key
from lambdas.records.table import RecordTable
from lambdas.records.users.api_user import ApiUser
from lambdas.runtime.items import to_item
from tests.bench.read_units import ReadUnits
from tests.bench.row import Row
from tests.support.build import CONTACT, NOW, an_order
from tests.support.tables import make_order_table, make_table

if TYPE_CHECKING:
    from mypy_boto3_dynamodb.client import DynamoDBClient

SMALL = 100
LARGE = int(os.environ.get("BENCH_ORDERS", "100000"))
PAGE, RARE = 50, 3
REGION = "us-east-1"
DAY_SECONDS = 86_400
EVERYBODY = ApiUser(name="bench", tokens=())


@mock_aws
def list_reads() -> list[Row]:
    client = boto3.client("dynamodb", region_name=REGION, aws_access_key_id="bench", aws_secret_access_key="bench")
    few, many = _reads(client, SMALL), _reads(client, LARGE)
    return [
        Row(
            f"read units of {what}, {SMALL:,} / {LARGE:,} orders",
            f"{few[what]:g} / {many[what]:g}",
            "equal",
            few[what] == many[what],
        )
        for what in few
    ]


def _reads(client: "DynamoDBClient", size: int) -> dict[str, float]:
    """By what is read."""
    orders, records = make_order_table(client, f"orders-{size}"), make_table(client, f"records-{size}")
    desk = make_table(client, f"desk-{size}")
    _fill(orders, size)
    _fill_search(desk, size)
    _fill_worklist(desk, size)
    _count(client, records, size)
    store, counts, queues = DynamoOrderStore(orders, client), StepCounts(RecordTable(records, client)), load_queues()
    search = OrderSearch(SearchEntries(RecordTable(desk, client)), store, InvoiceRecords(RecordTable(records, client)))
    everywhere = frozenset(queues)
    scope = Scope(queues=everywhere, with_people=everywhere, brands=frozenset({DEFAULT_BRAND_ID}))
    units = ReadUnits(client)

    def list_page() -> None:
        page = list_orders(store, queues, OrderFilter(brand_id=DEFAULT_BRAND_ID, limit=PAGE, descending=True))
        assert len(page.orders) == PAGE

    def count() -> None:
        assert sum(sum(counts.of_queue(queue_id).values()) for queue_id in queues) == size

    worklist = WorklistReader(WorklistStore(RecordTable(desk, client)), store, EVERYBODY, load_plans(), NOW)

    def work(found: int, **filters: Any) -> None:
        page = worklist.read(WorklistFilter(queues=everywhere, limit=PAGE, **filters))
        assert len(page.entries) == found

    def find(query: str, found: int) -> None:
        page = search.find(query, scope, limit=PAGE)
        assert len(page.orders) == found
        assert not page.incomplete

    reads: dict[str, Callable[[], None]] = {
        f"order.list, page of {PAGE}": list_page,
        "order.queue_list": count,
        f"order.search, a name that {RARE} orders have": lambda: find("rarest", RARE),
        "order.search, that name and a word that all have": lambda: find("rarest common", RARE),
        f"order.search, a word that all have, page of {PAGE}": lambda: find("common", PAGE),
        f"order.worklist, page of {PAGE}": lambda: work(PAGE),
        f"order.worklist of a team, what is overdue, page of {PAGE}": lambda: work(
            PAGE, teams=("operations",), overdue_at=NOW + DAY_SECONDS
        ),
        f"order.worklist of a person who has {RARE}": lambda: work(RARE, person="ada"),
        "order.search, a number": lambda: find("1001", 1),
    }
    found = {}
    for what, read in reads.items():
        before = units.units
        read()
        found[what] = units.units - before
    units.stop()
    return found


def _orders(size: int) -> Iterator[Order]:
    """Of the default queue, in all its steps by turns, one a second. Each waits for somebody."""
    lead = an_order()
    steps = lead.checklist_steps
    for number in range(size):
        step = steps[number % len(steps)]
        place: dict[str, Any] = {"step_id": step.step_id, "step_status": step.status}
        last = "Rarest" if number < RARE else f"name{number}"
        wait = Wait(token="t", since=NOW, due_at=NOW + number % 1_000, owner="operations")
        taken = Assignment(to="ada", at=NOW, by="ada", turn=0)
        place |= {"waits": {"101": wait}, "assigned": {"101": taken} if number < RARE else {}}
        info = {**CONTACT, "last": last, "email": f"{last}@shop.example", "company": "Common Ltd"}
        yield lead.changed(order_id=str(1001 + number), ts=NOW + number, info=info, **place)


def _fill_search(table: str, size: int) -> None:
    behind = dynamodb_backends[DEFAULT_ACCOUNT_ID][REGION].get_table(table)
    for order in _orders(size):
        for item in entry_items(order):
            behind.put_item(item, overwrite=True)


def _fill_worklist(table: str, size: int) -> None:
    """The items of all entries, without the anchors, which no page reads."""
    behind = dynamodb_backends[DEFAULT_ACCOUNT_ID][REGION].get_table(table)
    for order in _orders(size):
        for entry in entries(order):
            for pk in entry.lists:
                record = {"pk": pk, "sk": entry.position, **entry.model_dump(mode="json", exclude_defaults=True)}
                behind.put_item(to_item(record), overwrite=True)


def _fill(table: str, size: int) -> None:
    behind = dynamodb_backends[DEFAULT_ACCOUNT_ID][REGION].get_table(table)
    for order in _orders(size):
        behind.put_item(order_item(order), overwrite=True)


def _count(client: "DynamoDBClient", table: str, size: int) -> None:
    """The first orders as the relay counts them; the rest, which would be the same write again and again, at once."""
    counts = StepCounts(RecordTable(table, client))
    rest: Counter[tuple[int, int]] = Counter()
    for number, order in enumerate(_orders(size)):
        if number < SMALL:
            counts.follow(None, order)
        else:
            rest[order.order_queue_id, order.step_id] += 1
    for (queue_id, step_id), more in rest.items():
        client.update_item(
            TableName=table,
            Key=to_item(counts_key(queue_id, 0)),
            UpdateExpression="ADD #step :more",
            ExpressionAttributeNames={"#step": str(step_id)},
            ExpressionAttributeValues=to_item({":more": more}),
        )
