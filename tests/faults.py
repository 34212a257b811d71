"""`make faults`: kills processes at named points of real orders on the engine, and counts what was lost or done twice.

Each order meets one fault: the process that works on it ends at a point, by exiting or by running into its time-out. Nobody
helps the order afterwards, but that whoever was submitting it asks again, as a caller that got no answer does. An order that
is not Complete within a bounded time is a loss; more than one client, invoice or capture of it, or more services than it asks
for, is a double. Any of either ends this with an error.
"""

import sys
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from rich.console import Console
from rich.table import Table

from infra.local_engine import LocalEngine
from infra.local_stack import connect, deploy
from tests.fault_points import EXIT, TIMEOUT
from tests.faulty_shop import FaultyShop

QUEUE = "new_accounts"
ACTIONS = ("provision_client", "add_services", "generate_invoice")
AT_ACTIONS = (
    "before claim",
    "after claim",
    "amid its effects",
    "after effect, before settle",
    "after settle, before return",
)
AT_API = ("after intent", "before authorize", "after authorize", "after the submit is written")
AT_RELAY = ("before start", "after start")
RUNS = 2
BOUND_SECONDS = 100.0


@dataclass(frozen=True)
class Fault:
    """One way to die, at one place."""

    function: str
    point: str
    manner: str


FAULTS = [
    Fault(function, point, manner)
    for functions, points in ((ACTIONS, AT_ACTIONS), (("api",), AT_API), (("relay",), AT_RELAY))
    for function in functions
    for point in points
    for manner in (EXIT, TIMEOUT)
]


@dataclass
class Tally:
    """What became of the orders of one fault. `unmet`: never came to the point, so nothing was shown."""

    runs: int = 0
    unmet: int = 0
    doubles: int = 0
    losses: int = 0


def main() -> int:
    console = Console(width=100)
    began = time.monotonic()
    with tempfile.TemporaryDirectory() as folder, LocalEngine.start(Path(folder)) as engine:
        with console.status("deploying to an engine"):
            for _ in deploy(engine):
                pass
            shop = FaultyShop(engine, connect(engine, None), (*ACTIONS, "api", "relay"))
        with console.status("orders meet their faults"):
            tallies = _tried(shop, console)
    console.print(_shown(tallies))
    bad = sum(tally.doubles + tally.losses + tally.unmet for tally in tallies.values())
    orders = sum(tally.runs for tally in tallies.values())
    console.print(f"{orders} orders, {time.monotonic() - began:.0f} s, {bad or 'nothing'} lost or doubled")
    return 1 if bad else 0


def _tried(shop: FaultyShop, console: Console) -> dict[Fault, Tally]:
    orders = {
        shop.lead(fault.function, fault.point, fault.manner): fault
        for fault in sorted(FAULTS * RUNS, key=lambda fault: fault.function)
    }
    deadline = time.monotonic() + BOUND_SECONDS
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda order_id: shop.submit(order_id, deadline), orders))
    unfinished = set(orders)
    while unfinished and time.monotonic() < deadline:
        unfinished = {order_id for order_id in unfinished if not shop.is_complete(order_id)}
        time.sleep(0.2)
    tallies: dict[Fault, Tally] = {fault: Tally() for fault in FAULTS}
    made = shop.what_was_made()
    for order_id, fault in orders.items():
        tally = tallies[fault]
        tally.runs += 1
        tally.losses += order_id in unfinished
        tally.doubles += made.is_double(order_id)
        tally.unmet += shop.is_armed(order_id, fault.function, fault.point)
        if order_id in unfinished or made.is_double(order_id):
            console.print(f"{fault}: {shop.story(order_id)}; made {made.of(order_id)}")
    return tallies


def _shown(tallies: dict[Fault, Tally]) -> Table:
    table = Table("queue", "process of", "killed", "by", "runs", "not met", "doubles", "losses")
    for fault, tally in tallies.items():
        counts = [tally.runs, tally.unmet, tally.doubles, tally.losses]
        table.add_row(
            QUEUE,
            fault.function,
            fault.point,
            fault.manner,
            *(str(count) for count in counts),
            style="red" if any(counts[1:]) else "",
        )
    return table


if __name__ == "__main__":
    sys.exit(main())
