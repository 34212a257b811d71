"""How much waits for each team now, and how much of it is overdue, counted from the worklist."""

from collections import Counter
from dataclasses import dataclass
from itertools import islice

from lambdas.read_models.worklist.entries import of_queue
from lambdas.read_models.worklist.store import WorklistStore

MOST_READ = 2_000
_PAGE = 200
_FIRST, _LAST = "0", "9"  # Positions begin with a rank of one digit.


@dataclass(frozen=True)
class Waiting:
    """By team. `more`: more waits than was counted."""

    teams: dict[str, int]
    overdue: dict[str, int]
    more: bool = False


def count_waiting(worklist: WorklistStore, order_queue_id: int, now: int) -> Waiting:
    """Count what waits in the queue, at most MOST_READ entries, the most urgent ones first. `now`: Unix seconds."""
    read = list(islice(worklist.read(of_queue(order_queue_id), _FIRST, _LAST, _PAGE), MOST_READ + 1))
    entries = read[:MOST_READ]
    return Waiting(
        teams=dict(Counter(entry.team for entry in entries)),
        overdue=dict(Counter(entry.team for entry in entries if entry.due_at < now)),
        more=len(read) > MOST_READ,
    )
