"""`make rebuild STAGE=dev`: writes all read models of the desk table again, from the order table.

History is no part of it: nobody can make it again. The command is safe beside live traffic, because each read model takes an
order as it stands only if it knows no later revision. A command that was interrupted continues where it stopped; START=1 begins
again. Exits with 1 if some orders were left, with 2 if the stage cannot be reached.
"""

import argparse
import sys
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
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
from lambdas.read_models.desk_followers import DeskFollower, desk_followers
from lambdas.records.table import BusyError, RecordTable
from lambdas.runtime.items import from_item, to_item

_PROGRESS = {"pk": "rebuild", "sk": "progress"}
_AT_ONCE = 8
_PAGE = 200
_REFUSALS = (BotoCoreError, ClientError, EngineError, NotDeployedError, StageError)
Item = dict[str, Any]


@dataclass
class Counts:
    orders: int = 0
    gone: int = 0
    strays: int = 0
    left: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class Rebuild:
    """Reads the order table from its first item to its last, then the desk table."""

    client: Any
    orders: str
    desk: RecordTable
    followers: Mapping[str, DeskFollower]

    def run(self, console: Console, *, start: bool) -> int:
        """Write the read models again and print what was done. Return 1 if orders were left."""
        counts = Counts()
        if start:
            self._save_progress(None)
        self._follow_all(counts, console)
        for page in self._pages(self.desk.name, None):
            self._tidy(page, counts)
        self._save_progress(None)
        say(console, f"{counts.orders} orders: {', '.join(self.followers)} written again")
        say(console, f"{counts.gone} orders that are gone and {counts.strays} stray entries were removed")
        if counts.left:
            say(
                console, f"{len(counts.left)} orders were left; fix what is stated of them, then run this command again"
            )
        return 1 if counts.left else 0

    def _follow_all(self, counts: Counts, console: Console) -> None:
        if after := self._progress():
            say(console, f"continues behind order {after['pk']['S']}, where it was interrupted; START=1 begins again")
        with ThreadPoolExecutor(_AT_ONCE) as pool:
            for page in self._pages(self.orders, after, only="sk = :order", values={":order": {"S": SK_ORDER}}):
                for order_id, why in pool.map(self._follow, page):
                    counts.orders += not why
                    if why:
                        counts.left.append(order_id)
                        say(console, f"order {order_id} was left: {why}")
                if page:
                    self._save_progress(page[-1])

    def _pages(
        self, table: str, after: Item | None, *, only: str = "", values: Item | None = None
    ) -> Iterator[Sequence[Item]]:
        asked: dict[str, Any] = {"TableName": table, "ConsistentRead": True, "Limit": _PAGE}
        if only:
            asked |= {"FilterExpression": only, "ExpressionAttributeValues": values}
        if after:
            asked["ExclusiveStartKey"] = after
        while True:
            answer = self.client.scan(**asked)
            yield answer["Items"]
            if "LastEvaluatedKey" not in answer:
                return
            asked["ExclusiveStartKey"] = answer["LastEvaluatedKey"]

    def _follow(self, row: Item) -> tuple[str, str]:
        """Have each read model take the order as it stands. Return its number, and why it was left."""
        order = read_order(row)
        if isinstance(order, UnreadableOrder):
            return order.order_id, f"it cannot be read: {order.why}"
        try:
            for follower in self.followers.values():
                follower.follow(None, order)
        except (BusyError, BotoCoreError, ClientError) as error:
            return order.order_id, reason_of(error) if isinstance(error, _REFUSALS) else str(error)
        return order.order_id, ""

    def _tidy(self, page: Sequence[Item], counts: Counts) -> None:
        """Remove what is of orders that are gone, and what no order has any more."""
        of = [(record, follower) for record in map(from_item, page) if (follower := self._follower_of(record))]
        named = {order_id for record, follower in of if (order_id := follower.order_of(record))}
        there = self._present(named)
        for order_id in sorted(named - there):
            for follower in self.followers.values():
                follower.forget(order_id)
            counts.gone += 1
        for record, follower in of:
            order_id = follower.order_of(record)
            if order_id in there:
                counts.strays += follower.tidy(record)
            elif order_id:
                key = to_item({name: record[name] for name in ("pk", "sk")})
                self.client.delete_item(TableName=self.desk.name, Key=key)

    def _follower_of(self, record: Mapping[str, Any]) -> DeskFollower | None:
        return next((each for each in self.followers.values() if str(record["pk"]).startswith(each.prefix)), None)

    def _present(self, order_ids: set[str]) -> set[str]:
        found, ids = set[str](), sorted(order_ids)
        for first in range(0, len(ids), 100):
            keys = [to_item({"pk": order_id, "sk": SK_ORDER}) for order_id in ids[first : first + 100]]
            asked: Any = {self.orders: {"Keys": keys, "ConsistentRead": True, "ProjectionExpression": "pk"}}
            while asked:
                answer = self.client.batch_get_item(RequestItems=asked)
                found |= {item["pk"]["S"] for item in answer["Responses"].get(self.orders, [])}
                asked = answer.get("UnprocessedKeys") or {}
        return found

    def _progress(self) -> Item | None:
        found = self.desk.get(**_PROGRESS)
        return to_item({"pk": found["order_id"], "sk": SK_ORDER}) if found else None

    def _save_progress(self, place: Item | None) -> None:
        """`place`: the last order that was followed. The place of the scan may be a key that opens an order, and is not kept."""
        if place is None:
            self.client.delete_item(TableName=self.desk.name, Key=to_item(_PROGRESS))
        else:
            record = {**_PROGRESS, "order_id": place["pk"]["S"]}
            self.client.put_item(TableName=self.desk.name, Item=to_item(record))


def main(arguments: Sequence[str]) -> int:
    parser = argparse.ArgumentParser(description="Write the read models of the desk table again, from the order table.")
    parser.add_argument("--stage", required=True)
    parser.add_argument(
        "--start", action="store_true", help="begin again, instead of where the last one was interrupted"
    )
    asked, console = parser.parse_args(arguments), Console()
    try:
        options = client_options(asked.stage)
        client = boto3.client("dynamodb", **options)
        desk = RecordTable(output_of(asked.stage, "DeskTable", options), client)
        command = Rebuild(client, output_of(asked.stage, "OrderTable", options), desk, desk_followers(desk))
        return command.run(console, start=asked.start)
    except _REFUSALS as error:
        say(console, reason_of(error))
        return 2


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
