"""A deployed stack whose functions can be made to die, and callers of its API who ask again when no answer comes."""

import json
import time
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from http import HTTPStatus
from pathlib import Path
from threading import Event
from typing import Any, Self

import boto3
import httpx

from infra.local.deployment import deploy
from infra.local.engine_process import LocalEngine
from infra.local.panel.process import LocalPanel
from infra.local.stack import LocalStack, connect
from lambdas.orders.model.executions import order_id_in
from lambdas.orders.model.order import Order
from lambdas.orders.store import DynamoOrderStore
from lambdas.orders.table.stored import restored
from lambdas.runtime.items import from_item
from tests.faults.dying import MARK, TWICE, switch
from tests.faults.functions import make_faulty
from tests.faults.places import Fault

ENGINE_SETTINGS = {
    "ORDERQ_LAMBDA_CONCURRENCY": "20",  # who runs into a time-out takes a place and no processor
    "ORDERQ_LAMBDA_FUNCTION_CONCURRENCY": "4",
    # AWS tries an asynchronous invocation again after a minute, when the claim of one that died has lapsed; so here.
    "LAMBDA_ASYNC_RETRY_BASE_SECONDS": "10",
}
_PAUSE_SECONDS = 0.3
_BATCH = 20  # records at a time that the relay is told again
_TRIES = 8


@contextmanager
def opened(root: Path) -> Iterator["FaultyShop"]:
    """An engine, the stand-in for the parties outside, and the stack on it with its functions made faulty."""
    (root / "armed").mkdir()
    panel_root = root / "panel"
    with (
        LocalPanel.start(panel_root, panel_root / "stack.json", answer_after_seconds=0.5) as panel,
        LocalEngine.start(root / "engine", settings=ENGINE_SETTINGS) as engine,
    ):
        for _ in deploy(engine, panel.url):
            pass
        stack = connect(engine, None)
        stack.save(panel_root / "stack.json")
        with FaultyShop(engine, stack, panel, root / "armed") as shop:
            yield shop


class Shop:
    """A deployed stack: the callers of its API, and what there is of its orders."""

    def __init__(self, engine: LocalEngine, stack: LocalStack, panel: LocalPanel) -> None:
        self.stack = stack
        self._client: Any = lambda service: boto3.client(service, **engine.client_options())
        self.dynamodb, self.machines = self._client("dynamodb"), self._client("stepfunctions")
        self._orders = DynamoOrderStore(stack.order_table, self.dynamodb)
        limits = httpx.Limits(max_connections=32)
        self._people = {
            who: httpx.Client(base_url=stack.api_url, auth=(login[0], login[1]), timeout=30, limits=limits)
            for who, login in {"": (stack.user, stack.token), **stack.people}.items()
        }
        self._panel = httpx.Client(base_url=panel.url, timeout=30)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        for client in (*self._people.values(), self._panel):
            client.close()

    def ask(
        self, method: str, parameters: dict[str, Any], *, key: str, given_up: Event, who: str = ""
    ) -> httpx.Response | None:
        """Call the API; ask for the same again, with the same key, while there is no answer. None: there was none at all."""
        while not given_up.is_set():
            try:
                answer = self._people[who].post(f"/{method}", json=parameters, headers={"Idempotency-Key": key})
            except httpx.TransportError:
                answer = None
            if answer is not None and answer.status_code < HTTPStatus.INTERNAL_SERVER_ERROR:
                return answer
            time.sleep(_PAUSE_SECONDS)
        return None

    def refuse_once(self, order_id: str, path: str, reason: str) -> None:
        failure = {"order_id": order_id, "path": path, "reason": reason}
        self._panel.post("/_fail", json=failure).raise_for_status()

    def asked_outside(self, order_id: str) -> list[dict[str, Any]]:
        """What the parties outside did for the order, each thing once per key."""
        return list(self._panel.get("/_calls", params={"order_id": order_id}).json())

    def revisions(self, order_ids: Collection[str]) -> dict[str, int]:
        """How often each order was written."""
        if not order_ids:
            return {}
        keys = [{"pk": {"S": order_id}, "sk": {"S": "order"}} for order_id in order_ids]
        wanted = {"Keys": keys, "ProjectionExpression": "pk, revision", "ConsistentRead": True}
        answer = self.dynamodb.batch_get_item(RequestItems={self.stack.order_table: wanted})
        found = map(from_item, answer["Responses"][self.stack.order_table])
        return {str(item["pk"]): int(item["revision"]) for item in found}

    def order(self, order_id: str) -> Order:
        return self._orders.get(order_id)

    def orders(self) -> dict[str, list[Order]]:
        """All orders, by mark."""
        found: dict[str, list[Order]] = {}
        for item in self._items(self.stack.order_table):
            if item["sk"] == "order":
                order = restored(item["pk"], item)
                found.setdefault(str(order.info.get(MARK)), []).append(order)
        return found

    def records(self) -> list[dict[str, Any]]:
        return list(self._items(self.stack.record_table))

    def executions(self) -> Iterator[tuple[str, str]]:
        """Name and status of every execution."""
        pages = self.machines.get_paginator("list_executions")
        for arn in self.stack.machines.values():
            for page in pages.paginate(stateMachineArn=arn):
                yield from ((found["name"], found["status"]) for found in page["executions"])

    def states_entered(self, queue: str, order_id: str) -> frozenset[str]:
        """The names of all states that the executions of the order came to."""
        pages = self.machines.get_paginator("list_executions").paginate(stateMachineArn=self.stack.machines[queue])
        found = [each for page in pages for each in page["executions"] if order_id_in(each["name"]) == order_id]
        histories = (
            event
            for each in found
            for page in self.machines.get_paginator("get_execution_history").paginate(executionArn=each["executionArn"])
            for event in page["events"]
        )
        entered = (event.get("stateEnteredEventDetails") for event in histories)
        return frozenset(str(event["name"]) for event in entered if event)

    def _items(self, table: str) -> Iterator[dict[str, Any]]:
        for page in self.dynamodb.get_paginator("scan").paginate(TableName=table, ConsistentRead=True):
            yield from map(from_item, page["Items"])


