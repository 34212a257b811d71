"""The bucket for the anchors of history, which nobody may change for a while, and the function that puts one there each day.

https://docs.aws.amazon.com/AmazonS3/latest/userguide/object-lock-managing.html
"""

from aws_cdk import CfnOutput, Duration, RemovalPolicy, Stack
from aws_cdk import aws_events as events
from aws_cdk import aws_events_targets as targets
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_s3 as s3
from constructs import Construct

from infra.functions.function import FunctionParts, OrderFunction, allow
from infra.functions.record_keys import only
from infra.stages.history_anchors import HistoryAnchors
from infra.storage import Storage
from lambdas.read_models.history.anchors import FOLDER
from lambdas.records.history_anchor import PK

ANCHOR_BUCKET = "AnchorBucket"  # output
_SECONDS = 900


class Anchors(Construct):
    """The bucket outlives every stack: locked objects cannot be deleted, so CloudFormation could not empty it.

    Object Lock switches versioning on, for ever. The function gets no right to read or delete an anchor.
    """

    def __init__(
        self, scope: Construct, construct_id: str, *, parts: FunctionParts, storage: Storage, lock: HistoryAnchors
    ) -> None:
        super().__init__(scope, construct_id)
        bucket = self._bucket(lock)
        function = self._function(parts, storage, bucket)
        events.Rule(
            self,
            "Daily",
            description="Anchor the history of yesterday; asked every hour, so that what failed is done later",
            schedule=events.Schedule.cron(minute="30"),
            targets=[targets.LambdaFunction(function, retry_attempts=0)],  # the next hour is the retry
        )
        CfnOutput(Stack.of(self), ANCHOR_BUCKET, value=bucket.bucket_name)

    def _bucket(self, lock: HistoryAnchors) -> s3.Bucket:
        kept = s3.ObjectLockRetention.compliance if lock.mode == "compliance" else s3.ObjectLockRetention.governance
        return s3.Bucket(
            self,
            "Bucket",
            encryption=s3.BucketEncryption.S3_MANAGED,
            enforce_ssl=True,
            block_public_access=s3.BlockPublicAccess.BLOCK_ALL,
            object_ownership=s3.ObjectOwnership.BUCKET_OWNER_ENFORCED,
            versioned=True,
            object_lock_enabled=True,
            object_lock_default_retention=kept(Duration.days(lock.days)),
            removal_policy=RemovalPolicy.RETAIN,
        )

    def _function(self, parts: FunctionParts, storage: Storage, bucket: s3.Bucket) -> lambda_.Function:
        return OrderFunction(
            self,
            "Anchor",
            parts=parts,
            handler="lambdas.watch.anchor.handler",
            description="Anchors the history of orders, once a day",
            memory_mb=1_769,  # a whole processor
            timeout_seconds=_SECONDS,
            environment={
                "HISTORY_TABLE": storage.history.table_name,
                "RECORD_TABLE": storage.records.table_name,
                "ANCHOR_BUCKET": bucket.bucket_name,
            },
            permissions=[
                allow("dynamodb:GetItem", "dynamodb:Query", on=[storage.history.table_arn]),
                only(storage.records, ("GetItem", "PutItem"), (PK,)),
                allow("s3:PutObject", on=[bucket.arn_for_objects(f"{FOLDER}*")]),
            ],
        ).function
