"""`make erase-person STAGE=prod CLIENT=101`, or EMAIL=ada@example.com: erases what is kept of one person.

Without EXECUTE=1 it says what would be erased, and writes nothing. It says what stays and why, such as invoices that the law has
kept. It refuses, with each reason, while an order is in progress or money is open. A run that was interrupted is repeated.
Money, invoices, and the chain of history stay whole. Exits with 1 if nobody is found or something objects; with 2 if the stage
cannot be reached.
"""

import argparse
import json
import os
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import boto3
from botocore.exceptions import BotoCoreError, ClientError
from rich.console import Console

from infra.account import reason_of
from infra.local.engine_process import EngineError
from infra.operate.deployed_stage import NotDeployedError, client_options
from infra.operate.output import say
from infra.operate.person.erasing import Erasing, HistoryBehindError
from infra.operate.person.found import Person
from infra.operate.person.kept import Retention
from infra.operate.person.objections import objections
from infra.operate.person.stage import WHOSE, DeployedStage, asked_person, deployed
from infra.stages.errors import StageError
from infra.stages.settings import settings_of
from lambdas.orders.errors import OrderError
from lambdas.orders.store import DynamoOrderStore
from lambdas.payments.gateways import gateways_of
from lambdas.payments.stored_methods.removing import MethodRemoval
from lambdas.read_models.history.history import History

_REFUSALS = (BotoCoreError, ClientError, EngineError, NotDeployedError, StageError)
KEPT_YEARS = 10


@dataclass(frozen=True)
class Erasure:
    stage: DeployedStage
    erasing: Erasing

    def run(self, console: Console, *, client_id: str, email: str, execute: bool) -> int:
        """Erase, or say what would be erased. Return 1 if nobody is found, something objects, or it did not end."""
        person = self.stage.finder.find(client_id=client_id, email=email)
        if not person.is_known:
            say(console, "nobody is found: no client of this number or address, and no order of this address")
            return 1
        if found := [*objections(person, self.stage.records)]:
            for why in found:
                say(console, why)
            say(console, f"nothing was erased: {len(found)} {'objection' if len(found) == 1 else 'objections'}")
            return 1
        try:
            for line in self.erasing.erase(person) if execute else _planned(person):
                say(console, line)
        except (HistoryBehindError, OrderError) as stopped:
            say(console, f"{stopped}; repeat the command then, which continues")
            return 1
        for line in self.erasing.retention.lines(person):
            say(console, f"stays: {line}")
        say(console, "erased" if execute else "nothing was written; EXECUTE=1 erases, and nothing brings it back")
        return 0


def _planned(person: Person) -> Sequence[str]:
    clients = [
        f"client {each.client_id}: would be erased, with payment methods, quotes and login" for each in person.clients
    ]
    orders = [
        f"order {each.order_id} ({each.step.name}): would be erased, with history, posts, files, links and lead"
        for each in person.orders
    ]
    return [*clients, *orders, *([f"{len(person.keys)} kept answers would be emptied"] if person.keys else [])]


def erasure(stage: str, options: dict[str, Any], years: int) -> Erasure:
    """Of a deployed stage."""
    at, settings = deployed(stage, options), settings_of(stage)
    os.environ["PAYMENT_SECRETS"] = json.dumps(dict(settings.payment_secrets))  # as the stage's functions have it
    store = DynamoOrderStore(at.orders, at.client)
    choice = settings.gateway_choice
    by = boto3.client("sts", **options).get_caller_identity()["Arn"]
    erasing = Erasing(
        store=store,
        records=at.records,
        orders=at.orders,
        history=History(at.history, lambda: int(time.time())),
        history_table=at.history,
        s3=at.s3,
        files=at.bucket,
        removal=MethodRemoval(store, at.records, gateways_of(choice, at.records), choice, lambda: int(time.time())),
        retention=Retention(at.records, years, int(time.time())),
        by=by,
        pause=time.sleep,
    )
    return Erasure(at, erasing)


def main(arguments: Sequence[str]) -> int:
    parser = argparse.ArgumentParser(description="Erase all that is kept of one person.")
    asked_person(parser)
    parser.add_argument("--years", type=int, default=KEPT_YEARS, help="how long the law has invoices kept")
    parser.add_argument("--execute", action="store_true")
    asked, console = parser.parse_args(arguments), Console()
    if not asked.client and not asked.email:
        say(console, WHOSE)
        return 2
    try:
        command = erasure(asked.stage, client_options(asked.stage), asked.years)
        return command.run(console, client_id=asked.client, email=asked.email, execute=asked.execute)
    except _REFUSALS as error:
        say(console, reason_of(error))
        return 2


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
