"""`make redrive STAGE=dev`: sends the records that a reader of the order table's stream gave up on to that reader again.

How is in lambdas/redrive/redriving.py. Exits with 1 while any letter remains, with 2 if the stage cannot be reached.
"""

import argparse
import sys
from collections.abc import Sequence
from functools import partial
from typing import Any

import boto3
from botocore.exceptions import BotoCoreError, ClientError
from rich.console import Console

from infra.account import reason_of
from infra.local.engine_process import EngineError
from infra.operate.deployed_stage import NotDeployedError, client_options, output_of
from infra.operate.output import say
from infra.stages.errors import StageError
from lambdas.redrive.redriving import Readers, redrive

_REFUSALS = (BotoCoreError, ClientError, EngineError, NotDeployedError, StageError)


def readers_of(stage: str, options: dict[str, Any]) -> Readers:
    """The readers of a deployed stage."""
    return Readers(
        sqs=boto3.client("sqs", **options),
        streams=boto3.client("dynamodbstreams", **options),
        functions=boto3.client("lambda", **options),
        dynamodb=boto3.client("dynamodb", **options),
        dead_letters=output_of(stage, "OrderDeadLetters", options),
        names=(output_of(stage, "Relay", options), output_of(stage, "Announcer", options)),
        order_table=output_of(stage, "OrderTable", options),
    )


def main(arguments: Sequence[str]) -> int:
    parser = argparse.ArgumentParser(
        description="Send records that a reader of the order table's stream gave up on to it again."
    )
    parser.add_argument("--stage", required=True)
    stage, console = parser.parse_args(arguments).stage, Console()
    try:
        return redrive(readers_of(stage, client_options(stage)), partial(say, console))
    except _REFUSALS as error:
        say(console, reason_of(error))
        return 2


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
