"""How the orders count: queue × fault × point, with runs, doubles and losses."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from rich.table import Table

from tests.faults.books import Verdict
from tests.faults.places import Fault

Row = tuple[str, str, str]
MOST_UNMET = 0.02  # a busy machine ends a process here and there before it comes to its point


@dataclass
class Tally:
    """What became of the orders of one row. `unmet`: never came to the point, so nothing was shown."""

    runs: int = 0
    unmet: int = 0
    doubles: int = 0
    losses: int = 0

    @property
    def is_bad(self) -> bool:
        return bool(self.doubles or self.losses)


class Tallies:
    """An order counts in the row of each fault it was to meet; what is wrong with it counts against all of them."""

    def __init__(self) -> None:
        self.rows: dict[Row, Tally] = {}

    def count(self, faults: Iterable[Fault], unmet: Iterable[Fault], verdict: Verdict) -> None:
        missed = set(unmet)
        for fault in faults:
            tally = self.rows.setdefault(fault.row, Tally())
            tally.runs += 1
            tally.unmet += fault in missed
            tally.doubles += bool(verdict.doubles)
            tally.losses += bool(verdict.losses)

    @property
    def exit_code(self) -> int:
        """Not zero if anything is lost or double; nor if points were not met, too many or all of a kind: it shows too little."""
        sums = self.sums()
        too_many = sums["unmet"] >= max(1, sums["runs"] * MOST_UNMET)
        shows_too_little = not self.rows or too_many or any(self._never_met())
        return 1 if shows_too_little or any(tally.is_bad for tally in self.rows.values()) else 0

    def _never_met(self) -> Iterator[str]:
        """Functions, and points of them that several orders were to meet, which none met: the point is not there."""
        kinds: dict[str, list[Tally]] = {}
        for (_, fault, point), tally in self.rows.items():
            kinds.setdefault(fault, []).append(tally)
            kinds.setdefault(f"{fault}, {point}", []).append(tally)
        for kind, tallies in kinds.items():
            runs = sum(tally.runs for tally in tallies)
            if runs > 1 and runs == sum(tally.unmet for tally in tallies):
                yield kind

    def sums(self) -> Mapping[str, int]:
        names = ("runs", "unmet", "doubles", "losses")
        return {name: sum(getattr(tally, name) for tally in self.rows.values()) for name in names}


def shown(tallies: Tallies) -> Table:
    table = Table("queue", "fault", "point", *("runs", "not met", "doubles", "losses"))
    for (queue, fault, point), tally in sorted(tallies.rows.items()):
        counts = (tally.runs, tally.unmet, tally.doubles, tally.losses)
        table.add_row(
            queue, fault, point, *map(str, counts), style="red" if tally.is_bad else "yellow" if tally.unmet else ""
        )
    return table
