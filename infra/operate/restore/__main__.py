"""`make restore STAGE=dev AT=2026-11-27T03:10:00Z`: brings tables back to a moment into new tables, and fixes the stage by them.

Without EXECUTE it shows what it would do. EXECUTE=tables makes the new tables and compares. EXECUTE=fix puts back what is lost,
unreadable or older than history, each order at the last revision that history has. It moves no money, and may be repeated.
Exits with 1 if anything differs or is left, with 2 if the stage cannot be reached or restored (docs/restoring.md).
"""

import argparse
import json
import sys
import time
from collections.abc import Sequence
from functools import partial
from typing import Any

import boto3
from botocore.exceptions import BotoCoreError, ClientError
from rich.console import Console

from infra.account import reason_of
from infra.local.engine_process import EngineError
from infra.operate.check_orders import deployed
from infra.operate.deployed_stage import NotDeployedError, client_options, output_of
from infra.operate.output import say
from infra.operate.restore.findings import Findings, Tables
from infra.operate.restore.moment import moment_of
from infra.operate.restore.new_tables import NewTables
from infra.operate.restore.orders import RestoredOrders
from infra.operate.restore.restoring import CONFIRMING, Restoring
from infra.operate.restore.rows import OrderRows
from infra.operate.restore.since import Since
from infra.operate.restore.walks import Walks
from infra.stages.errors import StageError
from infra.stages.owned_files import owned_files
from lambdas.orders.model.queue import load_queues
from lambdas.orders.store import DynamoOrderStore
from lambdas.payments.effects.ledger import EffectLedger
from lambdas.read_models.history.table import HistoryTable
from lambdas.records.table import RecordTable

_REFUSALS = (BotoCoreError, ClientError, EngineError, NotDeployedError, StageError)


def restoring_of(stage: str, at: int, only: Sequence[str], options: dict[str, Any], console: Console) -> Restoring:
    """The restore of a deployed stage. `at`: Unix seconds. `only`: these orders; empty: all."""
    output = partial(output_of, stage, options=options)
    tables = Tables(output("OrderTable"), output("RecordTable"), output("HistoryTable"))
    client, step_functions = boto3.client("dynamodb", **options), boto3.client("stepfunctions", **options)
    by_folder, queues = json.loads(output("Machines")), load_queues(owned_files(stage).queues)
    machines = {str(each.order_queue_id): by_folder[each.key] for each in queues.values() if each.key in by_folder}
    relay = boto3.client("lambda", **options).get_function_configuration(FunctionName=output("Relay"))
    now = int(time.time())
    new = NewTables(client, at, partial(say, console))
    orders = RestoredOrders(
        rows=OrderRows(client, new.name_of(tables.orders), tables.orders, frozenset(only)),
        history=HistoryTable(RecordTable(tables.history, client)),
        ledger=EffectLedger(RecordTable(tables.records, client)),
        walks=Walks(step_functions, machines),
        queues=queues,
        machine_hashes=json.loads(relay["Environment"]["Variables"].get("MACHINE_HASHES", "{}")),
        at=at,
        now=now,
    )
    since = Since(step_functions, machines, deployed(stage, options), at)
    findings = Findings(console, client, tables, new, since, at, now, frozenset(only))
    return Restoring(stage, findings, orders, DynamoOrderStore(tables.orders, client))


def main(arguments: Sequence[str]) -> int:
    parser = argparse.ArgumentParser(
        prog="python -m infra.operate.restore",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--stage", required=True)
    parser.add_argument("--at", required=True, help="the moment, such as 2026-11-27T03:10:00Z")
    parser.add_argument("--execute", default="", choices=CONFIRMING, help="tables: make and compare; fix: fix too")
    parser.add_argument("orders", nargs="*", help="only these orders")
    asked, console = parser.parse_args(arguments), Console()
    try:
        at = moment_of(asked.at, int(time.time()))
        options = client_options(asked.stage)
        return restoring_of(asked.stage, at, asked.orders, options, console).take(asked.execute)
    except _REFUSALS as error:
        say(console, reason_of(error))
        return 2


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
