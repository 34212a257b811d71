"""`make verify-history STAGE=dev`: proves the chains of history, of all orders or of those named in ORDERS.

It only reads. A changed, missing or inserted item is named. Each order is compared with the last item of its history, and each
chain with the anchors of a stage that has them. Gaps and erased personal values are counted; they are no faults. Exits with 1 if
anything is wrong, with 2 if the stage cannot be reached.
"""

import argparse
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from itertools import groupby
from typing import Any

import boto3
from botocore.exceptions import BotoCoreError, ClientError
from rich.console import Console

from infra.account import reason_of
from infra.history.anchors import ANCHOR_BUCKET
from infra.local.engine_process import EngineError
from infra.operate.deployed_stage import NotDeployedError, client_options, output_of
from infra.operate.output import say
from infra.stages.errors import StageError
from infra.stages.settings import settings_of
from lambdas.orders.errors import OrderNotFoundError, OrderUnreadableError
from lambdas.orders.model.order import Order
from lambdas.orders.store import DynamoOrderStore
from lambdas.orders.table.indexes import SK_ORDER
from lambdas.read_models.history.anchored_days import Anchors, anchors_of
from lambdas.read_models.history.anchors import FOLDER
from lambdas.read_models.history.chain import Checked, Finding, begin_problems, checked, order_problems
from lambdas.read_models.history.history import name_of
from lambdas.read_models.history.table import HistoryTable, is_of_order
from lambdas.records.table import RecordTable
from lambdas.runtime.items import from_item

_REFUSALS = (BotoCoreError, ClientError, EngineError, NotDeployedError, StageError)
_TRIES, _PAUSE_SECONDS = 5, 2.0  # history follows the order by a moment
Record = dict[str, Any]


@dataclass
class Verification:
    """Verifies the history of a stage. `client`: of DynamoDB. `orders`, `history`: names of tables. `anchors`: of a stage that
    has them."""

    client: Any
    orders: str
    history: str
    pause: Callable[[float], None] = time.sleep
    anchors: Anchors | None = None
    now: Callable[[], float] = time.time

    def run(self, console: Console, order_ids: Sequence[str] = ()) -> int:
        """Print what is wrong, and a summary. Return 1 if anything is."""
        counts, wrong = Counter[str](), 0
        for finding in self._all_findings(order_ids, counts):
            wrong += 1
            say(console, str(finding))
        say(
            console,
            f"{counts['chains']} chains of {counts['items']} items: {wrong} wrong, {counts['gaps']} gaps, "
            f"{counts['erased']} with erased personal values",
        )
        if counts["late"]:
            say(
                console, f"{counts['late']} begin later than revision 1: their orders are from before history was begun"
            )
        if self.anchors:
            days = f"{self.anchors.first_day} to {self.anchors.last_day}" if self.anchors.by_day else "no day yet"
            say(console, f"compared with the anchors of {days}")
        return 1 if wrong else 0

    def _all_findings(self, order_ids: Sequence[str], counts: Counter[str]) -> Iterator[Finding]:
        seen, table = set[str](), HistoryTable(RecordTable(self.history, self.client))
        begun_at, marked = table.begun_at(), self._marked(table)
        for found in self._chains(order_ids):
            counts.update(chains=1, items=len(found.items), gaps=found.gaps, erased=found.erased)
            counts["late"] += found.begins_at is not None
            seen.add(found.of)
            yield from begin_problems(found, begun_at)
            yield from self._findings(found)
            if self.anchors:
                yield from self.anchors.of_chain(found, is_marked=found.of in marked)
        yield from self._without_history(seen, order_ids, begun_at)
        if self.anchors:
            yield from self.anchors.findings
            yield from self.anchors.of_begin(begun_at)
            yield from self.anchors.of_days()
            yield from self.anchors.of_missing(seen, order_ids)

    def _marked(self, table: HistoryTable) -> set[str]:
        """Orders that were written to since the last anchor."""
        if not self.anchors or not self.anchors.by_day:
            return set()
        last = date.fromisoformat(self.anchors.last_day)
        today = datetime.fromtimestamp(self.now(), UTC).date()
        days = [last + timedelta(days=number) for number in range(1, (today - last).days + 1)]
        return {of for day in days for of in table.changed_on(day.isoformat())}

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
        records = (from_item(item) for page in pages for item in page["Items"])
        return (record for record in records if verb != "scan" or "sk" not in record or is_of_order(record))

    def _without_history(self, seen: set[str], order_ids: Sequence[str], begun_at: int) -> Iterator[Finding]:
        """Orders with no item at all."""
        numbers = {of.partition("-")[0] for of in seen}
        hint = "" if begun_at else "; if it is from before history: make begin-history"
        asked = order_ids or self._order_ids()
        for order_id in asked:
            if order_id not in numbers and not any(self._query(order_id)):
                yield Finding(order_id, "none", f"the order has no history{hint}")

    def _order_ids(self) -> Iterator[str]:
        rows = self._pages("scan", TableName=self.orders, ProjectionExpression="pk, sk")
        return (row["pk"] for row in rows if row["sk"] == SK_ORDER)


def _by_chain(records: Iterable[Record]) -> Iterator[Checked]:
    for (pk, fingerprint), theirs in groupby(
        records, key=lambda record: (record["pk"], record["sk"].partition("#")[0])
    ):
        yield checked(f"{pk}-{fingerprint}", theirs)


def objects_in(client: Any, bucket: str) -> Iterator[tuple[str, bytes]]:
    """Each version of each anchor, with its key. One that was put over another hides nothing, nor does a delete marker."""
    for page in client.get_paginator("list_object_versions").paginate(Bucket=bucket, Prefix=FOLDER):
        for version in page.get("Versions", ()):
            found = client.get_object(Bucket=bucket, Key=version["Key"], VersionId=version["VersionId"])
            yield version["Key"], found["Body"].read()


def main(arguments: Sequence[str]) -> int:
    parser = argparse.ArgumentParser(description="Prove the chains of the history of orders.")
    parser.add_argument("--stage", required=True)
    parser.add_argument("order_ids", nargs="*")
    asked, console = parser.parse_args(arguments), Console()
    try:
        options = client_options(asked.stage)
        orders, history = (output_of(asked.stage, name, options) for name in ("OrderTable", "HistoryTable"))
        anchors = None
        if settings_of(asked.stage).history_anchors:
            anchors = anchors_of(
                objects_in(boto3.client("s3", **options), output_of(asked.stage, ANCHOR_BUCKET, options))
            )
        command = Verification(boto3.client("dynamodb", **options), orders, history, anchors=anchors)
        return command.run(console, asked.order_ids)
    except _REFUSALS as error:
        say(console, reason_of(error))
        return 2


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
