"""Refuses to take a stage down while it is protected or orders are in progress. `make destroy` runs it first.

Step Functions deletes a machine only after its last execution ended. Until then no other machine may have its name, so the stage
could not be created again: https://docs.aws.amazon.com/step-functions/latest/apireference/API_DeleteStateMachine.html
Exits with 1 if the stage must not be taken down.
"""

import argparse
import json
import sys
from collections.abc import Mapping, Sequence
from typing import Any

import boto3
from botocore.exceptions import BotoCoreError, ClientError

from infra.account import reason_of
from infra.local.engine_process import EngineError
from infra.operate.deployed_stage import NotDeployedError, client_options, output_of
from infra.stages.errors import StageError
from infra.stages.settings import stack_name_of

_REFUSALS = (BotoCoreError, ClientError, EngineError, StageError)
_WHY = {"error": "StageTakenDown", "cause": "the stage of this order queue is taken down"}


def running(step_functions: Any, machines: Mapping[str, str]) -> dict[str, list[str]]:
    """ARNs of the executions that have not ended, by queue folder; queues without any are left out."""
    pages = {
        folder: step_functions.get_paginator("list_executions").paginate(stateMachineArn=arn, statusFilter="RUNNING")
        for folder, arn in machines.items()
    }
    found = {
        folder: [execution["executionArn"] for page in each for execution in page["executions"]]
        for folder, each in pages.items()
    }
    return {folder: executions for folder, executions in found.items() if executions}


def refuse_or_stop(step_functions: Any, machines: Mapping[str, str], *, stop: bool) -> str:
    """Return why the stage cannot be taken down yet; empty if it can. `stop`: end the executions that run."""
    found = running(step_functions, machines)
    if not found:
        return ""
    if not stop:
        counts = ", ".join(f"{folder} {len(executions)}" for folder, executions in found.items())
        return f"orders are in progress ({counts}): finish or cancel them, or end their executions with STOP=1"
    for executions in found.values():
        for execution in executions:
            step_functions.stop_execution(executionArn=execution, **_WHY)
    return ""


def protection_of(cloudformation: Any, stack: str) -> str:
    """Why the stack cannot be deleted at all; empty if it can. Checked before any execution is ended."""
    (described,) = cloudformation.describe_stacks(StackName=stack)["Stacks"]
    if not described.get("EnableTerminationProtection"):
        return ""
    return (
        f"{stack} is protected against deletion, as it keeps its data: docs/operating.md says how to end the protection"
    )


def main(arguments: Sequence[str]) -> int:
    parser = argparse.ArgumentParser(
        description="Refuse to take a stage down while it is protected or orders are in progress."
    )
    parser.add_argument("--stage", required=True)
    parser.add_argument("--stop", action="store_true", help="end the executions that run")
    asked = parser.parse_args(arguments)
    try:
        options = client_options(asked.stage)
        machines = json.loads(output_of(asked.stage, "Machines", options))
        reason = protection_of(boto3.client("cloudformation", **options), stack_name_of(asked.stage)) or refuse_or_stop(
            boto3.client("stepfunctions", **options), machines, stop=asked.stop
        )
    except NotDeployedError:
        return 0  # a stack whose creation failed has no outputs, and runs nothing
    except _REFUSALS as error:
        reason = reason_of(error)
    if reason:
        sys.stderr.write(f"{reason}\n")
    return 1 if reason else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
