"""`make copy-back STAGE=dev FROM=<table>`: copies lost or unreadable rows of the order table back from a recovered table.

It shows the plan; with EXECUTE=1 it carries the plan out. A row is copied if the stage's table lost it or has an unreadable one.
The write fails if that is no longer so. Orders that changed since are left as they are. Run `make reconcile`
afterwards (docs/operating.md). Exits with 1 if rows were left, with 2 if the stage or the table cannot be used.
"""

import argparse
import sys
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import islice
from typing import Any

import boto3
from botocore.exceptions import BotoCoreError, ClientError
from rich.console import Console

from infra.account import reason_of
from infra.local.engine_process import EngineError
from infra.operate.deployed_stage import NotDeployedError, client_options, output_of
from infra.operate.output import say
from infra.stages.errors import StageError
from lambdas.orders.table.entries import UnreadableOrder
from lambdas.orders.table.indexes import SK_ORDER, read_order

COUNTERS = "counter#"  # counters only rise; they are never restored
_AT_ONCE = 100  # of BatchGetItem
_REFUSALS = (BotoCoreError, ClientError, EngineError, NotDeployedError, StageError)
Item = dict[str, Any]


class NotTheRightTableError(StageError):
    """Rows cannot be copied from there."""


@dataclass(frozen=True)
class Plan:
    """One row that differs. `why`: why it is copied or left. `seen`: the row in the stage's table."""

    row: Item
    seen: Item | None
    is_copied: bool
    why: str

    @property
    def name(self) -> str:
        """An order by its number; a key by its kind and order, because a key may be personal."""
        pk = self.row["pk"]["S"]
        if self.row["sk"]["S"] == SK_ORDER:
            return f"order {pk}"
        return f"{pk.partition('#')[0]} of order {self.row.get('order_id', {}).get('S', '?')}"


@dataclass(frozen=True)
class CopyBack:
    """Copies from the table `source` to the stage's table `target`. `only`: these orders; empty: all. `now`: Unix seconds.

    `only_keys`: the keys of orders, and not the orders.
    """

    client: Any
    source: str
    target: str
    only: frozenset[str]
    now: int
    only_keys: bool = False

    def run(self, console: Console, *, execute: bool) -> int:
        """Print each row that differs; with `execute`, copy it. Return 1 if any row is left as it is."""
        copied = left = same = 0
        for plan in self._plans():
            if plan is None:
                same += 1
                continue
            done = plan if not plan.is_copied or not execute else self._copy(plan)
            copied, left = copied + done.is_copied, left + (not done.is_copied)
            word = ("copied" if execute else "would be copied") if done.is_copied else "left"
            say(console, f"{done.name}: {word}, {done.why}")
        say(console, f"{copied} {'copied' if execute else 'to be copied'}, {left} left, {same} unchanged")
        if not execute and copied:
            say(console, "nothing was changed; repeat with EXECUTE=1 to copy them, then run `make reconcile`")
        return 1 if left else 0

    def _plans(self) -> Iterator[Plan | None]:
        """None for a row that is unchanged."""
        all_rows = self._rows()
        while rows := list(islice(all_rows, _AT_ONCE)):
            present = self._present(rows)
            yield from (self._plan(row, present.get(_place(row))) for row in rows)

    def _rows(self) -> Iterator[Item]:
        pages = self.client.get_paginator("scan").paginate(TableName=self.source, ConsistentRead=True)
        for row in (row for page in pages for row in page["Items"]):
            order_id = row["pk"]["S"] if row["sk"]["S"] == SK_ORDER else row.get("order_id", {}).get("S", "")
            if self.only_keys and row["sk"]["S"] == SK_ORDER:
                continue
            if not row["pk"]["S"].startswith(COUNTERS) and (not self.only or order_id in self.only):
                yield row

    def _present(self, rows: Sequence[Item]) -> dict[tuple[str, str], Item]:
        found: dict[tuple[str, str], Item] = {}
        asked = {self.target: {"Keys": [_keys(row) for row in rows], "ConsistentRead": True}}
        while asked:
            answer = self.client.batch_get_item(RequestItems=asked)
            found |= {_place(item): item for item in answer["Responses"].get(self.target, [])}
            asked = answer.get("UnprocessedKeys") or {}
        return found

    def _plan(self, row: Item, seen: Item | None) -> Plan | None:
        if seen == row:
            return None
        if seen is None:
            ended_at = int(row.get("expires_at", {}).get("N", 0))
            if ended_at and ended_at <= self.now:
                return Plan(row, seen, is_copied=False, why="it had expired, so it was erased")
            return Plan(row, seen, is_copied=True, why="the table has lost it")
        return _plan_of_changed(row, seen)

    def _copy(self, plan: Plan) -> Plan:
        """Write the row, if the stage's table still has what was seen there."""
        condition, values = "attribute_not_exists(pk)", {}
        if plan.seen is not None:
            revision = plan.seen.get("revision")
            condition = "revision = :seen" if revision else "attribute_exists(pk) AND attribute_not_exists(revision)"
            values = {"ExpressionAttributeValues": {":seen": revision}} if revision else {}
        try:
            self.client.put_item(TableName=self.target, Item=plan.row, ConditionExpression=condition, **values)
        except self.client.exceptions.ConditionalCheckFailedException:
            return replace(
                plan, is_copied=False, why="it was changed at this moment: check it, then run this command again"
            )
        return plan


