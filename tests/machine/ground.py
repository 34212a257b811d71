"""Where random queues are tried: an engine of its own with two tables, one real action function, and the real relay.

The relay runs in this process over the table's real stream, so that machines can be added while it runs and records can be
delivered twice, as DynamoDB and Lambda may.
"""

import json
import random
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import boto3

from infra.functions.layer import bundle_layer
from infra.local.engine_process import ACCOUNT_ID, REPOSITORY, LocalEngine
from infra.stages.settings import settings_of
from lambdas.orders.machine import StepFunctionsMachine
from lambdas.orders.model.checklist import ChecklistAction
from lambdas.orders.model.order import Order
from lambdas.orders.model.queue import Queue
from lambdas.orders.store import DynamoOrderStore
from lambdas.outbox.changes import NoDeadLetters
from lambdas.outbox.execution_starts import ExecutionStarter
from lambdas.outbox.relay import relay
from lambdas.records.table import RecordTable
from statemachines.__main__ import machine_of
from tests.machine import stub_action
from tests.machine.asl_schema import schema_faults
from tests.machine.stub_action import Run
from tests.support.archive import PRODUCT, zipped
from tests.support.tables import KEY_SCHEMA, KEY_TYPES, make_table

ROLE = f"arn:aws:iam::{ACCOUNT_ID}:role/test"
ORDERS, RECORDS = "random-orders", "random-records"
WAIT_SCALE = "0.05"  # of what the engine waits before it tries again
MODULES = {"stub_action": stub_action.module}


class Relayed(StepFunctionsMachine):
    """The product's machine port with a Lambda client of the engine; told about machines as they are made."""

    def __init__(self, function_arn: str, options: dict[str, Any]) -> None:
        self.arns: dict[str, str] = {}
        super().__init__(self.arns, client=boto3.client("stepfunctions", **options))
        self._lambda: Any = boto3.client("lambda", **options)
        self._function_arn = function_arn

    def run(self, order: Order, action: ChecklistAction) -> None:
        payload = f'{{"order_id": "{order.order_id}", "action_id": {action.action_id}, "requested": true}}'
        self._lambda.invoke(FunctionName=self._function_arn, InvocationType="Event", Payload=payload)


@dataclass
class Ground:
    """The engine and what stands on it. `relayed`: order id -> its latest revision that came out of the stream."""

    options: dict[str, Any]
    function_arn: str
    machine: Relayed
    failures: list[str] = field(default_factory=list)
    relayed: dict[str, int] = field(default_factory=dict)
    news: threading.Condition = field(default_factory=threading.Condition)

    def __post_init__(self) -> None:
        self.dynamodb = boto3.client("dynamodb", **self.options)
        self.step_functions = boto3.client("stepfunctions", **self.options)
        self.orders = DynamoOrderStore(ORDERS, self.dynamodb)
        self.records = RecordTable(RECORDS, self.dynamodb)

    def add(self, queue: Queue) -> str:
        """The queue's machine, checked and compiled as `make compile` does, and held against cfn-lint's schema."""
        compiled = machine_of(queue, MODULES)
        assert schema_faults(json.loads(compiled)) == []
        definition = compiled.replace("${OrderTable}", ORDERS)
        made = self.step_functions.create_state_machine(
            name=f"random-{queue.order_queue_id}",
            definition=definition.replace("${stub_action}", self.function_arn),
            roleArn=ROLE,
        )
        self.machine.arns[str(queue.order_queue_id)] = made["stateMachineArn"]
        return str(made["stateMachineArn"])

    def wait_for_change(self, order: Order, seconds: float) -> bool:
        """Until the stream tells of a later revision of the order than this one; False if it does not in time."""
        with self.news:
            return self.news.wait_for(lambda: self.relayed.get(order.order_id, 0) > order.revision, seconds)

    def tell(self, records: list[Any]) -> None:
        with self.news:
            for record in records:
                image = record["dynamodb"]["NewImage"]
                self.relayed[record["dynamodb"]["Keys"]["pk"]["S"]] = int(image["revision"]["N"])
            self.news.notify_all()

    def runs(self, order_id: str) -> list[Run]:
        """In the order in which they were let in."""
        return [Run.model_validate(record) for record in self.records.query(f"order#{order_id}", "run#")]

    def undone(self, order_id: str) -> set[int]:
        return {int(record["action_id"]) for record in self.records.query(f"order#{order_id}", "undone#")}


