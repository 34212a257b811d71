"""`make smoke STAGE=dev`: checks a deployed stage for what only AWS can show, and sends one order through it.

It calls the API as SMOKE_USER with SMOKE_TOKEN, if the environment has them. Otherwise it adds a user and revokes it at the end.
Exits with 1 if anything is wrong, with 2 if the stage cannot be reached.
"""

import argparse
import json
import os
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from typing import Any

import boto3
import httpx
from botocore.exceptions import BotoCoreError, ClientError
from rich.console import Console
from rich.table import Table

from infra.account import reason_of
from infra.local.__main__ import ENGINE_ROOT
from infra.local.engine_process import EngineError, LocalEngine
from infra.operate.deployed_stage import NotDeployedError, client_options, output_of
from infra.operate.output import say
from infra.operate.smoke.account import Account
from infra.operate.smoke.doors import ask_doors
from infra.operate.smoke.findings import Check, Finding, Verdict, found_by
from infra.operate.smoke.order import ABOUT, QUEUE, ask_order
from infra.operate.smoke.runbooks import ask_runbooks
from infra.queue_folders import read_queues
from infra.stages.errors import StageError
from infra.stages.owned_files import owned_files
from infra.stages.settings import StageSettings, settings_of
from lambdas.payments.gateways import SANDBOX
from lambdas.records.table import RecordTable
from lambdas.records.users.api_user import ApiUserError, ApiUserRecords
from lambdas.records.users.rights import Grant, Right
from lambdas.runbooks.catalog import RUNBOOKS

_REFUSALS = (ApiUserError, BotoCoreError, ClientError, EngineError, NotDeployedError, StageError)
_MAY = frozenset({Right.VIEW, Right.CREATE, Right.ACT, Right.CANCEL, Right.PERSONAL_DATA})
_USER_SECONDS = 3_600  # it is revoked before; this is for a command that was ended
_CALL_SECONDS = 60
_COLOURS = {Verdict.RIGHT: "green", Verdict.LOOK: "yellow", Verdict.WRONG: "bold red", Verdict.NOT_ASKED: "dim"}


@dataclass(frozen=True)
class Deployed:
    """A stage as its stack's outputs say. `url`: where its API answers. `options`: of clients of AWS."""

    settings: StageSettings
    url: str
    machines: Mapping[str, str]
    record_table: str
    options: Mapping[str, Any]

    def findings(self) -> Iterator[Finding]:
        account = Account(self.settings, self.options, self.machines)
        checks: dict[str, Check] = {
            "addresses": self._doors,
            "a state that writes an order, by TestState": account.ask_machine,
            "mail": account.ask_mail,
            "alarms": account.ask_alarms,
            "runbooks": lambda: ask_runbooks(account.client("ssm"), self._documents),
            ABOUT: self._order,
        }
        for about, check in checks.items():
            yield from found_by(about, check)

    @property
    def _documents(self) -> list[str]:
        return [runbook.document_name(self.settings.stack_name) for runbook in RUNBOOKS]

    def _doors(self) -> Iterator[Finding]:
        with httpx.Client(base_url=self.url, timeout=_CALL_SECONDS) as http:
            yield from ask_doors(http)

    def _order(self) -> Iterator[Finding]:
        queues = {queue.name: queue.order_queue_id for queue in read_queues(owned_files(self.settings.stage).queues)}
        deployed = [name for name in (QUEUE, *sorted(queues)) if name in self.machines and name in queues]
        if not deployed:
            yield Finding(ABOUT, Verdict.NOT_ASKED, "no queue of this working tree is deployed")
            return
        plays = self.settings.allow_sandbox and self.settings.gateway == SANDBOX and deployed[0] == QUEUE
        with self._login() as login, httpx.Client(base_url=self.url, auth=login, timeout=_CALL_SECONDS) as http:
            yield from ask_order(http, queues[deployed[0]], submits=plays)

    @contextmanager
    def _login(self) -> Iterator[tuple[str, str]]:
        """The given login, or that of a new user, which expires even if this run is interrupted."""
        if (user := os.environ.get("SMOKE_USER")) and (token := os.environ.get("SMOKE_TOKEN")):
            yield user, token
            return
        users = ApiUserRecords(RecordTable(self.record_table, boto3.client("dynamodb", **self.options)))
        now, name = int(time.time()), f"smoke-{time.time_ns()}"
        token = users.add(name, (Grant(rights=_MAY),), now=now, expires_at=now + _USER_SECONDS)
        try:
            yield name, token
        finally:
            users.revoke(name, None)


def deployed_of(stage: str) -> Deployed:
    """Raises NotDeployedError and what else `_REFUSALS` names."""
    options = client_options(stage)
    output = partial(output_of, stage, options=options)
    engine = LocalEngine.attach(ENGINE_ROOT) if stage == "local" and options else None
    return Deployed(
        settings=settings_of(stage),
        url=engine.front_url if engine else output("ApiUrl"),  # the engine's API is not at AWS's address
        machines=json.loads(output("Machines")),
        record_table=output("RecordTable"),
        options=options,
    )


def smoke(deployed: Deployed, console: Console) -> int:
    """Print the findings. Return 1 if any is wrong."""
    table = Table("asked", "", "found")
    verdicts = []
    for finding in deployed.findings():
        table.add_row(finding.about, f"[{_COLOURS[finding.verdict]}]{finding.verdict}[/]", _plain(finding.text))
        verdicts.append(finding.verdict)
    console.print(table)
    wrong = verdicts.count(Verdict.WRONG)
    console.print(f"{wrong} of {len(verdicts)} are wrong" if wrong else f"nothing of {len(verdicts)} is wrong")
    return 1 if wrong else 0


def _plain(text: str) -> str:
    return text.replace("[", r"\[")


def main(arguments: Sequence[str]) -> int:
    parser = argparse.ArgumentParser(
        prog="python -m infra.operate.smoke", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--stage", required=True)
    stage, console = parser.parse_args(arguments).stage, Console()
    try:
        return smoke(deployed_of(stage), console)
    except _REFUSALS as error:
        say(console, reason_of(error))
        return 2


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
