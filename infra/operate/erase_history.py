"""`make erase-history STAGE=prod CLIENT=101`: erases a person from the histories of their orders, or of ORDERS="1001 1002".

Without EXECUTE=1 it says what would be erased, and writes nothing. Chains stay whole, and `order.get at=` says `erased`. Each
history says who erased it and when. A run that was interrupted is repeated: what is erased already is passed over. The orders
themselves, clients, invoices and posts are left as they are. Exits with 2 if the stage cannot be reached.
"""

import argparse
import sys
import time
from collections.abc import Iterator, Sequence
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
from infra.storage import BY_CLIENT
from lambdas.read_models.history.history import History
from lambdas.read_models.history.item import PERSONAL
from lambdas.read_models.history.table import HistoryTable
from lambdas.records.table import RecordTable

_REFUSALS = (BotoCoreError, ClientError, EngineError, NotDeployedError, StageError)
LEFT = "left as they are: the orders themselves, client, invoices, payments, posts and files (docs/operating.md)"


@dataclass(frozen=True)
class Erasure:
    """`client`: of DynamoDB. `orders`: name of the order table. `by`: who erases, an ARN."""

    client: Any
    orders: str
    table: HistoryTable
    history: History
    by: str

    def run(self, console: Console, client_id: str, order_ids: Sequence[str], *, execute: bool) -> int:
        """Erase, or say what would be erased. Return 1 if there is no such order."""
        named = list(dict.fromkeys((*order_ids, *(self._of_client(client_id) if client_id else ()))))
        total, missing = 0, 0
        for order_id in named:
            if not self.table.chains_of(order_id):
                missing += 1
                say(console, f"order {order_id}: has no history")
                continue
            count = self.history.erase(order_id, by=self.by) if execute else self.table.count_personal(order_id)
            total += count
            done = "erased" if execute else "would be erased"
            say(console, f"order {order_id}: {f'{count} items {done}' if count else 'nothing is left to erase'}")
        say(
            console,
            f"{len(named)} orders, {total} items {'erased' if execute else 'would be erased; EXECUTE=1 erases'}",
        )
        say(console, LEFT)
        return 1 if missing or not named else 0

    def _of_client(self, client_id: str) -> Iterator[str]:
        pages = self.client.get_paginator("query").paginate(
            TableName=self.orders,
            IndexName=BY_CLIENT.name,
            KeyConditionExpression="client_id = :client",
            ExpressionAttributeValues={":client": {"S": client_id}},
        )
        return (item["pk"]["S"] for page in pages for item in page["Items"])


def main(arguments: Sequence[str]) -> int:
    parser = argparse.ArgumentParser(
        description=f"Erase a person from the history of their orders ({PERSONAL} values)."
    )
    parser.add_argument("--stage", required=True)
    parser.add_argument("--client", default="")
    parser.add_argument("--execute", action="store_true")
    parser.add_argument("order_ids", nargs="*")
    asked, console = parser.parse_args(arguments), Console()
    if not asked.client and not asked.order_ids:
        say(console, 'say whose: CLIENT=101, or ORDERS="1001 1002"')
        return 2
    try:
        options = client_options(asked.stage)
        client = boto3.client("dynamodb", **options)
        table = HistoryTable(RecordTable(output_of(asked.stage, "HistoryTable", options), client))
        history = History(table, lambda: int(time.time()))
        by = boto3.client("sts", **options).get_caller_identity()["Arn"]
        command = Erasure(client, output_of(asked.stage, "OrderTable", options), table, history, by)
        return command.run(console, asked.client, asked.order_ids, execute=asked.execute)
    except _REFUSALS as error:
        say(console, reason_of(error))
        return 2


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