@contextmanager
def ground(root: Path) -> Iterator[Ground]:
    """Ends with everything it started."""
    settings = {
        "ORDERQ_LAMBDA_FUNCTION_CONCURRENCY": "3",
        "LOG_LEVEL": "WARNING",
        "SFN_WAIT_SCALE": WAIT_SCALE,
    }
    with LocalEngine.start(root, settings=settings) as engine:
        options = engine.client_options()
        dynamodb = boto3.client("dynamodb", **options)
        dynamodb.create_table(
            TableName=ORDERS,
            KeySchema=KEY_SCHEMA,  # type: ignore[arg-type]
            AttributeDefinitions=KEY_TYPES,  # type: ignore[arg-type]
            BillingMode="PAY_PER_REQUEST",
            StreamSpecification={"StreamEnabled": True, "StreamViewType": "NEW_AND_OLD_IMAGES"},
        )
        make_table(dynamodb, RECORDS)
        function_arn = _function(options)
        made = Ground(options, function_arn, Relayed(function_arn, options))
        with _relaying(made):
            yield made


def _function(options: dict[str, Any]) -> str:
    functions = boto3.client("lambda", **options)
    layer = functions.publish_layer_version(
        LayerName="dependencies",
        Content={"ZipFile": zipped(bundle_layer(settings_of("local"), root=REPOSITORY), "**/*")},
    )
    stub = ("tests/__init__.py", "tests/machine/__init__.py", "tests/machine/stub_action.py")
    made = functions.create_function(
        FunctionName="stub-action",
        Runtime="python3.13",
        Role=ROLE,
        Handler="tests.machine.stub_action.handler",
        Code={"ZipFile": zipped(REPOSITORY, *PRODUCT, *stub)},
        Layers=[layer["LayerVersionArn"]],
        Timeout=10,
        Environment={
            "Variables": {
                "ORDER_TABLE": ORDERS,
                "RECORD_TABLE": RECORDS,
                "CURRENCY": "USD",
                "GATEWAY": "sandbox",
                "POWERTOOLS_SERVICE_NAME": "stub",
                "POWERTOOLS_METRICS_NAMESPACE": "Stub",
                "PYDANTIC_DISABLE_PLUGINS": "__all__",
            }
        },
    )
    return str(made["FunctionArn"])


@contextmanager
def _relaying(made: Ground) -> Iterator[None]:
    ended = threading.Event()
    thread = threading.Thread(target=_relay_stream, args=(made, ended), daemon=True)
    thread.start()
    try:
        yield
    finally:
        ended.set()
        thread.join(10)


def _relay_stream(made: Ground, ended: threading.Event) -> None:
    """Reads the stream until told to end; every third batch or so is delivered twice, as at-least-once allows."""
    streams = boto3.client("dynamodbstreams", **made.options)
    arn = made.dynamodb.describe_table(TableName=ORDERS)["Table"]["LatestStreamArn"]
    shard = streams.describe_stream(StreamArn=arn)["StreamDescription"]["Shards"][0]["ShardId"]
    place = streams.get_shard_iterator(StreamArn=arn, ShardId=shard, ShardIteratorType="TRIM_HORIZON")["ShardIterator"]
    chance = random.Random(1)
    care = ExecutionStarter(made.machine, made.orders, lambda: int(time.time()))
    while not ended.is_set():
        answer = streams.get_records(ShardIterator=place, Limit=100)
        place = answer["NextShardIterator"]
        records: Any = [record for record in answer["Records"] if record["dynamodb"]["Keys"]["sk"] == {"S": "order"}]
        for _ in range(1 + (chance.random() < 1 / 3)):
            if records and (again := relay(records, care, NoDeadLetters())):
                made.failures += again
        made.tell(records)
        if not records:
            ended.wait(0.02)
