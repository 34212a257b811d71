"""Connects commands to a deployed stage: the credentials for it, and the outputs of its stack."""

import os
from typing import Any

import boto3
from botocore.exceptions import ClientError

from infra.account import account_of, say
from infra.local.__main__ import ENGINE_ROOT
from infra.local.engine_process import EngineError, LocalEngine
from infra.stages.settings import stack_name_of


class NotDeployedError(RuntimeError):
    """The stage has no stack with the output that is needed."""


def client_options(stage: str) -> dict[str, Any]:
    """Options for boto3 clients: your ordinary credentials. The stage `local` is on the engine that `make run` started.

    Prints the account and region. Raises UnknownStageError before it asks AWS anything, or AccountError.
    """
    stack_name_of(stage)
    if stage != "local" or "AWS_ENDPOINT_URL" in os.environ:
        account = account_of()
        say(stage, account)
        return {"region_name": account.region}
    engine = LocalEngine.attach(ENGINE_ROOT)
    if engine is None:
        raise EngineError("the engine is not running: `make run` first")
    return engine.client_options()


def output_of(stage: str, name: str, options: dict[str, Any]) -> str:
    """One output of the stage's stack. Raises NotDeployedError."""
    stack = stack_name_of(stage)
    try:
        described = boto3.client("cloudformation", **options).describe_stacks(StackName=stack)["Stacks"][0]
    except ClientError as error:
        if "does not exist" not in str(error):
            raise
        described = {}  # type: ignore[typeddict-item]
    for output in described.get("Outputs", []):
        if output["OutputKey"] == name:
            return output["OutputValue"]
    raise NotDeployedError(f"{stack} is not deployed here: `make deploy STAGE={stage}` first, or name another stage")
