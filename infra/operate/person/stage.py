"""The tables, files and read models of a deployed stage, as far as commands about a person need them."""

import argparse
from dataclasses import dataclass
from typing import Any

import boto3

from infra.operate.deployed_stage import NotDeployedError, output_of
from infra.operate.person.found import Finder
from infra.stages.settings import stack_name_of
from lambdas.read_models.history.table import HistoryTable
from lambdas.records.posts.attachment import AttachmentFiles
from lambdas.records.table import RecordTable

_BUCKET = "AttachmentsBucket"  # how its logical id begins
WHOSE = "say whose: CLIENT=101, or EMAIL=ada@example.com, or both for one person"


@dataclass(frozen=True)
class DeployedStage:
    """`bucket`: of the posts' files. `client`: of DynamoDB, `s3`: of S3."""

    client: Any
    s3: Any
    orders: str
    records: RecordTable
    history: HistoryTable
    bucket: str

    @property
    def finder(self) -> Finder:
        return Finder(self.client, self.orders, self.records)

    @property
    def files(self) -> AttachmentFiles:
        return AttachmentFiles(self.bucket, self.s3)


def deployed(stage: str, options: dict[str, Any]) -> DeployedStage:
    """Raises NotDeployedError."""
    client = boto3.client("dynamodb", **options)
    return DeployedStage(
        client=client,
        s3=boto3.client("s3", **options),
        orders=output_of(stage, "OrderTable", options),
        records=RecordTable(output_of(stage, "RecordTable", options), client),
        history=HistoryTable(RecordTable(output_of(stage, "HistoryTable", options), client)),
        bucket=_bucket(stage, options),
    )


def asked_person(parser: argparse.ArgumentParser) -> None:
    """The arguments of each command about a person."""
    parser.add_argument("--stage", required=True)
    parser.add_argument("--client", default="")
    parser.add_argument("--email", default="")


def _bucket(stage: str, options: dict[str, Any]) -> str:
    stack = stack_name_of(stage)
    pages = boto3.client("cloudformation", **options).get_paginator("list_stack_resources").paginate(StackName=stack)
    for found in (each for page in pages for each in page["StackResourceSummaries"]):
        if found["ResourceType"] == "AWS::S3::Bucket" and found["LogicalResourceId"].startswith(_BUCKET):
            return str(found["PhysicalResourceId"])
    raise NotDeployedError(f"{stack} has no bucket for files of posts: `make deploy STAGE={stage}` first")
