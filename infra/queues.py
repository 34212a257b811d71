"""One state machine per queue, from the definition that is checked in beside its queue.toml."""

from collections.abc import Mapping, Sequence

from aws_cdk import ArnFormat, Fn, RemovalPolicy, Stack
from aws_cdk import aws_dynamodb as dynamodb
from aws_cdk import aws_iam as iam
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_logs as logs
from aws_cdk import aws_stepfunctions as sfn
from constructs import Construct

from infra.actions import construct_name
from infra.functions.function import allow, own_role
from infra.queue_folders import ORDER_TABLE, QueueFolder, write_definition
from infra.stages.settings import StageSettings


class UnknownPlaceholderError(ValueError):
    """A definition names something that the stack cannot fill in."""


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
            # A file beside the template, named by its content: a template takes 1 MB, and a rollback finds the earlier file.
            definition_body=sfn.DefinitionBody.from_file(str(write_definition(queue))),
            definition_substitutions=({ORDER_TABLE: orders.table_name} if queue.uses_orders else {}) | invoked,
            role=_role(self, queue, orders, list(invoked.values())),
            logs=errors_only(log_group),
            tracing_enabled=True,
        )


def _role(scope: Construct, queue: QueueFolder, orders: dynamodb.ITable, invoked: list[str]) -> iam.IRole:
    return own_role(
        scope,
        service="states.amazonaws.com",
        description=f"Runs queue {queue.name}",
        statements=_permissions(orders=orders, invoked=invoked),
    )


def errors_only(log_group: logs.ILogGroup) -> sfn.LogOptions:
    """Errors, never the data: the history of an execution has the rest, for those who may see it."""
    return sfn.LogOptions(destination=log_group, level=sfn.LogLevel.ERROR, include_execution_data=False)


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
        self.log_group = _log_group(self, settings)
        made = [
            QueueMachine(
                self,
                construct_name(queue.name),
                queue=queue,
                settings=settings,
                orders=orders,
                actions=actions,
                log_group=self.log_group,
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
        allow(*LOGGING, on=["*"]),
        allow(*TRACING, on=["*"]),
    ]


# Logging and tracing of a machine take no resource.
LOGGING = tuple(
    f"logs:{verb}"
    for verb in (
        "CreateLogDelivery",
        "GetLogDelivery",
        "UpdateLogDelivery",
        "DeleteLogDelivery",
        "ListLogDeliveries",
        "PutResourcePolicy",
        "DescribeResourcePolicies",
        "DescribeLogGroups",
    )
)
TRACING = tuple(
    f"xray:{verb}" for verb in ("PutTraceSegments", "PutTelemetryRecords", "GetSamplingRules", "GetSamplingTargets")
)
