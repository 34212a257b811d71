"""`make upgrade-test`: the working tree is deployed over the last release, on an engine of this run's own.

Before that, orders of the release stand in every step of every queue, and one per queue is canceled with its undo refused. While
orders walk, a deployment fails half way and is rolled back, and two come at once. Then all orders are driven to their ends. Each
must end as it was meant to, with everything done once, by the machine that it began with. Exits with 1 otherwise.
"""

import argparse
import sys
import tempfile
import time
from pathlib import Path

from rich.console import Console

from tests.upgrade.assemblies import NoReleaseError, last_release
from tests.upgrade.trial import Trial

ORDERS_UNDER_LOAD = 200


def main(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--release", default=last_release(), help="a commit or tag; without it, the last release")
    parser.add_argument("--orders", type=int, default=ORDERS_UNDER_LOAD, help="orders that walk during deployments")
    asked, console, began = parser.parse_args(arguments), Console(width=150), time.monotonic()

    def say(text: str) -> None:
        console.print(f"{time.monotonic() - began:4.0f} s  {text}", highlight=False, markup=False, soft_wrap=True)

    with tempfile.TemporaryDirectory() as folder:
        try:
            wrong = Trial(Path(folder), asked.release, asked.orders, say).run()
        except NoReleaseError as refused:
            say(str(refused))
            return 2
    for line in wrong:
        say(f"WRONG: {line}")
    say(f"{len(wrong)} wrong")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
