"""Keeps the numbers of each day and queue in the desk table, exactly, for one write unit a change that counts.

Orders of ten following numbers share an item, which counts for them on a day and names the facts it has counted. Numbers and
names change in one conditional write, so a fact that comes again counts nothing. An item stays below 1 KB.

The items of a day that is long over are added up into one item of the day (`_add_up`), because nothing more comes for it. If
something does, as in a rebuild, that item is deleted and the others are read again.
"""

import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date, timedelta
from itertools import groupby
from typing import Any

from lambdas.orders.model.order import Order
from lambdas.read_models.numbers.facts import Fact, day_of, new_facts
from lambdas.records.table import RecordTable
from lambdas.runtime.items import from_item, to_item

ORDERS_OF_ITEM = 10
OPEN_DAYS = 2  # The stream delivers a change within a day.
SHARDS = 2  # partitions of a day: one takes 1,000 writes a second (docs/scale.md)
_ADDED_UP_DAYS = 31  # that are looked at when a day begins, as many as are read at once
_KEYS = frozenset({"pk", "sk", "seen"})

Numbers = Mapping[str, int]
"""By name, such as `begun`, or `left#12#33`: orders that left step 12 after a time of bucket 33."""


class DayNumbers:
    """The numbers of all days."""

    prefix = "numbers#"

    def __init__(self, table: RecordTable, now: Callable[[], int] = lambda: int(time.time())) -> None:
        self._table, self._now = table, now
        self._began: dict[int, str] = {}

    def follow(self, old: Order | None, new: Order | None) -> None:
        """Count what the change brought. `old` None: the order was created, or comes as it stands. An order that is removed stays
        counted."""
        if new is None:
            return
        for day, found in groupby(sorted(new_facts(old, new), key=lambda fact: fact.day), key=lambda fact: fact.day):
            self._count(new, day, list(found))
        today = day_of(self._now())
        if self._began.get(new.order_queue_id) != today:
            self._add_up(new.order_queue_id)
            self._began[new.order_queue_id] = today

    def forget(self, order_id: str) -> None:
        """Change nothing: what happened on a day stays counted after its order is gone."""

    def order_of(self, record: Mapping[str, Any]) -> str:
        """None: an item counts for several orders."""
        return ""

    def tidy(self, record: Mapping[str, Any]) -> bool:
        """Remove nothing: an item that counts for several orders is none's to remove."""
        return False

    def of_days(self, order_queue_id: int, first: str, last: str) -> dict[str, Numbers]:
        """By day, from the first to the last one. A day on which nothing happened has no numbers."""
        added_up = self._added_up(order_queue_id, first, last)
        return {
            day: added_up[day] if day in added_up else self._read(order_queue_id, day)
            for day in days_between(first, last)
        }

    def _count(self, order: Order, day: str, found: Sequence[Fact]) -> None:
        """Count those facts that are not counted yet, all in one write if none is."""
        if not self._add(order, day, found) and len(found) > 1:
            for fact in found:
                self._add(order, day, [fact])
        if day < self._last_open_day():
            self._table.client.delete_item(
                TableName=self._table.name, Key=to_item({"pk": _days_pk(order.order_queue_id), "sk": day})
            )

    def _add(self, order: Order, day: str, found: Sequence[Fact]) -> bool:
        """Return False if one of the facts was counted before. Then nothing is counted."""
        number = int(order.order_id)
        item = number // ORDERS_OF_ITEM
        seen = [f"{number % ORDERS_OF_ITEM}{fact.key}" for fact in found]
        adds = Counter[str]()
        for fact in found:
            adds.update(fact.adds)
        adds += Counter()  # Only what is more than zero.
        names = {f"#n{index}": name for index, name in enumerate(adds)}
        values = {f":n{index}": by for index, by in enumerate(adds.values())}
        counted = {f":s{index}": key for index, key in enumerate(seen)}
        sums = "".join(f", #n{index} :n{index}" for index in range(len(adds)))
        try:
            self._table.client.update_item(
                TableName=self._table.name,
                Key=to_item({"pk": _pk(order.order_queue_id, day, item % SHARDS), "sk": f"orders#{item}"}),
                UpdateExpression=f"ADD seen :seen{sums}",
                ConditionExpression=" AND ".join(f"NOT contains(seen, {key})" for key in counted),
                ExpressionAttributeNames=names,
                ExpressionAttributeValues={**to_item({**values, **counted}), ":seen": {"SS": sorted(seen)}},
            )
        except self._table.client.exceptions.ConditionalCheckFailedException:
            return False
        return True

    def _add_up(self, order_queue_id: int) -> None:
        """Write the items of days that ended lately. Another process may do the same, and writes the same."""
        last = date.fromisoformat(self._last_open_day()) - timedelta(days=1)
        first = last - timedelta(days=_ADDED_UP_DAYS - 1)
        there = self._added_up(order_queue_id, first.isoformat(), last.isoformat())
        for day in days_between(first.isoformat(), last.isoformat()):
            if day not in there:
                numbers = self._read(order_queue_id, day)
                self._table.put_new({"pk": _days_pk(order_queue_id), "sk": day, **numbers})

    def _added_up(self, order_queue_id: int, first: str, last: str) -> dict[str, Numbers]:
        pages = self._table.client.get_paginator("query").paginate(
            TableName=self._table.name,
            KeyConditionExpression="pk = :pk AND sk BETWEEN :first AND :last",
            ExpressionAttributeValues=to_item({":pk": _days_pk(order_queue_id), ":first": first, ":last": last}),
        )
        items = (from_item(item) for page in pages for item in page["Items"])
        return {str(item["sk"]): _numbers(item) for item in items}

    def _read(self, order_queue_id: int, day: str) -> Numbers:
        numbers = Counter[str]()
        for shard in range(SHARDS):
            for item in self._table.query(_pk(order_queue_id, day, shard), "orders#"):
                numbers.update(_numbers(item))
        return numbers

    def _last_open_day(self) -> str:
        return (date.fromisoformat(day_of(self._now())) - timedelta(days=OPEN_DAYS)).isoformat()


def days_between(first: str, last: str) -> Iterator[str]:
    """Each day from the first to the last one, both included."""
    day, end = date.fromisoformat(first), date.fromisoformat(last)
    while day <= end:
        yield day.isoformat()
        day += timedelta(days=1)


def _numbers(item: Mapping[str, Any]) -> Numbers:
    return {name: int(value) for name, value in item.items() if name not in _KEYS}


def _pk(order_queue_id: int, day: str, shard: int) -> str:
    return f"numbers#{order_queue_id}#{day}#{shard}"


def _days_pk(order_queue_id: int) -> str:
    return f"numbers#{order_queue_id}#days"
