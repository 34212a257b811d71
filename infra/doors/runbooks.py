"""The function behind the runbooks of Systems Manager. Their documents are in the stack of operations (operations/runbooks.py).

Nobody may invoke it but the role of those documents. It asks Systems Manager who started an automation, and of what.
"""

from aws_cdk import Stack
from aws_cdk import aws_iam as iam
from constructs import Construct

from infra.bulk import Bulk
from infra.functions import record_keys
from infra.functions.function import OrderFunction, allow
from infra.functions.order_parts import OrderParts
from infra.outbox import Outbox
from infra.storage import BY_CLIENT, BY_STEP, Storage

_TIMEOUT_SECONDS = 270  # less than the step that calls it (operations/documents.py)


class Runbooks(Construct):
    """`function` does what an automation was started for."""

    def __init__(self, scope: Construct, construct_id: str, *, parts: OrderParts, bulk: Bulk, outbox: Outbox) -> None:
        super().__init__(scope, construct_id)
        self.function = OrderFunction(
            self,
            "Handler",
            parts=parts.functions,
            handler="lambdas.runbooks.handler.handler",
            description="Verbs on orders for runbooks of Systems Manager",
            memory_mb=512,
            timeout_seconds=_TIMEOUT_SECONDS,
            pays=True,
            environment={
                **parts.door_environment,
                "BULK_MACHINE": bulk.machine.state_machine_arn,
                "DEAD_LETTERS": outbox.dead_letters.queue_url,
                "MACHINES": parts.queues.machines_json,
                "READERS": f"{outbox.relay.function_name},{outbox.announcer.function_name}",
                "STACK_NAME": parts.settings.stack_name,
            },
            permissions=[
                *parts.door_permissions,
                *_tables(parts.storage),
                *parts.queues.may_ask,
                *bulk.may_start,
                *outbox.may_replay,
                allow("ssm:GetAutomationExecution", on=[_any_automation(self)]),
            ],
        ).function


def _tables(storage: Storage) -> list[iam.PolicyStatement]:
    """Orders by step and by client; what verbs write; what waited for a pause; previews, which are among the guards."""
    return [
        *record_keys.of_runbooks(storage.records),
        record_keys.only(storage.guards, ("GetItem", "PutItem"), ("bulk_preview#*",)),
        allow("dynamodb:Query", on=[index.arn(storage.orders) for index in (BY_STEP, BY_CLIENT)]),
        allow("dynamodb:BatchGetItem", on=[storage.orders.table_arn]),
    ]


def _any_automation(scope: Construct) -> str:
    """Each has an id that nobody knows before it is started."""
    return Stack.of(scope).format_arn(service="ssm", resource="automation-execution", resource_name="*")
