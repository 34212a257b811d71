"""The order desk in the AWS console: the functions behind custom widgets of the dashboard Orders (operations/dashboards.py).

Reading and acting are functions of their own, so that a viewer's IAM policy decides who may act.
"""

from aws_cdk import aws_iam as iam
from aws_cdk import aws_lambda as lambda_
from constructs import Construct

from infra.functions import record_keys
from infra.functions.function import OrderFunction, allow
from infra.functions.order_parts import OrderParts
from infra.storage import BY_CLIENT, BY_STEP, Storage

_TIMEOUT_SECONDS = 20


class Widgets(Construct):
    """Nothing may invoke them but people in the console, with permissions of their own."""

    def __init__(self, scope: Construct, construct_id: str, *, parts: OrderParts) -> None:
        super().__init__(scope, construct_id)
        self.actor = self._actor(parts)
        self.reader = self._reader(parts)

    def _actor(self, parts: OrderParts) -> lambda_.Function:
        return OrderFunction(
            self,
            "Actor",
            parts=parts.functions,
            handler="lambdas.desk.widget.actor.handler",
            description="Dashboard widgets: harmless acts on orders",
            memory_mb=512,
            timeout_seconds=_TIMEOUT_SECONDS,
            environment=_environment(parts),
            permissions=[
                *parts.door_permissions,
                *record_keys.of_widgets(parts.storage.records, parts.settings.gateways),
                *_reads(parts.storage),
                *parts.queues.may_ask,
            ],
        ).function

    def _reader(self, parts: OrderParts) -> lambda_.Function:
        storage = parts.storage
        return OrderFunction(
            self,
            "Reader",
            parts=parts.functions,
            handler="lambdas.desk.widget.reader.handler",
            description="Dashboard widgets: board, orders, search",
            memory_mb=512,
            timeout_seconds=_TIMEOUT_SECONDS,
            environment={
                **_environment(parts),
                "ACTOR": self.actor.function_arn,
                "STACK_NAME": parts.settings.stack_name,
            },
            permissions=[
                allow("dynamodb:GetItem", on=[storage.orders.table_arn]),
                *record_keys.of_widget_reader(storage.records),
                *_reads(storage),
            ],
        ).function


def _environment(parts: OrderParts) -> dict[str, str]:
    return {
        **parts.door_environment,
        "COMPANY": parts.settings.company,
        "DESK_TABLE": parts.storage.desk.table_name,
        "HISTORY_TABLE": parts.storage.history.table_name,
        "MACHINES": parts.queues.machines_json,
    }


def _reads(storage: Storage) -> list[iam.PolicyStatement]:
    """Orders by step and by client, and what is read of orders."""
    return [
        allow("dynamodb:Query", on=[index.arn(storage.orders) for index in (BY_STEP, BY_CLIENT)]),
        allow("dynamodb:BatchGetItem", on=[storage.orders.table_arn]),
        allow("dynamodb:GetItem", "dynamodb:Query", on=[storage.history.table_arn, storage.desk.table_arn]),
    ]
