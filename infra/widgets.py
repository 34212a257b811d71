"""The order desk in the AWS console: the functions behind custom widgets of the dashboard Orders (operations/dashboards.py).

Reading and acting are functions of their own, so that a viewer's IAM policy decides who may act.
"""

from collections.abc import Mapping

from aws_cdk import aws_iam as iam
from constructs import Construct

from infra.doors.permissions import door_environment, door_permissions
from infra.functions import record_keys
from infra.functions.function import FunctionParts, OrderFunction, allow
from infra.queues import Queues
from infra.storage import BY_CLIENT, BY_STEP, Storage

_TIMEOUT_SECONDS = 20


class Widgets(Construct):
    """Nothing may invoke them but people in the console, with permissions of their own."""

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        parts: FunctionParts,
        storage: Storage,
        queues: Queues,
        machine_hashes: Mapping[str, str],
    ) -> None:
        super().__init__(scope, construct_id)
        environment = {
            **door_environment(storage, parts.settings, machine_hashes),
            "COMPANY": parts.settings.company,
            "DESK_TABLE": storage.desk.table_name,
            "HISTORY_TABLE": storage.history.table_name,
            "MACHINES": queues.machines_json,
        }
        self.actor = OrderFunction(
            self,
            "Actor",
            parts=parts,
            handler="lambdas.desk.widget.actor.handler",
            description="Dashboard widgets: harmless acts on orders",
            memory_mb=512,
            timeout_seconds=_TIMEOUT_SECONDS,
            environment=environment,
            permissions=[
                *door_permissions(storage),
                *record_keys.of_widgets(storage.records, parts.settings.gateway),
                *_reads(storage),
                *queues.may_ask,
            ],
        ).function
        self.reader = OrderFunction(
            self,
            "Reader",
            parts=parts,
            handler="lambdas.desk.widget.reader.handler",
            description="Dashboard widgets: board, orders, search",
            memory_mb=512,
            timeout_seconds=_TIMEOUT_SECONDS,
            environment={**environment, "ACTOR": self.actor.function_arn},
            permissions=[
                allow("dynamodb:GetItem", on=[storage.orders.table_arn]),
                *record_keys.except_users(storage.records, "GetItem", "Query"),
                *_reads(storage),
            ],
        ).function


def _reads(storage: Storage) -> list[iam.PolicyStatement]:
    """Orders by step and by client, and what is read of orders."""
    return [
        allow("dynamodb:Query", on=[index.arn(storage.orders) for index in (BY_STEP, BY_CLIENT)]),
        allow("dynamodb:BatchGetItem", on=[storage.orders.table_arn]),
        allow("dynamodb:GetItem", "dynamodb:Query", on=[storage.history.table_arn, storage.desk.table_arn]),
    ]
