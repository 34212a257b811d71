"""`make cost STAGE=dev`: the list price of a stage a month, and per 1,000 orders. It needs no account.

It counts what the stage's own template has, and takes the units of an order as they were measured. Exits with 1 if the stage
cannot be synthesized.
"""

import argparse
import json
import sys
import tempfile
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any

from infra.app import add_stack, new_app
from infra.costs.month import costs_of_month
from infra.costs.order import costs_of_orders
from infra.costs.tables import table
from infra.stages.errors import StageError
from infra.stages.settings import StageSettings, settings_of

APART = (
    "Not counted, because it depends on what you keep and send: stored data and its backups, KMS calls, mails, transfer, what\n"
    "readers of queues poll, taxes, free tiers. Prices are those of us-east-1, with their sources in infra/costs/prices.py.\n"
    "Each further state of a queue's way costs $0.025 per 1,000 orders; `make compile` prints how many there are.\n"
)


@cache
def resources_by_id(settings: StageSettings) -> Mapping[str, dict[str, Any]]:
    """The resources of the stage's stacks by logical id. An empty layer does, because nothing is deployed. Raises StageError.

    Nobody changes them: what asks several times for a stage waits for one synth.
    """
    with tempfile.TemporaryDirectory() as folder:
        layer = Path(folder) / "layer"
        (layer / "python").mkdir(parents=True)
        app = new_app(outdir=Path(folder) / "out")
        add_stack(app, settings=settings, layer=layer, document_layer=layer, payment_layer=layer)
        app.synth()
        templates = sorted((Path(folder) / "out").glob("*.template.json"))
        return {
            logical_id: resource
            for template in templates
            for logical_id, resource in json.loads(template.read_text("utf-8"))["Resources"].items()
        }


def report(settings: StageSettings) -> str:
    month = table(costs_of_month(resources_by_id(settings).values()), "a month")
    orders = table(costs_of_orders(settings.machine), "per 1,000 orders")
    return f"Stage {settings.stage}, a month:\n\n{month}\n\nPer 1,000 orders:\n\n{orders}\n\n{APART}"


def main(arguments: Sequence[str]) -> int:
    parser = argparse.ArgumentParser(description="Print what a stage costs at list price.")
    parser.add_argument("--stage", required=True)
    try:
        sys.stdout.write(report(settings_of(parser.parse_args(arguments).stage)))
    except StageError as refused:
        sys.stderr.write(f"{refused}\n")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
