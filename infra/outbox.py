"""The only way out: the order table's stream, one relay, the event bus, and a queue for what the relay gave up on."""

from collections.abc import Mapping
from typing import cast

from aws_cdk import Duration, Stack
from aws_cdk import aws_dynamodb as dynamodb
from aws_cdk import aws_events as events
from aws_cdk import aws_iam as iam
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_lambda_event_sources as sources
from constructs import Construct

from infra.function import FunctionParts, OrderFunction, allow
from infra.messages import LONGEST_DAYS, alarm_when_parked, message_queue


class Outbox(Construct):
    """`machines` maps order_queue_id to the machine that walks the orders of that queue, `actions` modules to functions."""

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        parts: FunctionParts,
        orders: dynamodb.Table,
        records: dynamodb.Table,
        machines: Mapping[str, str],
        actions: Mapping[str, lambda_.IFunction],
    ) -> None:
        super().__init__(scope, construct_id)
        self.bus = events.EventBus(self, "Bus", event_bus_name=f"{parts.settings.stage}-orders")
        self.dead_letters = message_queue(self, "DeadLetters", parts.settings, days=LONGEST_DAYS)
        alarm_when_parked(
            self,
            "RecordsParked",
            self.dead_letters,
            "Changes of orders were not passed on, so their machines may stand still: docs/operating.md says how to mend it",
        )
        self.relay = self._relay(parts, orders=orders, records=records, machines=machines, actions=actions)
        self._read_stream(_stream_arn(orders))

    def _relay(
        self,
        parts: FunctionParts,
        *,
        orders: dynamodb.Table,
        records: dynamodb.Table,
        machines: Mapping[str, str],
        actions: Mapping[str, lambda_.IFunction],
    ) -> lambda_.Function:
        functions = {module: function.function_arn for module, function in actions.items()}
        return OrderFunction(
            self,
            "Relay",
            parts=parts,
            handler="lambdas.outbox.relay.handler",
            description="Order stream: starts and wakes machines, counts, sends events",
            memory_mb=512,
            timeout_seconds=60,
            environment={
                "EVENT_BUS": self.bus.event_bus_name,
                "ORDER_TABLE": orders.table_name,
                "RECORD_TABLE": records.table_name,
                "MACHINES": Stack.of(self).to_json_string(dict(machines)),
                "FUNCTIONS": Stack.of(self).to_json_string(functions),
            },
            permissions=[
                *self._permissions(orders=orders, machines=list(machines.values())),
                allow("dynamodb:UpdateItem", on=[records.table_arn]),  # counts of orders per step
                # Actions that somebody asked for and that no machine waits for.
                allow("lambda:InvokeFunction", on=list(functions.values())),
            ],
        ).function

    def _permissions(self, *, orders: dynamodb.Table, machines: list[str]) -> list[iam.PolicyStatement]:
        """Listing streams takes no resource; it shows names only. An order is written to say why an action cannot be run."""
        stream_arn = _stream_arn(orders)
        verbs = ("states:StartExecution", "states:SendTaskSuccess", "states:SendTaskFailure")
        return [
            *([allow(*verbs, on=machines)] if machines else []),
            allow("events:PutEvents", on=[self.bus.event_bus_arn]),
            allow("sqs:SendMessage", on=[self.dead_letters.queue_arn]),
            allow("dynamodb:GetItem", "dynamodb:PutItem", on=[orders.table_arn]),
            allow("dynamodb:DescribeStream", "dynamodb:GetRecords", "dynamodb:GetShardIterator", on=[stream_arn]),
            allow("dynamodb:ListStreams", on=["*"]),
        ]

    def _read_stream(self, stream_arn: str) -> None:
        """A record that cannot be delivered must neither be lost nor hold up the others for ever.

        A batch is halved until the bad record stands alone, tried ten more times, then set aside. What is set aside is
        the record's place in the stream, which keeps a record for 24 hours: giving up after 12 leaves 12 to look it up.
        """
        lambda_.EventSourceMapping(
            self,
            "OrderStream",
            target=self.relay,
            event_source_arn=stream_arn,
            starting_position=lambda_.StartingPosition.TRIM_HORIZON,
            batch_size=100,
            max_batching_window=Duration.seconds(0),
            parallelization_factor=1,
            report_batch_item_failures=True,
            bisect_batch_on_error=True,
            retry_attempts=10,
            max_record_age=Duration.hours(12),
            on_failure=sources.SqsDlq(self.dead_letters),
            filters=[_ONLY_ORDERS],
        )


# Hash items, posts and history share the table; only the order item itself tells what happened to an order.
_ONLY_ORDERS = lambda_.FilterCriteria.filter(
    {"dynamodb": {"Keys": {"sk": {"S": lambda_.FilterRule.is_equal("order")}}}}
)


def _stream_arn(table: dynamodb.Table) -> str:
    return cast(str, table.table_stream_arn)  # storage.py gives the order table a stream
