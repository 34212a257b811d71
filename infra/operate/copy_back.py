"""`make copy-back STAGE=dev FROM=<table>`: rows of the order table that were lost or spoiled, copied from what a recovery made.

It shows what it would do, and does it with EXECUTE=1. A row is put back where the stage's table has lost it, or has one that
cannot be read, and only if that is still so when it is written. What went on since is left as it is. `make reconcile` comes
after it (docs/operating.md).
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

from infra.account import because
from infra.local.engine_process import EngineError
from infra.operate.reach import NotDeployedError, client_options, output_of
from infra.stages.settings import StageError
from lambdas.orders.table.entries import UnreadableOrder
from lambdas.orders.table.indexes import SK_ORDER, read_order

COUNTERS = "counter#"  # they only ever rise, whatever is restored
_AT_ONCE = 100  # of BatchGetItem
_REFUSALS = (BotoCoreError, ClientError, EngineError, NotDeployedError, StageError)
Item = dict[str, Any]


class NotTheRightTableError(StageError):
    """Rows cannot be copied from there."""


@dataclass(frozen=True)
class Plan:
    """One row that is not as it was. `why`: why it is copied, or left. `seen`: what the stage's table has of it."""

    row: Item
    seen: Item | None
    is_copied: bool
    why: str

    @property
    def name(self) -> str:
        """An order by its number; a key of one by its kind and order, for a key may be somebody's own."""
        pk = self.row["pk"]["S"]
        if self.row["sk"]["S"] == SK_ORDER:
            return f"order {pk}"
        return f"{pk.partition('#')[0]} of order {self.row.get('order_id', {}).get('S', '?')}"


@dataclass(frozen=True)
class CopyBack:
    """From the table `source` into the stage's table `target`. `only`: of these orders; empty: all. `now`: Unix seconds."""

    client: Any
    source: str
    target: str
    only: frozenset[str]
    now: int

    def go(self, console: Console, *, execute: bool) -> int:
        """Print each row that is not as it was; 1 if any of them is left as it is."""
        copied = left = same = 0
        for plan in self._plans():
            if plan is None:
                same += 1
                continue
            done = plan if not plan.is_copied or not execute else self._copied(plan)
            copied, left = copied + done.is_copied, left + (not done.is_copied)
            word = ("copied" if execute else "would be copied") if done.is_copied else "left"
            _say(console, f"{done.name}: {word}, {done.why}")
        _say(console, f"{copied} {'copied' if execute else 'to be copied'}, {left} left, {same} as they were")
        if not execute and copied:
            _say(console, "nothing was changed; EXECUTE=1 copies them, then `make reconcile`")
        return 1 if left else 0

    def _plans(self) -> Iterator[Plan | None]:
        """None: the row is as it was."""
        all_rows = self._rows()
        while rows := list(islice(all_rows, _AT_ONCE)):
            present = self._present(rows)
            yield from (self._plan(row, present.get(_place(row))) for row in rows)

    def _rows(self) -> Iterator[Item]:
        pages = self.client.get_paginator("scan").paginate(TableName=self.source, ConsistentRead=True)
        for row in (row for page in pages for row in page["Items"]):
            order_id = row["pk"]["S"] if row["sk"]["S"] == SK_ORDER else row.get("order_id", {}).get("S", "")
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
                return Plan(row, seen, is_copied=False, why="its time was over, so it was erased")
            return Plan(row, seen, is_copied=True, why="the table has lost it")
        return _plan_of_changed(row, seen)

    def _copied(self, plan: Plan) -> Plan:
        """The row put back, if the stage's table still has what was seen there."""
        condition, values = "attribute_not_exists(pk)", {}
        if plan.seen is not None:
            revision = plan.seen.get("revision")
            condition = "revision = :seen" if revision else "attribute_exists(pk) AND attribute_not_exists(revision)"
            values = {"ExpressionAttributeValues": {":seen": revision}} if revision else {}
        try:
            self.client.put_item(TableName=self.target, Item=plan.row, ConditionExpression=condition, **values)
        except self.client.exceptions.ConditionalCheckFailedException:
            return replace(plan, is_copied=False, why="somebody wrote it in this moment: look at it, then ask again")
        return plan


def _plan_of_changed(row: Item, seen: Item) -> Plan:
    """Of a row that is there, and is another one than it was."""
    if row["sk"]["S"] != SK_ORDER:
        return Plan(row, seen, is_copied=False, why="another one is there")
    if isinstance(read_order(row), UnreadableOrder):
        why = "it could not be read at that moment either: choose an earlier one"
        return Plan(row, seen, is_copied=False, why=why)
    if isinstance(read_order(seen), UnreadableOrder):
        return Plan(row, seen, is_copied=True, why="what the table has cannot be read")
    was, now = (item["revision"]["N"] for item in (row, seen))
    return Plan(row, seen, is_copied=False, why=f"it went on since (revision {was} then, {now} now)")


def _keys(row: Item) -> dict[str, Any]:
    return {name: row[name] for name in ("pk", "sk")}


def _place(row: Item) -> tuple[str, str]:
    return row["pk"]["S"], row["sk"]["S"]


def _say(console: Console, text: str) -> None:
    console.print(text, markup=False, highlight=False, soft_wrap=True)


def copy_back_of(stage: str, source: str, only: Sequence[str], options: dict[str, Any]) -> CopyBack:
    """Of a deployed stage. Raises NotTheRightTableError."""
    client, target = boto3.client("dynamodb", **options), output_of(stage, "OrderTable", options)
    try:
        keys = client.describe_table(TableName=source)["Table"]["KeySchema"]
    except client.exceptions.ResourceNotFoundException:
        raise NotTheRightTableError(
            f"there is no table {source} in this account and region: FROM is what the recovery made"
        ) from None
    if source == target:
        raise NotTheRightTableError(f"{source} is the stage's own table: FROM is what the recovery made")
    if keys != client.describe_table(TableName=target)["Table"]["KeySchema"]:
        raise NotTheRightTableError(f"{source} is no order table: its keys are others than those of {target}")
    return CopyBack(client, source, target, frozenset(only), int(time.time()))


def main(arguments: Sequence[str]) -> int:
    parser = argparse.ArgumentParser(
        description="Copies lost and spoiled rows of the order table back from a recovery."
    )
    parser.add_argument("--stage", required=True)
    parser.add_argument("--source", required=True, help="the table that the recovery made")
    parser.add_argument("--execute", action="store_true", help="copy; without it only the plan is shown")
    parser.add_argument("orders", nargs="*", help="only of these orders")
    asked, console = parser.parse_args(arguments), Console()
    try:
        command = copy_back_of(asked.stage, asked.source, asked.orders, client_options(asked.stage))
        return command.go(console, execute=asked.execute)
    except _REFUSALS as error:
        _say(console, because(error))
        return 2


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
