"""`make faults`: kills processes at named points of real orders of every queue, and counts what was lost or done twice.

Each order meets its faults on an engine of this run's own: a process that works on it ends at a point, by exiting or by running
into its time-out, a write of its records is refused, or the stream tells its relay something twice. An order that does not come
to its end within a bounded time, with all that belongs to it and nothing that does not, is a loss; more than one of anything is
a double. Any of either ends this with an error, and so do points that no order came to, if they are more than a few. At the end
the money at the gateway is balanced against ours, and a difference of a cent is an error too.

The engine is paid by the sandbox. Payments at Stripe and PayPal live beside it, over stand-ins (lives.py), with a balance each.
"""

import argparse
import sys
import tempfile
import time
from itertools import chain
from pathlib import Path

from rich.console import Console
from rich.markup import escape

from lambdas.orders.model.queue import load_queues
from tests.faults.balance import Balance, balance_of
from tests.faults.counting import Tallies, shown
from tests.faults.lives import GATEWAYS, Lives, lives_of
from tests.faults.plan import Planner
from tests.faults.play import Play
from tests.faults.review import Review, reviewed
from tests.faults.shop import opened

BOUND_SECONDS = 900.0  # on a busy machine; two free cores need some 500


def main(queues: list[str]) -> int:
    console = Console(width=150)
    began = time.monotonic()
    chosen = [queue for queue in load_queues().values() if not queues or queue.key in queues]
    plans = Planner().plans(chosen)
    tallies = Tallies()
    with tempfile.TemporaryDirectory() as folder, opened(Path(folder)) as shop:
        console.print(f"{time.monotonic() - began:4.0f} s  deployed; {len(plans)} orders meet their faults")
        play = Play(shop, plans, BOUND_SECONDS)
        play.to_the_end()
        console.print(f"{time.monotonic() - began:4.0f} s  played")
        for review in reviewed(shop, play.runs):
            tallies.count(review.run.plan.faults, review.unmet, review.verdict)
            _tell(console, review)
        shop_balance = balance_of(shop.records(), chain.from_iterable(shop.orders().values()))
    console.print(shown(tallies))
    sums = tallies.sums()
    console.print(
        f"{len(plans)} orders, {sums['runs']} faults, {sums['unmet']} of them not met; counted by fault:"
        f" {sums['doubles']} doubles, {sums['losses']} losses; {time.monotonic() - began:.0f} s"
    )
    of_shop = _tell_balance(console, shop_balance, "balance of the sandbox")
    of_lives = [_tell_lives(console, lives_of(gateway)) for gateway in GATEWAYS]
    return max(tallies.exit_code, of_shop, *of_lives)


def _tell_lives(console: Console, lives: Lives) -> int:
    """Returns 1 if anything was lost or done twice, or if the money does not balance."""
    for loss in lives.losses:
        console.print(f"[red]{lives.gateway}:[/] {escape(loss)}", highlight=False)
    console.print(f"{lives.deaths} lives of payments at {lives.gateway}, each with a death or a lost answer")
    return max(bool(lives.losses), _tell_balance(console, lives.balance, f"balance of {lives.gateway}"))


def _tell_balance(console: Console, balance: Balance, title: str) -> int:
    """Money at the gateway against ours. Returns 1 if there is a difference of a cent."""
    console.print(balance.shown(title))
    for difference in balance.differences:
        console.print(f"[red]does not balance:[/] {escape(difference)}", highlight=False)
    outcome = "they do not balance" if balance.differences else "they balance to the cent"
    unclear = f"; of {balance.unclear} the ledger says that an outcome is unknown" if balance.unclear else ""
    console.print(f"{balance.payments} payments at the gateway: {outcome}{unclear}")
    return 1 if balance.differences else 0


def _tell(console: Console, review: Review) -> None:
    """What went wrong with an order, with all that is needed to look for it."""
    if not (review.unmet or review.verdict.doubles or review.verdict.losses):
        return
    run = review.run
    console.print(f"\n[red]order {run.order_id}[/] of {run.plan.queue.key}, {run.plan.life.value}")
    for title, lines in {
        "doubled": review.verdict.doubles,
        "lost": review.verdict.losses,
        "not met": [f"{fault.row[1]}, {fault.point}" for fault in review.unmet],
        "its faults": [f"{fault.row[1]} {fault.action or ''} {fault.point}" for fault in run.plan.faults],
        "refused": run.refusals[-3:],
        "where it is": review.story,
    }.items():
        console.print("\n".join(f"  {title}: {escape(line)}" for line in lines), highlight=False)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("queues", nargs="*", help="only these queues, by their folders' names")
    sys.exit(main(parser.parse_args().queues))
