"""The order table's stream with its two readers, the event bus, and the dead letters. Every order change leaves through it.

DynamoDB serves two readers of a shard at a time well (quota "simultaneous readers of a shard").
"""

from collections.abc import Mapping
from typing import cast

from aws_cdk import Duration, Stack
from aws_cdk import aws_dynamodb as dynamodb
from aws_cdk import aws_events as events
from aws_cdk import aws_iam as iam
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_lambda_event_sources as sources
from constructs import Construct

from infra.functions.function import FunctionParts, OrderFunction, allow
from infra.functions.order_parts import OrderParts
from infra.functions.record_keys import except_users_and_check
from infra.message_queues import LONGEST_DAYS, message_queue
from infra.storage import Storage
from lambdas.read_models.history.item import ERASED_AT, PERSONAL


class Outbox(Construct):
    """`actions`: functions by module."""

    def __init__(
        self, scope: Construct, construct_id: str, *, parts: OrderParts, actions: Mapping[str, lambda_.IFunction]
    ) -> None:
        super().__init__(scope, construct_id)
        orders = parts.storage.orders
        self.bus = events.EventBus(self, "Bus", event_bus_name=f"{parts.settings.stage}-orders")
        self.dead_letters = message_queue(self, "DeadLetters", parts.settings, days=LONGEST_DAYS)
        self.relay = self._relay(parts, actions)
        self.announcer = self._announcer(parts.functions, parts.storage)
        self._read_stream("OrderStream", self.relay, _stream_arn(orders))
        self._read_stream("EventStream", self.announcer, _stream_arn(orders))
        letters, stream = self.dead_letters.queue_arn, _stream_arn(orders)
        self.may_replay: list[iam.PolicyStatement] = [  # send dead letters to their readers again
            allow("sqs:ReceiveMessage", "sqs:DeleteMessage", "sqs:ChangeMessageVisibility", on=[letters]),
            allow(*_OF_STREAM, on=[stream]),
            allow("lambda:InvokeFunction", on=[self.relay.function_arn, self.announcer.function_arn]),
        ]

    def _relay(self, parts: OrderParts, actions: Mapping[str, lambda_.IFunction]) -> lambda_.Function:
        functions = {module: function.function_arn for module, function in actions.items()}
        return OrderFunction(
            self,
            "Relay",
            parts=parts.functions,
            handler="lambdas.outbox.relay.handler",
            description="Order stream: starts and wakes machines",
            memory_mb=512,
            timeout_seconds=60,
            reserved_concurrency=parts.settings.reserved_concurrency.readers,
            environment={
                "ORDER_TABLE": parts.storage.orders.table_name,
                "DEAD_LETTERS": self.dead_letters.queue_url,
                "MACHINES": parts.queues.machines_json,
                "MACHINE_HASHES": parts.hashes_json,
                "FUNCTIONS": Stack.of(self).to_json_string(functions),
            },
            permissions=self._of_the_relay(parts, list(functions.values())),
        ).function

    def _of_the_relay(self, parts: OrderParts, functions: list[str]) -> list[iam.PolicyStatement]:
        """It writes an order to say why an action cannot be run, and runs actions that no machine waits for."""
        orders, machines = parts.storage.orders, parts.machine_arns
        return [
            *([allow(*_OF_MACHINES, on=machines)] if machines else []),
            *parts.queues.may_ask,
            allow("dynamodb:GetItem", "dynamodb:PutItem", on=[orders.table_arn]),
            *self._reader(orders),
            allow("lambda:InvokeFunction", on=functions),
        ]

    def _announcer(self, parts: FunctionParts, storage: Storage) -> lambda_.Function:
        return OrderFunction(
            self,
            "Announcer",
            parts=parts,
            handler="lambdas.outbox.announcer.handler",
            description="Order stream: sends events, keeps what is read of orders",
            memory_mb=512,
            timeout_seconds=60,
            reserved_concurrency=parts.settings.reserved_concurrency.readers,
            environment={
                "EVENT_BUS": self.bus.event_bus_name,
                "RECORD_TABLE": storage.records.table_name,
                "HISTORY_TABLE": storage.history.table_name,
                "DESK_TABLE": storage.desk.table_name,
                "DEAD_LETTERS": self.dead_letters.queue_url,
                **({"HISTORY_ANCHORED": "1"} if parts.settings.history_anchors else {}),
            },
            permissions=[
                allow("events:PutEvents", on=[self.bus.event_bus_arn]),
                *except_users_and_check(storage.records, "UpdateItem"),  # counts of orders per step
                allow(*_OF_READ_MODELS, on=[storage.desk.table_arn]),
                allow(*_OF_HISTORY, on=[storage.history.table_arn]),
                may_erase(storage.history.table_arn),
                *self._reader(storage.orders),
            ],
        ).function

    def _reader(self, orders: dynamodb.Table) -> list[iam.PolicyStatement]:
        """Listing streams takes no resource; it shows names only."""
        return [
            allow("sqs:SendMessage", on=[self.dead_letters.queue_arn]),
            allow(*_OF_STREAM, on=[_stream_arn(orders)]),
            allow("dynamodb:ListStreams", on=["*"]),
        ]

    def _read_stream(self, construct_id: str, reader: lambda_.Function, stream_arn: str) -> None:
        """Connect a reader with the stream. A record that fails must neither get lost nor hold up the others for ever.

        A reader sends a record to the dead letters if no retry can help. All others come again for 12 hours, because an outage
        may last for hours. A batch that kills the function is halved until the bad record is alone. A dead letter is a place in
        the stream, which keeps records for 24 hours. Giving up after 12 hours leaves 12 to read the record.
        """
        lambda_.EventSourceMapping(
            self,
            construct_id,
            target=reader,
            event_source_arn=stream_arn,
            starting_position=lambda_.StartingPosition.TRIM_HORIZON,
            batch_size=100,
            max_batching_window=Duration.seconds(0),
            parallelization_factor=10,  # by order: changes of one stay in their order
            report_batch_item_failures=True,
            bisect_batch_on_error=True,
            max_record_age=Duration.hours(12),
            on_failure=sources.SqsDlq(self.dead_letters),
            filters=[_ONLY_ORDERS],
        )


