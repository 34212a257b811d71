"""What runs in a stage that is taken down: `make destroy` asks this first.

Step Functions deletes a machine only once none of its executions runs, and until then no other may have its name, so the stage
could not be made again: https://docs.aws.amazon.com/step-functions/latest/apireference/API_DeleteStateMachine.html
"""

import argparse
import json
import sys
from collections.abc import Mapping, Sequence
from typing import Any

import boto3
from botocore.exceptions import BotoCoreError, ClientError

from infra.account import because
from infra.local.engine_process import EngineError
from infra.operate.reach import NotDeployedError, client_options, output_of
from infra.stages.settings import StageError, stack_name_of

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


def leave(step_functions: Any, machines: Mapping[str, str], *, stop: bool) -> str:
    """Why the stage cannot be taken down yet; empty if it can. `stop`: end what runs."""
    found = running(step_functions, machines)
    if not found:
        return ""
    if not stop:
        counts = ", ".join(f"{folder} {len(executions)}" for folder, executions in found.items())
        return f"orders are under way ({counts}): finish or cancel them, or end their executions with STOP=1"
    for executions in found.values():
        for execution in executions:
            step_functions.stop_execution(executionArn=execution, **_WHY)
    return ""


def protected(cloudformation: Any, stack: str) -> str:
    """Why the stack cannot be deleted at all, before anything of it is ended; empty if it can."""
    (described,) = cloudformation.describe_stacks(StackName=stack)["Stacks"]
    if not described.get("EnableTerminationProtection"):
        return ""
    return f"{stack} is protected against deletion, as it keeps its data: docs/operating.md says how that is ended"


def main(arguments: Sequence[str]) -> int:
    parser = argparse.ArgumentParser(description="Whether a stage can be taken down.")
    parser.add_argument("--stage", required=True)
    parser.add_argument("--stop", action="store_true", help="end the executions that run")
    asked = parser.parse_args(arguments)
    try:
        options = client_options(asked.stage)
        machines = json.loads(output_of(asked.stage, "Machines", options))
        reason = protected(boto3.client("cloudformation", **options), stack_name_of(asked.stage)) or leave(
            boto3.client("stepfunctions", **options), machines, stop=asked.stop
        )
    except NotDeployedError:
        return 0  # or only half: a stack that could not be made has no outputs, and runs nothing
    except _REFUSALS as error:
        reason = because(error)
    if reason:
        sys.stderr.write(f"{reason}\n")
    return 1 if reason else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
