"""`make crowd`: two hundred orders at once on an engine of their own, and what came of their money, to the cent.

Exits with 1 if an invoice's number is missing, money is held for a canceled order, or what was captured is not what was invoiced.
"""

import argparse
import secrets
import sys
import tempfile
import time
from pathlib import Path

import httpx
from rich.console import Console

from infra.local.deployment import deploy
from infra.local.engine_process import LocalEngine
from infra.local.panel.process import LocalPanel
from infra.local.stack import connect
from lambdas.runtime.items import from_item
from tests.faults.balance import balance_of
from tests.flow.conftest import Shop
from tests.flow.money.crowd.lives import Crowd
from tests.flow.money.crowd.tally import tally_of
from tests.flow.money.provider import Provider


def main(count: int, seed: int) -> int:
    console, began = Console(width=150), time.monotonic()
    console.print(f"{count} orders, seed {seed}")
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder)
        panel_root = root / "panel"
        with (
            LocalPanel.start(panel_root, panel_root / "stack.json", answer_after_seconds=0.5) as panel,
            LocalEngine.start(root / "engine") as engine,
        ):
            for _ in deploy(engine, panel.url):
                pass
            stack = connect(engine, None)
            stack.save(panel_root / "stack.json")
            limits = httpx.Limits(max_connections=32)
            with httpx.Client(
                base_url=stack.api_url, auth=(stack.user, stack.token), timeout=60, limits=limits
            ) as http:
                return _played(Shop(stack, engine, http), count, seed, console, began)


def _played(shop: Shop, count: int, seed: int, console: Console, began: float) -> int:
    console.print(f"{time.monotonic() - began:4.0f} s  deployed")
    orders = Crowd(shop, Provider(shop)).live(count, seed)
    console.print(f"{time.monotonic() - began:4.0f} s  lived")
    tally = tally_of(shop, orders)
    balance = balance_of(_items(shop, shop.stack.record_table), (shop._row(order_id) for order_id in orders))
    console.print(str(tally))
    console.print(balance.shown())
    wrong = [*tally.differences(1), *balance.differences]
    console.print("\n".join(wrong) if wrong else "numbers without a gap; they balance to the cent")
    return 1 if wrong else 0


def _items(shop: Shop, table: str) -> list[dict[str, object]]:
    pages = shop.dynamodb.get_paginator("scan").paginate(TableName=table, ConsistentRead=True)
    return [from_item(item) for page in pages for item in page["Items"]]


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--orders", type=int, default=200)
    parser.add_argument("--seed", type=int, default=secrets.randbelow(10**6))
    chosen = parser.parse_args()
    sys.exit(main(chosen.orders, chosen.seed))
