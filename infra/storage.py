"""The tables: orders, which everything turns on, the records that orders create, what guards the API, and what is read of orders.

History cannot be made again, so it is kept as orders are. What the desk reads can (`make rebuild`).
"""

from dataclasses import dataclass

from aws_cdk import RemovalPolicy, Stack
from aws_cdk import aws_dynamodb as dynamodb
from aws_cdk import aws_iam as iam
from aws_cdk import aws_kms as kms
from constructs import Construct

from infra.functions.function import removal_of
from infra.stages.settings import StageSettings

_STRING = dynamodb.AttributeType.STRING
_NUMBER = dynamodb.AttributeType.NUMBER

# What DynamoDB does with a table's key, as its documentation lists it.
_KEY_USES = ("Encrypt", "Decrypt", "ReEncrypt*", "GenerateDataKey*", "CreateGrant", "DescribeKey")


@dataclass(frozen=True, kw_only=True)
class Index:
    """A way to read orders in time order. Only keys that an order item carries; an order without them is not in it.

    `kept`: what lists filter by, beside keys. A write that changes none of these attributes writes no index.
    """

    name: str
    partition: str
    sort: str
    sort_type: dynamodb.AttributeType = _STRING
    kept: tuple[str, ...] = ()

    def arn(self, table: dynamodb.Table) -> str:
        return f"{table.table_arn}/index/{self.name}"


# `received` is time and number: no two orders have the same, so a list can continue after any of them.
BY_STEP = Index(name="by_step", partition="queue_step", sort="received", kept=("opportunity",))
BY_CLIENT = Index(name="by_client", partition="client_id", sort="received", kept=("queue_step", "opportunity"))
# Sparse, as clients are.
BY_OPPORTUNITY = Index(
    name="by_opportunity", partition="opportunity", sort="received", kept=("queue_step", "client_id")
)
# Sparse: only orders that wait for a date.
BY_DUE = Index(name="by_due", partition="due_shard", sort="due_at", sort_type=_NUMBER)
INDEXES = (BY_STEP, BY_CLIENT, BY_OPPORTUNITY, BY_DUE)


class Storage(Construct):
    """`AWS::DynamoDB::Table` and not `GlobalTable`: one region by design, and the type every tool knows in full."""

    def __init__(self, scope: Construct, construct_id: str, *, settings: StageSettings) -> None:
        super().__init__(scope, construct_id)
        self._settings = settings
        self._key = _table_key(self) if settings.customer_managed_key else None
        self.orders = self._table(
            "OrderTable",
            stream=dynamodb.StreamViewType.NEW_AND_OLD_IMAGES,
            time_to_live_attribute="expires_at" if settings.time_to_live else None,
        )
        for index in INDEXES:
            self.orders.add_global_secondary_index(
                index_name=index.name,
                partition_key=dynamodb.Attribute(name=index.partition, type=_STRING),
                sort_key=dynamodb.Attribute(name=index.sort, type=index.sort_type),
                projection_type=dynamodb.ProjectionType.INCLUDE if index.kept else dynamodb.ProjectionType.KEYS_ONLY,
                non_key_attributes=list(index.kept) or None,
            )
        self.records = self._table("RecordTable")
        # No recovery to a point in time: everything in it expires, and yesterday's counts and answers would be wrong today.
        self.guards = self._table(
            "GuardTable",
            time_to_live_attribute="expires_at" if settings.time_to_live else None,
            point_in_time_recovery=False,
        )
        self.history = self._table("HistoryTable")
        self.desk = self._table("DeskTable", point_in_time_recovery=False)

    def _table(
        self,
        construct_id: str,
        *,
        stream: dynamodb.StreamViewType | None = None,
        time_to_live_attribute: str | None = None,
        point_in_time_recovery: bool = True,
    ) -> dynamodb.Table:
        managed, own = dynamodb.TableEncryption.AWS_MANAGED, dynamodb.TableEncryption.CUSTOMER_MANAGED
        return dynamodb.Table(
            self,
            construct_id,
            partition_key=dynamodb.Attribute(name="pk", type=_STRING),
            sort_key=dynamodb.Attribute(name="sk", type=_STRING),
            billing_mode=dynamodb.BillingMode.PAY_PER_REQUEST,
            stream=stream,
            time_to_live_attribute=time_to_live_attribute,
            encryption=own if self._key else managed,
            encryption_key=self._key,
            point_in_time_recovery_specification=dynamodb.PointInTimeRecoverySpecification(
                point_in_time_recovery_enabled=point_in_time_recovery and self._settings.point_in_time_recovery
            ),
            deletion_protection=self._settings.keep_data,
            removal_policy=removal_of(self._settings),
        )


def _table_key(scope: Construct) -> kms.Key:
    """A key that anyone in the account may use, but only through DynamoDB: the rule the AWS managed key has.

    So a role's permissions stay the same on a stage with this key and on one without, and the tables decide who reads.
    """
    stack = Stack.of(scope)
    key = kms.Key(
        scope,
        "TableKey",
        description=f"Tables of {stack.stack_name}",
        enable_key_rotation=True,
        removal_policy=RemovalPolicy.RETAIN,
    )
    key.add_to_resource_policy(
        iam.PolicyStatement(
            sid="ThroughDynamoDB",
            principals=[iam.AnyPrincipal()],
            actions=[f"kms:{verb}" for verb in _KEY_USES],
            resources=["*"],  # in a key's own policy: this key
            conditions={
                "StringEquals": {
                    "kms:CallerAccount": stack.account,
                    "kms:ViaService": f"dynamodb.{stack.region}.{stack.url_suffix}",
                }
            },
        )
    )
    return key
