"""`make check-orders STAGE=dev`: holds the stage's live data to its promises, as the function does every night.

It reads only, and prints each violation with its place and how to fix it. Exits with 1 if there is any, with 2 if the stage
cannot be reached.
"""

import argparse
import json
import os
import sys
from collections.abc import Sequence
from typing import Any

import boto3
from botocore.exceptions import BotoCoreError, ClientError
from rich.console import Console

from infra.account import reason_of
from infra.local.engine_process import EngineError
from infra.operate.deployed_stage import NotDeployedError, client_options, output_of
from infra.operate.output import say
from infra.stages.errors import StageError
from infra.stages.owned_files import owned_files
from infra.stages.settings import settings_of
from lambdas.orders.model.queue import load_queues
from lambdas.orders.store import DynamoOrderStore
from lambdas.records.table import RecordTable
from lambdas.watch.check import stage_of
from lambdas.watch.invariants.check import Check
from lambdas.watch.invariants.progress import Progress
from lambdas.watch.invariants.stage import Stage

_EVERY = 10**9  # canceled orders too: the night's function looks at a part of them
_REFUSALS = (BotoCoreError, ClientError, EngineError, NotDeployedError, StageError)


def check(stage: Stage, console: Console) -> int:
    """Check all promises and print each violation. Return 1 if there is any."""
    after = Check(
        stage=stage,
        report=lambda violation: say(console, violation.line),
        on_lapsing=lambda order: say(console, f"{order.order_id}: its hold lapses soon, and nothing has captured it"),
        has_time=lambda: True,
        keep=lambda progress: progress,
        most_canceled=_EVERY,
    ).run(Progress(is_over=False))
    days = after.oldest_wait_seconds / 86_400
    say(console, f"{after.checked} orders checked, {after.found} violations, {after.lapsing} holds that lapse soon")
    say(console, f"the longest that an order has waited with nothing done: {days:.1f} days")
    return 1 if after.found else 0


def deployed(stage: str, options: dict[str, Any]) -> Stage:
    """The data of a deployed stage."""
    by_folder = json.loads(output_of(stage, "Machines", options))
    queues = load_queues(owned_files(stage).queues)
    machines = {str(each.order_queue_id): by_folder[each.key] for each in queues.values() if each.key in by_folder}
    client = boto3.client("dynamodb", **options)
    settings = settings_of(stage)
    os.environ["PAYMENT_SECRETS"] = json.dumps(dict(settings.payment_secrets))  # as the stage's functions have it
    return stage_of(
        DynamoOrderStore(output_of(stage, "OrderTable", options), client),
        RecordTable(output_of(stage, "RecordTable", options), client),
        gateways=settings.gateway_choice,
        queues=queues,
        machines=machines,
        client=boto3.client("stepfunctions", **options),
    )


def main(arguments: Sequence[str]) -> int:
    parser = argparse.ArgumentParser(description="Hold a stage's live data to its promises.")
    parser.add_argument("--stage", required=True)
    stage, console = parser.parse_args(arguments).stage, Console()
    try:
        return check(deployed(stage, client_options(stage)), console)
    except _REFUSALS as error:
        say(console, reason_of(error))
        return 2


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
