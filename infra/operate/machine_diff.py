"""`make diff STAGE=dev`, its second half: shows line by line what a deploy would change in the machines.

The template names each definition by its content only. This compares the deployed definitions with those of the working tree,
without what a deployment fills in. It only reads.
"""

import argparse
import json
import sys
from collections.abc import Iterator, Mapping, Sequence
from difflib import unified_diff
from pathlib import Path
from typing import Any

import boto3
from botocore.exceptions import BotoCoreError, ClientError
from rich.console import Console

from infra.account import reason_of
from infra.local.engine_process import EngineError
from infra.operate.deployed_stage import NotDeployedError, client_options, output_of
from infra.operate.impact.definition import without_filled_in
from infra.operate.output import say
from infra.stages.errors import StageError
from infra.stages.owned_files import owned_files, shown


def machine_differences(old: Mapping[str, str], new: Mapping[str, str], root: str = "statemachines") -> Iterator[str]:
    """The lines of a unified diff for each queue whose machine differs. `old`, `new`: definitions by queue folder.

    `root`: where the folders are, as the lines name it.
    """
    for folder in sorted(old.keys() | new.keys()):
        before, after = _lines(old.get(folder)), _lines(new.get(folder))
        names = (f"deployed/{folder}", f"{root}/{folder}/machine.asl.json")
        yield from unified_diff(before, after, *names, lineterm="")


def _lines(definition: str | None) -> list[str]:
    if definition is None:
        return []
    return json.dumps(without_filled_in(json.loads(definition)), indent=2, ensure_ascii=False).splitlines()


def deployed_definitions(stage: str, options: dict[str, Any]) -> dict[str, str]:
    """By queue folder; none if the stage is not deployed yet."""
    try:
        machines = json.loads(output_of(stage, "Machines", options))
    except NotDeployedError:
        return {}
    client = boto3.client("stepfunctions", **options)
    return {
        folder: client.describe_state_machine(stateMachineArn=arn)["definition"] for folder, arn in machines.items()
    }


def definitions_in(root: Path) -> dict[str, str]:
    return {file.parent.name: file.read_text("utf-8") for file in root.glob("*/machine.asl.json")}


def show_differences(stage: str, options: dict[str, Any], console: Console, root: Path | None = None) -> None:
    folder = root or owned_files(stage).queues
    lines = list(machine_differences(deployed_definitions(stage, options), definitions_in(folder), shown(folder)))
    for line in lines:
        say(console, line)
    if not lines:
        say(console, "The machines are the same.")


def main(arguments: Sequence[str]) -> int:
    """Exits with 0 whether or not there are differences, and with 1 if the stage could not be read."""
    parser = argparse.ArgumentParser(description="Show what a deploy would change in the machines.")
    parser.add_argument("--stage", required=True)
    stage, console = parser.parse_args(arguments).stage, Console()
    try:
        show_differences(stage, client_options(stage), console)
    except (BotoCoreError, ClientError, EngineError, StageError) as error:
        say(console, reason_of(error), style="bold red")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
