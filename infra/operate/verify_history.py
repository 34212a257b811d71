"""`make verify-history STAGE=dev`: proves the chains of history, of all orders or of those named in ORDERS.

It only reads. A changed, missing or inserted item is named. Each order is compared with the last item of its history. Gaps and
erased personal values are counted; they are no faults. Exits with 1 if anything is wrong, with 2 if the stage cannot be reached.
"""

import argparse
import sys
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any

import boto3
from botocore.exceptions import BotoCoreError, ClientError
from rich.console import Console

from infra.account import reason_of
from infra.local.engine_process import EngineError
from infra.operate.deployed_stage import NotDeployedError, client_options, output_of
from infra.operate.output import say
from infra.stages.errors import StageError
from lambdas.orders.errors import OrderNotFoundError, OrderUnreadableError
from lambdas.orders.model.order import Order
from lambdas.orders.store import DynamoOrderStore
from lambdas.orders.table.indexes import SK_ORDER
from lambdas.read_models.history.chain import Checked, Finding, checked, order_problems
from lambdas.read_models.history.history import name_of
from lambdas.runtime.items import from_item

_REFUSALS = (BotoCoreError, ClientError, EngineError, NotDeployedError, StageError)
_TRIES, _PAUSE_SECONDS = 5, 2.0  # history follows the order by a moment
Record = dict[str, Any]


@dataclass
class Verification:
    """Verifies the history of a stage. `client`: of DynamoDB. `orders`, `history`: names of tables."""

    client: Any
    orders: str
    history: str
    pause: Callable[[float], None] = time.sleep

    def run(self, console: Console, order_ids: Sequence[str] = ()) -> int:
        """Print what is wrong, and a summary. Return 1 if anything is."""
        chains = items = gaps = erased = wrong = 0
        seen = set[str]()
        for found in self._chains(order_ids):
            chains, items = chains + 1, items + len(found.items)
            gaps, erased = gaps + found.gaps, erased + found.erased
            seen.add(found.of)
            for finding in self._findings(found):
                wrong += 1
                say(console, str(finding))
        for finding in self._without_history(seen, order_ids):
            wrong += 1
            say(console, str(finding))
        say(
            console,
            f"{chains} chains of {items} items: {wrong} wrong, {gaps} gaps, {erased} with erased personal values",
        )
        return 1 if wrong else 0

    def _findings(self, found: Checked) -> Iterator[Finding]:
        if found.findings:
            yield from found.findings
            return
        problems: list[Finding] = []
        for attempt in range(_TRIES):
            order = self._order(found.of)
            if order is None:
                return
            problems = list(order_problems(found, order))
            if not problems or found.head.revision > order.revision:
                break
            if attempt + 1 < _TRIES:
                self.pause(_PAUSE_SECONDS)
                found = self._read(found.of)
        yield from (*found.findings, *problems)

    def _order(self, of: str) -> Order | None:
        """The order of this history; None if there is another of its number now, or none that can be read."""
        try:
            order = DynamoOrderStore(self.orders, self.client).get(of.partition("-")[0])
        except (OrderNotFoundError, OrderUnreadableError):
            return None
        return order if name_of(order) == of else None

    def _read(self, of: str) -> Checked:
        order_id = of.partition("-")[0]
        return next((found for found in self._chains([order_id]) if found.of == of), checked(of, ()))

    def _chains(self, order_ids: Sequence[str]) -> Iterator[Checked]:
        if order_ids:
            for order_id in order_ids:
                yield from _by_chain(self._query(order_id))
        else:
            yield from _by_chain(self._pages("scan", TableName=self.history))  # one order's items come together, sorted

    def _query(self, order_id: str) -> Iterator[Record]:
        condition = {"KeyConditionExpression": "pk = :pk", "ExpressionAttributeValues": {":pk": {"S": order_id}}}
        return self._pages("query", TableName=self.history, **condition)

    def _pages(self, verb: str, **asked: Any) -> Iterator[Record]:
        pages = self.client.get_paginator(verb).paginate(ConsistentRead=True, **asked)
        return (from_item(item) for page in pages for item in page["Items"])

    def _without_history(self, seen: set[str], order_ids: Sequence[str]) -> Iterator[Finding]:
        """Orders with no item at all. History begins with the release that keeps it: an order at rest since has none."""
        numbers = {of.partition("-")[0] for of in seen}
        asked = order_ids or self._order_ids()
        for order_id in asked:
            if order_id not in numbers and not any(self._query(order_id)):
                yield Finding(order_id, "none", "the order has no history")

    def _order_ids(self) -> Iterator[str]:
        rows = self._pages("scan", TableName=self.orders, ProjectionExpression="pk, sk")
        return (row["pk"] for row in rows if row["sk"] == SK_ORDER)


def _by_chain(records: Iterable[Record]) -> Iterator[Checked]:
    for (pk, fingerprint), theirs in groupby(
        records, key=lambda record: (record["pk"], record["sk"].partition("#")[0])
    ):
        yield checked(f"{pk}-{fingerprint}", theirs)


def main(arguments: Sequence[str]) -> int:
    parser = argparse.ArgumentParser(description="Prove the chains of the history of orders.")
    parser.add_argument("--stage", required=True)
    parser.add_argument("order_ids", nargs="*")
    asked, console = parser.parse_args(arguments), Console()
    try:
        options = client_options(asked.stage)
        tables = [output_of(asked.stage, name, options) for name in ("OrderTable", "HistoryTable")]
        orders, history = tables
        return Verification(boto3.client("dynamodb", **options), orders, history).run(console, asked.order_ids)
    except _REFUSALS as error:
        say(console, reason_of(error))
        return 2


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
