"""`make migrate-orders STAGE=dev`: writes orders again that are stored in another version than this release writes.

Without EXECUTE=1 it counts them by version. Each order is written once, on the condition that nobody wrote it meanwhile. Orders
that are written anyway change their version without this command. Exits with 1 if orders were left, with 2 if the stage cannot be
reached (docs/deploying.md).
"""

import argparse
import sys
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import boto3
from botocore.exceptions import BotoCoreError, ClientError
from rich.console import Console

from infra.account import reason_of
from infra.local.engine_process import EngineError
from infra.operate.deployed_stage import NotDeployedError, client_options, output_of
from infra.operate.output import say
from infra.stages.errors import StageError
from lambdas.orders.store import order_item
from lambdas.orders.table.entries import UnreadableOrder
from lambdas.orders.table.indexes import SK_ORDER, read_order
from lambdas.orders.table.versions import OF_ORDERS, VERSION, Versions, version_of
from lambdas.runtime.items import Item, from_item

_REFUSALS = (BotoCoreError, ClientError, EngineError, NotDeployedError, StageError)


@dataclass(frozen=True)
class Migration:
    """Reads the order table from its first item to its last. May be interrupted and repeated."""

    client: Any
    table: str
    versions: Versions = OF_ORDERS

    def run(self, console: Console, *, execute: bool) -> int:
        """Print how many orders are in which version; with `execute`, write those of another. Return 1 if some are left."""
        found, written, left = Counter[int](), 0, 0
        pages = self.client.get_paginator("scan").paginate(TableName=self.table, ConsistentRead=True)
        for row in (row for page in pages for row in page["Items"] if row["sk"]["S"] == SK_ORDER):
            version = version_of(from_item({VERSION: row[VERSION]}) if VERSION in row else {})
            found[version] += 1
            if version == self.versions.written or not execute:
                continue
            why = self._write(row)
            written, left = written + (not why), left + bool(why)
            if why:
                say(console, f"order {row['pk']['S']} was left: {why}")
        for version, count in sorted(found.items()):
            say(console, f"{count} orders in version {version}")
        others = found.total() - found[self.versions.written]
        if execute:
            say(console, f"{written} written as version {self.versions.written}, {left} left")
        else:
            say(console, f"{others} would be written as version {self.versions.written}; nothing was changed")
        return 1 if left else 0

    def _write(self, row: Item) -> str:
        """Write the order, and return why it was left; empty if it was not."""
        order = read_order(row, self.versions)
        if isinstance(order, UnreadableOrder):
            return order.why
        try:
            self.client.put_item(
                TableName=self.table,
                Item=order_item(order.changed(revision=order.revision + 1), self.versions),
                ConditionExpression="revision = :read",
                ExpressionAttributeValues={":read": row["revision"]},
            )
        except self.client.exceptions.ConditionalCheckFailedException:
            return "it was changed at this moment; run this command again"
        return ""


def main(arguments: Sequence[str]) -> int:
    parser = argparse.ArgumentParser(description="Write orders again in the version that this release writes.")
    parser.add_argument("--stage", required=True)
    parser.add_argument("--execute", action="store_true", help="write them; without it, only count")
    asked, console = parser.parse_args(arguments), Console()
    try:
        options = client_options(asked.stage)
        table = output_of(asked.stage, "OrderTable", options)
        return Migration(boto3.client("dynamodb", **options), table).run(console, execute=asked.execute)
    except _REFUSALS as error:
        say(console, reason_of(error))
        return 2


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
