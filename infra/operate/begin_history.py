"""`make begin-history STAGE=prod`: records each order that has no history as it stands, and when that was done.

For a stage that had orders before history was kept, once. From then on `make verify-history` accepts a chain that begins later
than revision 1 only for orders that were created before. A second run adds what is missing, and changes nothing that is there.
Exits with 2 if the stage cannot be reached.
"""

import argparse
import sys
import time
from collections.abc import Callable, Sequence
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
from infra.stages.settings import settings_of
from lambdas.orders.table.entries import UnreadableOrder
from lambdas.orders.table.indexes import SK_ORDER, read_order
from lambdas.read_models.history.history import History, name_of
from lambdas.read_models.history.table import HistoryTable
from lambdas.records.table import RecordTable

_REFUSALS = (BotoCoreError, ClientError, EngineError, NotDeployedError, StageError)


@dataclass(frozen=True)
class Begin:
    """`client`: of DynamoDB. `orders`: name of the order table. `now`: Unix seconds."""

    client: Any
    orders: str
    table: HistoryTable
    now: Callable[[], int]
    is_anchored: bool = False

    def run(self, console: Console) -> int:
        """Record the orders. Return 1 if one could not be read."""
        history = History(self.table, self.now, is_anchored=self.is_anchored)
        recorded, left = 0, 0
        pages = self.client.get_paginator("scan").paginate(
            TableName=self.orders,
            ConsistentRead=True,
            FilterExpression="sk = :order",
            ExpressionAttributeValues={":order": {"S": SK_ORDER}},
        )
        for row in (item for page in pages for item in page["Items"]):
            order = read_order(row)
            if isinstance(order, UnreadableOrder):
                left += 1
                say(console, f"order {order.order_id} was left: it cannot be read: {order.why}")
            elif self.table.newest(name_of(order)) is None:
                history.follow(None, order)
                recorded += 1
        if left:
            say(
                console,
                f"{recorded} orders recorded, {left} left: fix them, then run this again; history is not begun yet",
            )
            return 1
        self.table.begin(self.now())
        say(console, f"{recorded} orders recorded as they stand; history was begun at {self.table.begun_at()}")
        return 0


def main(arguments: Sequence[str]) -> int:
    parser = argparse.ArgumentParser(description="Record orders from before history as they stand.")
    parser.add_argument("--stage", required=True)
    stage, console = parser.parse_args(arguments).stage, Console()
    try:
        options = client_options(stage)
        client = boto3.client("dynamodb", **options)
        history = HistoryTable(RecordTable(output_of(stage, "HistoryTable", options), client))
        anchored = settings_of(stage).history_anchors is not None
        orders = output_of(stage, "OrderTable", options)
        return Begin(client, orders, history, lambda: int(time.time()), anchored).run(console)
    except _REFUSALS as error:
        say(console, reason_of(error))
        return 2


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
