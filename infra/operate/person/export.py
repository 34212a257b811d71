"""`make export-person STAGE=prod CLIENT=101`, or EMAIL=ada@example.com: all that is kept of one person, as one ZIP file.

It only reads. Machine-readable JSON with a README, invoices as pages and PDF, and the files of posts. No token, no password and
nothing that opens an order is in it. The same data make the same file, but for the time at which it was made. Exits with 1 if
nobody is found, or an order that cannot be read may be theirs; with 2 if the stage cannot be reached.
"""

import argparse
import json
import sys
import time
from collections import Counter
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

from botocore.exceptions import BotoCoreError, ClientError
from rich.console import Console

from infra.account import reason_of
from infra.local.engine_process import EngineError
from infra.operate.deployed_stage import NotDeployedError, client_options
from infra.operate.export.archive import write_zip
from infra.operate.output import say
from infra.operate.person.collected import Collector, File
from infra.operate.person.found import Person
from infra.operate.person.stage import WHOSE, DeployedStage, asked_person, deployed
from infra.stages.errors import StageError

_REFUSALS = (BotoCoreError, ClientError, EngineError, NotDeployedError, StageError)


def export(stage: DeployedStage, target: Path, console: Console, *, client_id: str, email: str, now: int) -> int:
    """Write the file. Return 1 if nobody is found or an order cannot be read."""
    person = stage.finder.find(client_id=client_id, email=email)
    for order_id in person.unreadable:
        say(console, f"order {order_id} cannot be read, so whose it is is not known: fix its item (docs/operating.md)")
    if not person.is_known:
        say(console, "nobody is found: no client of this number or address, and no order of this address")
        return 1
    files = [*Collector(stage.records, stage.history, stage.files).collect(person)]
    readme = Path(__file__).with_name("README.txt").read_bytes()
    write_zip(target, [("README.txt", readme), _summary(person, files, now), *files])
    say(console, f"{_counted(person)}: {len(files)} files in {target}")
    return 1 if person.unreadable else 0


def _summary(person: Person, files: Sequence[File], now: int) -> File:
    kinds = Counter(name.partition("/")[0] for name, _ in files)
    about = {
        "made_at": datetime.fromtimestamp(now, UTC).isoformat(),
        "clients": [client.client_id for client in person.clients],
        "orders": [order.order_id for order in person.orders],
        "orders_that_cannot_be_read": list(person.unreadable),
        "files": dict(kinds),
    }
    return "person.json", f"{json.dumps(about, indent=1)}\n".encode()


def _counted(person: Person) -> str:
    return f"{len(person.clients)} clients, {len(person.orders)} orders"


def main(arguments: Sequence[str]) -> int:
    parser = argparse.ArgumentParser(description="Export all that is kept of one person.")
    asked_person(parser)
    parser.add_argument("--file", default="")
    asked, console = parser.parse_args(arguments), Console()
    if not asked.client and not asked.email:
        say(console, WHOSE)
        return 2
    name = asked.file or f"person-{asked.stage}-{asked.client or 'of-address'}.zip"
    try:
        stage = deployed(asked.stage, client_options(asked.stage))
        whose = {"client_id": asked.client, "email": asked.email}
        return export(stage, Path(name), console, **whose, now=int(time.time()))
    except _REFUSALS as error:
        say(console, reason_of(error))
        return 2


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
