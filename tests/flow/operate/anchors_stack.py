"""The anchors of a stage as a stack of their own beside the deployed one: its history, its code, the product's role."""

import json
from typing import cast

from aws_cdk import App, Stack
from aws_cdk import aws_dynamodb as dynamodb
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_s3 as s3
from aws_cdk.assertions import Template

from infra.functions.function import FunctionParts
from infra.history.anchors import ANCHOR_BUCKET, Anchors
from infra.local.engine_process import ACCOUNT_ID, REGION
from infra.local.stack import STACK
from infra.operate.deployed_stage import output_of
from infra.stages.history_anchors import HistoryAnchors
from infra.stages.settings import settings_of
from infra.storage import Storage
from tests.flow.conftest import Shop

NAME = "OrderQueues-anchors"


class _DeployedTables:
    """The two tables of the deployed stage that the anchors need of Storage."""

    def __init__(self, stack: Stack, shop: Shop) -> None:
        names = {
            name: output_of("local", name, shop.engine.client_options()) for name in ("HistoryTable", "RecordTable")
        }
        self.history = dynamodb.Table.from_table_name(stack, "History", names["HistoryTable"])
        self.records = dynamodb.Table.from_table_name(stack, "Records", names["RecordTable"])


def deploy_anchors(shop: Shop) -> tuple[str, str]:
    """Deploy them. Return the bucket and the name of the function."""
    stack = Stack(App(), NAME, env={"account": ACCOUNT_ID, "region": REGION})
    tables = _DeployedTables(stack, shop)
    lock = HistoryAnchors(mode="governance", days=1)
    Anchors(stack, "Anchors", parts=_parts(stack, shop), storage=cast("Storage", tables), lock=lock)
    synthesized = Template.from_stack(stack).to_json()
    template = {part: synthesized[part] for part in ("Resources", "Outputs")}
    cloudformation = shop.client("cloudformation")
    cloudformation.create_stack(StackName=NAME, TemplateBody=json.dumps(template), Capabilities=["CAPABILITY_IAM"])
    cloudformation.get_waiter("stack_create_complete").wait(StackName=NAME, WaiterConfig={"Delay": 1})
    (described,) = cloudformation.describe_stacks(StackName=NAME)["Stacks"]
    bucket = next(each["OutputValue"] for each in described["Outputs"] if each["OutputKey"] == ANCHOR_BUCKET)
    resources = cloudformation.describe_stack_resources(StackName=NAME)["StackResources"]
    (function,) = (each for each in resources if each["ResourceType"] == "AWS::Lambda::Function")
    return bucket, function["PhysicalResourceId"]


def _parts(stack: Stack, shop: Shop) -> FunctionParts:
    """The code and the layer that the deployed functions run with."""
    template = shop.client("cloudformation").get_template(StackName=STACK)["TemplateBody"]
    resources = (json.loads(template) if isinstance(template, str) else template)["Resources"]
    key = next(
        each["Properties"]["Code"]["S3Key"]
        for each in resources.values()
        if each["Type"] == "AWS::Lambda::Function" and each["Properties"]["Handler"] == "lambdas.watch.check.handler"
    )
    functions = shop.client("lambda").list_functions()["Functions"]
    deployed = next(each for each in functions if each["Handler"] == "lambdas.watch.check.handler")
    bucket = s3.Bucket.from_bucket_name(stack, "Assets", f"cdk-hnb659fds-assets-{ACCOUNT_ID}-{REGION}")
    layer = lambda_.LayerVersion.from_layer_version_arn(stack, "Layer", deployed["Layers"][0]["Arn"])
    return FunctionParts(
        settings=settings_of("local"), code=lambda_.Code.from_bucket(bucket, key), layer=layer, documents=layer
    )
