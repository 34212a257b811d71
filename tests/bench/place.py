"""A deployed stage on an engine with a meter on its tables, and what was spent on it between two moments."""

import re
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import boto3

from infra.costs import order as costs
from infra.local.deployment import deploy
from infra.local.engine_process import LocalEngine
from infra.local.stack import LocalStack, connect
from tests.bench.metered import Metered

GIVE_UP_SECONDS = 60
_REPORT = re.compile(r"REPORT .*Billed Duration: (\d+) ms\s+Memory Size: (\d+) MB")

# Of each function: billed milliseconds and memory in MB of every run.
Runs = dict[str, list[tuple[int, int]]]


@dataclass(frozen=True)
class Spent:
    """`entered`: states; `calls`: of the HTTP API; `told`: events on the bus."""

    used: Metered
    ran: Runs
    calls: int = 0
    told: int = 0
    entered: int = 0

    def units(self) -> dict[str, tuple[float, float]]:
        """Units and their list price, by service."""
        gigabyte_seconds = sum(ms * megabytes for times in self.ran.values() for ms, megabytes in times) / 1000 / 1024
        each = costs.unit_prices("aarch64")
        units = {
            costs.WRITES: self.used.write_units,
            costs.READS: self.used.read_units,
            costs.TRANSITIONS: self.entered,
            costs.INVOCATIONS: sum(map(len, self.ran.values())),
            costs.GIGABYTE_SECONDS: gigabyte_seconds,
            costs.CALLS: self.calls,
            costs.EVENTS: self.told,
        }
        return {what: (count, each[what]) for what, count in units.items()}

    @property
    def price(self) -> float:
        return sum(units * each for units, each in self.units().values())


@dataclass(frozen=True)
class Place:
    engine: LocalEngine
    stack: LocalStack
    meter: Path

    def spent(self, work: Callable[[], object]) -> tuple[Metered, Runs]:
        """What the tables and the functions did of this, and of what followed from it."""
        self.meter.write_text("")
        before = self.runs()
        work()
        self.settle()
        used, after = Metered.of(self.meter), self.runs()
        return used, {name: times[len(before.get(name, [])) :] for name, times in after.items()}

    def settle(self) -> None:
        """Until the readers of the stream have told of everything: nothing ran for a second."""
        last, since = -1, time.monotonic()
        while time.monotonic() - since < 1:
            count = sum(map(len, self.runs().values()))
            if count != last:
                last, since = count, time.monotonic()
            time.sleep(0.1)

    def runs(self) -> Runs:
        logs = boto3.client("logs", **self.engine.client_options())
        found: Runs = {}
        for group in logs.describe_log_groups()["logGroups"]:
            messages = (
                event["message"] for event in logs.filter_log_events(logGroupName=group["logGroupName"])["events"]
            )
            reports = [match for message in messages if (match := _REPORT.search(message))]
            if reports:
                found[group["logGroupName"]] = [(int(match[1]), int(match[2])) for match in reports]
        return found


@contextmanager
def metered_place() -> Iterator[Place]:
    with tempfile.TemporaryDirectory() as folder:
        meter = Path(folder) / "meter.jsonl"
        with LocalEngine.start(Path(folder), settings={"ORDERQ_METER_FILE": str(meter)}) as engine:
            for _ in deploy(engine):
                pass
            yield Place(engine, connect(engine, None), meter)


def until(is_so: Callable[[], bool]) -> None:
    deadline = time.monotonic() + GIVE_UP_SECONDS
    while not is_so():
        assert time.monotonic() < deadline, "what was waited for did not come"
        time.sleep(0.05)
