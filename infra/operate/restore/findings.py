"""Prints what no row of an order says: how far back a restore goes, orders that no table has, and payments."""

from collections import Counter
from collections.abc import Collection
from dataclasses import dataclass
from typing import TYPE_CHECKING

from rich.console import Console

from infra.operate.output import say
from infra.operate.restore.lost_rows import LostRows
from infra.operate.restore.moment import ago, iso
from infra.operate.restore.new_tables import LEFT_OUT, NewTables
from infra.operate.restore.orders import RestoredOrders
from infra.operate.restore.since import SILENT, Since
from lambdas.orders.model.money import Money

if TYPE_CHECKING:
    from mypy_boto3_dynamodb.client import DynamoDBClient

_MOST_NAMED = 50


@dataclass(frozen=True)
class Tables:
    """Names of the stage's tables that can be restored."""

    orders: str
    records: str
    history: str

    @property
    def names(self) -> tuple[str, str, str]:
        return self.orders, self.records, self.history


@dataclass(frozen=True)
class Findings:
    """`at`: the moment, `now`: both Unix seconds. Each method prints, and returns how much is left for a person."""

    console: Console
    client: "DynamoDBClient"
    tables: Tables
    new: NewTables
    since: Since
    at: int
    now: int
    only: frozenset[str]

    def say_tables(self) -> None:
        self._say(f"to {iso(self.at)}, {ago(self.now - self.at) or 'seconds'} ago")
        for name in self.tables.names:
            window, made = self.new.window_of(name), self.new.name_of(name)
            there = "there already" if self.new.exists(made) else "to be made"
            self._say(f"{name}: from {iso(window.earliest)} to {iso(window.latest)}; new table {made}, {there}")
        self._say(f"the new tables have no {LEFT_OUT}; the stage keeps its own tables, and rows are put back into them")

    def say_orders(self) -> None:
        """How many orders went on since."""
        counts = Counter[str]()
        pages = self.client.get_paginator("scan").paginate(
            TableName=self.tables.orders,
            FilterExpression="sk = :order",
            ProjectionExpression="activity, ts",
            ExpressionAttributeValues={":order": {"S": "order"}},
        )
        for row in (row for page in pages for row in page["Items"]):
            counts["all"] += 1
            counts["changed"] += int(row.get("activity", {}).get("N", 0)) >= self.at
            counts["created"] += int(row.get("ts", {}).get("N", 0)) >= self.at
        changed, created = counts["changed"], counts["created"]
        self._say(
            f"{counts['all']} orders in the stage's table: {changed} changed since, {created} of them created since"
        )

    def say_lost_rows(self, *, execute: bool) -> int:
        """Of history and records; with `execute`, they are put back, and those are left that numbers are counted by."""
        left = 0
        for name in (self.tables.history, self.tables.records):
            counts = LostRows(self.client, self.new.name_of(name), name, execute=execute).put_back()
            for kind, count in sorted(counts.put.items()):
                self._say(f"{name}: {count} lost rows `{kind}` {'put back' if execute else 'would be put back'}")
            for kind, count in sorted(counts.left.items()):
                text = "not put back, because a number must not be given twice: set it above every number in use"
                self._say(f"{name}: {count} lost rows `{kind}` {text}")
            for kind, count in sorted(counts.ended.items()):
                self._say(f"{name}: {count} rows `{kind}` are gone and stay so, because such rows end on purpose")
            left += counts.left.total() + (0 if execute else counts.put.total())
        return left

    def say_gone(self, orders: RestoredOrders, known: Collection[str] = ()) -> int:
        """Orders that executions know, and no table. `known`: those that are named already."""
        of_all = self.since.orders_with_executions()
        started = {
            order_id: at for order_id, at in of_all.items() if order_id not in known and self._is_asked(order_id)
        }
        missing = sorted(set(started) - orders.present(started), key=int)
        if missing:
            named = ", ".join(f"{order_id} (submitted {iso(started[order_id])})" for order_id in missing[:_MOST_NAMED])
            more = f" and {len(missing) - _MOST_NAMED} more" if len(missing) > _MOST_NAMED else ""
            self._say(f"{len(missing)} orders have an execution and no row: {named}{more}")
            self._say(
                "a moment behind their submit and before the damage brings them back: run this command with that AT too"
            )
        return len(missing)

    def say_payments(self) -> int:
        """Payments since the moment that do not agree with orders, invoices and the ledger. Nothing of them is moved."""
        odd = 0
        try:
            for day, each in self.since.payments():
                if self._is_asked(each.place):
                    odd += 1
                    what = f"{each.seen.transaction_id} of {day}, {Money(each.seen.amount_cents, each.seen.currency)}"
                    self._say(f"payment {what}, for {each.place}: {each.standing.value}, {each.what}")
        except SILENT as silent:
            self._say(f"the payment provider does not answer, so payments were not compared: {silent}")
            return odd + 1
        self._say(f"{odd} payments since then do not agree" if odd else "all payments since then agree")
        return odd

    def _is_asked(self, order_id: str) -> bool:
        return not self.only or order_id in self.only

    def _say(self, text: str) -> None:
        say(self.console, text)