def _plan_of_changed(row: Item, seen: Item) -> Plan:
    """The plan for a row that is there and differs."""
    if row["sk"]["S"] != SK_ORDER:
        return Plan(row, seen, is_copied=False, why="another row is there")
    if isinstance(read_order(row), UnreadableOrder):
        why = "it was unreadable at that moment too: recover an earlier one"
        return Plan(row, seen, is_copied=False, why=why)
    if isinstance(read_order(seen), UnreadableOrder):
        return Plan(row, seen, is_copied=True, why="the row in the table is unreadable")
    was, now = (item["revision"]["N"] for item in (row, seen))
    return Plan(row, seen, is_copied=False, why=f"it changed since (revision {was} then, {now} now)")


def _keys(row: Item) -> dict[str, Any]:
    return {name: row[name] for name in ("pk", "sk")}


def _place(row: Item) -> tuple[str, str]:
    return row["pk"]["S"], row["sk"]["S"]


def copy_back_of(stage: str, source: str, only: Sequence[str], options: dict[str, Any]) -> CopyBack:
    """The command for a deployed stage. Raises NotTheRightTableError."""
    client, target = boto3.client("dynamodb", **options), output_of(stage, "OrderTable", options)
    try:
        keys = client.describe_table(TableName=source)["Table"]["KeySchema"]
    except client.exceptions.ResourceNotFoundException:
        raise NotTheRightTableError(
            f"there is no table {source} in this account and region: FROM must name the recovered table"
        ) from None
    if source == target:
        raise NotTheRightTableError(f"{source} is the stage's own table: FROM must name the recovered table")
    if keys != client.describe_table(TableName=target)["Table"]["KeySchema"]:
        raise NotTheRightTableError(f"{source} is no order table: its keys differ from those of {target}")
    return CopyBack(client, source, target, frozenset(only), int(time.time()))


def main(arguments: Sequence[str]) -> int:
    parser = argparse.ArgumentParser(
        description="Copy lost or unreadable rows of the order table back from a recovered table."
    )
    parser.add_argument("--stage", required=True)
    parser.add_argument("--source", required=True, help="the recovered table")
    parser.add_argument("--execute", action="store_true", help="copy the rows; without it, only show the plan")
    parser.add_argument("orders", nargs="*", help="only these orders")
    asked, console = parser.parse_args(arguments), Console()
    try:
        command = copy_back_of(asked.stage, asked.source, asked.orders, client_options(asked.stage))
        return command.run(console, execute=asked.execute)
    except _REFUSALS as error:
        say(console, reason_of(error))
        return 2


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
