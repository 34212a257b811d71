"""The bucket for the files of posts. The API's function reads and writes it, the desk's reads it, the forms' writes it."""

from aws_cdk import aws_iam as iam
from aws_cdk import aws_s3 as s3
from constructs import Construct

from infra.functions.function import allow, removal_of
from infra.stages.settings import StageSettings


class Attachments(Construct):
    """Private, encrypted, over TLS only. Versions are kept if data is. CloudFormation deletes it only if empty."""

    def __init__(self, scope: Construct, construct_id: str, *, settings: StageSettings) -> None:
        super().__init__(scope, construct_id)
        bucket = s3.Bucket(
            self,
            "Bucket",
            encryption=s3.BucketEncryption.S3_MANAGED,
            enforce_ssl=True,
            block_public_access=s3.BlockPublicAccess.BLOCK_ALL,
            object_ownership=s3.ObjectOwnership.BUCKET_OWNER_ENFORCED,
            versioned=settings.keep_data,
            removal_policy=removal_of(settings),
        )
        self.environment = {"ATTACHMENT_BUCKET": bucket.bucket_name}
        files = [bucket.arn_for_objects("orders/*")]
        self.permissions: list[iam.PolicyStatement] = [allow("s3:PutObject", "s3:GetObject", on=files)]
        self.writing: list[iam.PolicyStatement] = [allow("s3:PutObject", on=files)]
        self.reading: list[iam.PolicyStatement] = [allow("s3:GetObject", on=files)]
