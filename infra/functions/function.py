"""The one way to define a Lambda: its own role and log group, JSON logs, tracing, exact permissions.

Longer than 200 lines, because all that a function may have is one declaration.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from aws_cdk import Duration, PermissionsBoundary, RemovalPolicy
from aws_cdk import aws_events as events
from aws_cdk import aws_events_targets as targets
from aws_cdk import aws_iam as iam
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_logs as logs
from aws_cdk import aws_secretsmanager as secretsmanager
from constructs import Construct

from infra.front.proof import environment_of, permissions_of
from infra.functions.gateways import payment_environment
from infra.stages.settings import StageSettings


@dataclass(frozen=True, kw_only=True)
class PaymentParts:
    """The parts of functions that pay: the secrets with the providers' API keys (ARN by provider), and the layer with SDKs.

    `layer`: None where no provider needs one.
    """

    layer: lambda_.ILayerVersion | None
    secrets: Mapping[str, str]


@dataclass(frozen=True, kw_only=True)
class FunctionParts:
    """The parts that all functions of a stack share: one code asset, one layer, one stage.

    `documents`: the layer of those that write PDF.
    `payments`: None where the only gateway is the sandbox, which needs nothing. `front_secret`: None without a front.
    """

    settings: StageSettings
    code: lambda_.Code
    layer: lambda_.ILayerVersion
    documents: lambda_.ILayerVersion
    payments: PaymentParts | None = None
    front_secret: secretsmanager.ISecret | None = None


def runtime_of(settings: StageSettings) -> lambda_.Runtime:
    return lambda_.Runtime(f"python{settings.python_version}", lambda_.RuntimeFamily.PYTHON)


def architecture_of(settings: StageSettings) -> lambda_.Architecture:
    return lambda_.Architecture.ARM_64 if settings.machine == "aarch64" else lambda_.Architecture.X86_64


def removal_of(settings: StageSettings) -> RemovalPolicy:
    return RemovalPolicy.RETAIN if settings.keep_data else RemovalPolicy.DESTROY


def boundary_of(settings: StageSettings) -> PermissionsBoundary | None:
    """Of all roles of a stack."""
    named = settings.permissions_boundary
    return PermissionsBoundary.from_name(named) if named else None


def metric_namespace(settings: StageSettings) -> str:
    """A namespace per stage: two stages in one account and region count apart."""
    return f"OrderQueues/{settings.stage}"


def allow(*actions: str, on: Sequence[str]) -> iam.PolicyStatement:
    """A permission, spelled out. No construct grants more than is written here."""
    return iam.PolicyStatement(actions=list(actions), resources=list(on))


def own_role(
    scope: Construct,
    *,
    service: str,
    description: str,
    statements: Sequence[iam.PolicyStatement],
    conditions: Mapping[str, Any] | None = None,
) -> iam.IRole:
    """A role with exactly these statements. Statements that a construct would add later are dropped.

    `conditions`: under which the service may assume it.

    The statements are in the role itself, so a resource that needs the role also waits for its permissions.
    """
    role = iam.Role(
        scope,
        "Role",
        assumed_by=iam.ServicePrincipal(service, conditions=dict(conditions) if conditions else None),
        description=description,
        inline_policies={"Exact": iam.PolicyDocument(statements=list(statements), minimize=False)},
    )
    return role.without_policy_updates()


class OrderFunction(Construct):
    """A Lambda of this system. `service` is the name that its logs and metrics carry. `reserved_concurrency`: 0 for none."""

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        parts: FunctionParts,
        handler: str,
        description: str,
        memory_mb: int,
        timeout_seconds: int,
        environment: Mapping[str, str],
        permissions: Sequence[iam.PolicyStatement],
        reserved_concurrency: int = 0,
        pays: bool = False,
        is_door: bool = False,
        writes_pdf: bool = False,
    ) -> None:
        """`pays`: it moves money, or looks it up, at the payment provider. `is_door`: callers reach it, through the front if any.

        Longer than 30 lines, because it is one declaration: all that a function of ours has."""
        super().__init__(scope, construct_id)
        settings = parts.settings
        paying = parts.payments if pays else None
        front = parts.front_secret if is_door else None
        self.service = _service_of(handler)
        self.log_group = logs.LogGroup(
            self, "Logs", retention=settings.log_retention, removal_policy=removal_of(settings)
        )
        self.function = lambda_.Function(
            self,
            "Function",
            runtime=runtime_of(settings),
            architecture=architecture_of(settings),
            handler=handler,
            code=parts.code,
            layers=[
                parts.layer,
                *([paying.layer] if paying and paying.layer else []),
                *([parts.documents] if writes_pdf else []),
            ],
            description=description,
            memory_size=memory_mb,
            timeout=Duration.seconds(timeout_seconds),
            environment=_environment(settings, self.service)
            | (payment_environment(paying.secrets, settings) if paying else {})
            | environment_of(front)
            | (
                {"ELECTRONIC_INVOICES": settings.electronic_invoices}
                if writes_pdf and settings.electronic_invoices
                else {}
            )
            | dict(environment),
            role=own_role(
                self,
                service="lambda.amazonaws.com",
                description=f"Runs {handler}",
                statements=[*_own_permissions(self.log_group), *permissions, *_may_pay(paying), *permissions_of(front)],
            ),
            log_group=self.log_group,
            reserved_concurrent_executions=reserved_concurrency or None,
            logging_format=lambda_.LoggingFormat.JSON,
            application_log_level_v2=lambda_.ApplicationLogLevel[settings.log_level],
            system_log_level_v2=lambda_.SystemLogLevel.INFO,
            tracing=lambda_.Tracing.ACTIVE,
        )


def run_every(
    scope: Construct, construct_id: str, *, minutes: int, function: lambda_.IFunction, description: str
) -> None:
    """Run the function every so many minutes. A run that fails is not retried, because the next one is the retry."""
    events.Rule(
        scope,
        construct_id,
        description=description,
        schedule=events.Schedule.rate(Duration.minutes(minutes)),
        targets=[targets.LambdaFunction(function, retry_attempts=0)],
    )


def _service_of(handler: str) -> str:
    """The handler's module, without the words that all have: `actions.generate_invoice`, `api`."""
    return handler.removeprefix("lambdas.").removesuffix(".handler").removesuffix(".handler")


def _environment(settings: StageSettings, service: str) -> dict[str, str]:
    return {
        "STAGE": settings.stage,
        "POWERTOOLS_SERVICE_NAME": service,
        "POWERTOOLS_METRICS_NAMESPACE": metric_namespace(settings),
        "POWERTOOLS_LOG_LEVEL": settings.log_level,
        "PYDANTIC_DISABLE_PLUGINS": "__all__",  # there are none, and looking for them reads every package's metadata
    }


def _may_pay(paying: PaymentParts | None) -> list[iam.PolicyStatement]:
    """Read exactly the secrets of the stage's providers."""
    return [allow("secretsmanager:GetSecretValue", on=sorted(paying.secrets.values()))] if paying else []


def _own_permissions(log_group: logs.ILogGroup) -> list[iam.PolicyStatement]:
    """Write its own log and send its own traces (X-Ray takes no resource)."""
    return [
        allow("logs:CreateLogStream", "logs:PutLogEvents", on=[log_group.log_group_arn]),
        allow("xray:PutTraceSegments", "xray:PutTelemetryRecords", on=["*"]),
    ]