class FaultyShop(Shop):
    """Its functions can be made to die."""

    def __init__(self, engine: LocalEngine, stack: LocalStack, panel: LocalPanel, armed: Path) -> None:
        super().__init__(engine, stack, panel)
        self._armed = armed
        self._functions = self._client("lambda")
        self._readers = make_faulty(self._functions, armed)

    def arm(self, mark: str, fault: Fault, order_id: str = "") -> None:
        """Actions know their order by its id, doors and the relay by its mark."""
        self._switch(mark, fault, order_id).write_text(fault.manner)

    def is_armed(self, mark: str, fault: Fault, order_id: str = "") -> bool:
        """Whether it is still to come."""
        if fault.point == TWICE:
            return not switch(self._armed, mark, fault.function, f"met {TWICE}").exists()
        return self._switch(mark, fault, order_id).exists()

    def tell_again(self, order_ids: Collection[str]) -> None:
        """The readers get everything that the stream has told of these orders, from the beginning."""
        told = [record for record in self._told() if record["dynamodb"]["Keys"]["pk"]["S"] in order_ids]
        assert len(told) >= len(order_ids), f"the stream does not tell of orders {order_ids}"
        for start in range(0, len(told), _BATCH):
            batch = {"Records": told[start : start + _BATCH]}
            payload = json.dumps(batch, default=lambda value: value.timestamp())
            if not any(self._relayed(payload) for _ in range(_TRIES)):
                raise RuntimeError(f"what was told before is not taken, of orders {', '.join(order_ids)}")

    def _relayed(self, payload: str) -> bool:
        """Whether both readers took the whole batch."""
        answers = [self._functions.invoke(FunctionName=name, Payload=payload) for name in self._readers]
        return all(json.loads(answer["Payload"].read()) == {"batchItemFailures": []} for answer in answers)

    def _told(self) -> Iterator[dict[str, Any]]:
        """The order table's stream, of orders only."""
        streams = self._client("dynamodbstreams")
        arn = self.dynamodb.describe_table(TableName=self.stack.order_table)["Table"]["LatestStreamArn"]
        for shard in streams.describe_stream(StreamArn=arn)["StreamDescription"]["Shards"]:
            at = streams.get_shard_iterator(StreamArn=arn, ShardId=shard["ShardId"], ShardIteratorType="TRIM_HORIZON")
            iterator = at["ShardIterator"]
            while iterator:
                page = streams.get_records(ShardIterator=iterator)
                yield from (record for record in page["Records"] if record["dynamodb"]["Keys"]["sk"]["S"] == "order")
                iterator = page.get("NextShardIterator") if page["Records"] else None

    def _switch(self, mark: str, fault: Fault, order_id: str) -> Path:
        key = f"{order_id}.{fault.action}" if fault.action else mark
        return switch(self._armed, key, fault.function, fault.point)