_OF_STREAM = ("dynamodb:DescribeStream", "dynamodb:GetRecords", "dynamodb:GetShardIterator")
_OF_READ_MODELS = tuple(
    f"dynamodb:{verb}"
    for verb in ("GetItem", "PutItem", "UpdateItem", "DeleteItem", "ConditionCheckItem", "Query", "BatchWriteItem")
)
_OF_HISTORY = ("dynamodb:PutItem", "dynamodb:Query")
_OF_MACHINES = ("states:StartExecution", "states:SendTaskSuccess", "states:SendTaskFailure")

# Hash items, posts and history share the table; only the order item itself tells what happened to an order.
_ONLY_ORDERS = lambda_.FilterCriteria.filter(
    {"dynamodb": {"Keys": {"sk": {"S": lambda_.FilterRule.is_equal("order")}}}}
)


def may_erase(table_arn: str) -> iam.PolicyStatement:
    """Erase personal values of history. No other attribute of an item may be changed, and no item deleted.

    https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/specifying-conditions.html
    """
    erase = allow("dynamodb:UpdateItem", on=[table_arn])
    erase.add_conditions(
        {
            "ForAllValues:StringEquals": {"dynamodb:Attributes": ["pk", "sk", PERSONAL, ERASED_AT]},
            "Null": {"dynamodb:Attributes": "false"},
        }
    )
    return erase


def _stream_arn(table: dynamodb.Table) -> str:
    return cast(str, table.table_stream_arn)  # storage.py gives the order table a stream
