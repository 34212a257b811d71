"""One state machine per queue, from the definition that is checked in beside its queue.toml."""

import hashlib
import json
import re
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from aws_cdk import ArnFormat, Fn, RemovalPolicy, Stack
from aws_cdk import aws_dynamodb as dynamodb
from aws_cdk import aws_iam as iam
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_logs as logs
from aws_cdk import aws_stepfunctions as sfn
from constructs import Construct

from infra.actions import construct_name
from infra.functions.function import allow, own_role
from infra.stages.settings import StageSettings

_PLACEHOLDER = re.compile(r"\$\{(\w+)\}")
_ORDER_TABLE = "OrderTable"


class UnknownPlaceholderError(ValueError):
    """A definition names something that the stack cannot fill in."""


@dataclass(frozen=True, kw_only=True)
class QueueFolder:
    """A queue as it lies in the repository."""

    name: str
    order_queue_id: int
    definition: str

    @property
    def placeholders(self) -> set[str]:
        """The `${…}` of the definition; what is none of ours (JSONata has its own `$`) does not have this form."""
        return set(_PLACEHOLDER.findall(self.definition))

    @property
    def definition_hash(self) -> str:
        """Names this exact definition; an order records the one it runs."""
        return hashlib.sha256(self.definition.encode()).hexdigest()[:16]

    @property
    def uses_orders(self) -> bool:
        return _ORDER_TABLE in self.placeholders

    def modules(self) -> list[str]:
        return sorted(self.placeholders - {_ORDER_TABLE})


def read_queues(root: Path) -> list[QueueFolder]:
    """Every folder with a compiled machine, by name."""
    return [
        QueueFolder(
            name=machine.parent.name,
            order_queue_id=int(tomllib.loads((machine.parent / "queue.toml").read_text())["order_queue_id"]),
            definition=_compact(machine.read_text()),
        )
        for machine in sorted(root.glob("*/machine.asl.json"))
    ]


def _compact(definition: str) -> str:
    """Without the white space that reviewers need: all machines share one template, which may hold 1 MB."""
    return json.dumps(json.loads(definition), separators=(",", ":"), ensure_ascii=False)


class QueueMachine(Construct):
    """The machine of one queue. It may invoke its own actions and write waits on orders, nothing else."""

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        queue: QueueFolder,
        settings: StageSettings,
        orders: dynamodb.ITable,
        actions: Mapping[str, lambda_.IFunction],
        log_group: logs.ILogGroup,
    ) -> None:
        super().__init__(scope, construct_id)
        invoked = _arns(queue, actions=actions)
        self.name = name = f"{settings.stage}-{queue.name}"
        self.queue = queue
        self.machine = sfn.StateMachine(
            self,
            "Machine",
            state_machine_name=name,
            state_machine_type=sfn.StateMachineType.STANDARD,
            definition_body=sfn.DefinitionBody.from_string(_without_spaces(queue.definition)),
            definition_substitutions=({_ORDER_TABLE: orders.table_name} if queue.uses_orders else {}) | invoked,
            role=own_role(
                self,
                service="states.amazonaws.com",
                description=f"Runs queue {queue.name}",
                statements=_permissions(orders=orders, invoked=list(invoked.values())),
            ),
            # Errors only and never the data: the history of an execution has the rest, for those who may see it.
            logs=sfn.LogOptions(
                destination=log_group,
                level=sfn.LogLevel.ERROR,
                include_execution_data=False,
            ),
            tracing_enabled=True,
        )


class Queues(Construct):
    """All machines, in the order of their folders' names."""

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        queues: list[QueueFolder],
        settings: StageSettings,
        orders: dynamodb.ITable,
        actions: Mapping[str, lambda_.IFunction],
    ) -> None:
        super().__init__(scope, construct_id)
        log_group = _log_group(self, settings)
        made = [
            QueueMachine(
                self,
                construct_name(queue.name),
                queue=queue,
                settings=settings,
                orders=orders,
                actions=actions,
                log_group=log_group,
            )
            for queue in queues
        ]
        self.arns_by_folder = {each.queue.name: each.machine.state_machine_arn for each in made}
        self.arns_by_id = {str(each.queue.order_queue_id): each.machine.state_machine_arn for each in made}
        self.names = [each.name for each in made]
        self.machines_json = Stack.of(self).to_json_string(self.arns_by_id)
        self.may_ask = [allow("states:DescribeExecution", on=self._executions(made))] if made else []

    def _executions(self, made: Sequence[QueueMachine]) -> list[str]:
        """ARNs of all executions of these machines, by which asking after one is judged."""
        return [
            Stack.of(self).format_arn(
                service="states",
                resource="execution",
                resource_name=f"{each.name}:*",
                arn_format=ArnFormat.COLON_RESOURCE_NAME,
            )
            for each in made
        ]


def _without_spaces(definition: str) -> str:
    """A template takes 1 MB in all, and the definitions are in it."""
    return json.dumps(json.loads(definition), ensure_ascii=False, separators=(",", ":"))


def _arns(queue: QueueFolder, *, actions: Mapping[str, lambda_.IFunction]) -> dict[str, str]:
    """The functions a definition names, by module."""
    if unknown := set(queue.modules()) - set(actions):
        raise UnknownPlaceholderError(f"machine of queue {queue.name} names {sorted(unknown)}: no such action")
    return {module: actions[module].function_arn for module in queue.modules()}


def _log_group(scope: Construct, settings: StageSettings) -> logs.LogGroup:
    """One for all machines. The prefix keeps it out of the account's ten log resource policies, which are of limited size.

    A given name must be new at each creation, because a group may outlive its stack. For the same reason a group from a failed
    creation is deleted.
    """
    stack = Stack.of(scope)
    creation = Fn.select(2, Fn.split("/", stack.stack_id))
    return logs.LogGroup(
        scope,
        "Logs",
        log_group_name=f"/aws/vendedlogs/states/{settings.stage}-{creation}",
        retention=settings.log_retention,
        removal_policy=RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE if settings.keep_data else RemovalPolicy.DESTROY,
    )


def _permissions(*, orders: dynamodb.ITable, invoked: list[str]) -> list[iam.PolicyStatement]:
    """Its actions, the waits it writes on orders, and what logging and tracing need (which takes no resource)."""
    invoke = [allow("lambda:InvokeFunction", on=invoked)] if invoked else []
    return [
        *invoke,
        allow("dynamodb:GetItem", "dynamodb:UpdateItem", on=[orders.table_arn]),
        allow(
            "logs:CreateLogDelivery",
            "logs:GetLogDelivery",
            "logs:UpdateLogDelivery",
            "logs:DeleteLogDelivery",
            "logs:ListLogDeliveries",
            "logs:PutResourcePolicy",
            "logs:DescribeResourcePolicies",
            "logs:DescribeLogGroups",
            on=["*"],
        ),
        allow(
            "xray:PutTraceSegments",
            "xray:PutTelemetryRecords",
            "xray:GetSamplingRules",
            "xray:GetSamplingTargets",
            on=["*"],
        ),
    ]
