"""How far a check came, kept in the record table, so that the next run continues there."""

from collections.abc import Sequence

from lambdas.orders.model.order import ListPosition
from lambdas.records.table import RecordTable
from lambdas.runtime.models import Frozen

_KEY = {"pk": "order_check", "sk": "progress"}


class Progress(Frozen):
    """`day`: of the pass, as YYYY-MM-DD. `begun_at`: its number too, larger than that of each pass before.
    `task`: the part it is in; empty before the first. `behind`: the order it came to.
    `canceled_behind`: by queue, where the rotation through canceled orders continues. `unanswered`: parts that could not be
    asked about in full. Times in Unix seconds.
    """

    day: str = ""
    begun_at: int = 0
    task: str = ""
    behind: ListPosition | None = None
    canceled_behind: dict[str, ListPosition] = {}
    checked: int = 0
    found: int = 0
    lapsing: int = 0
    oldest_wait_seconds: int = 0
    unanswered: tuple[str, ...] = ()
    is_over: bool = True
    version: int = 0

    def at_next_part(self, names: Sequence[str]) -> "Progress":
        """It at the part after its own, or over after the last one."""
        following = names[names.index(self.task) + 1 :]
        return self.model_copy(update={"task": following[0], "behind": None} if following else {"is_over": True})


class ProgressRecord:
    """The one record of it. A run that finds another one at work stops."""

    def __init__(self, table: RecordTable) -> None:
        self._table = table

    def read(self) -> Progress:
        found = self._table.get(_KEY["pk"], _KEY["sk"])
        return (
            Progress.model_validate({key: value for key, value in found.items() if key not in _KEY})
            if found
            else Progress()
        )

    def write(self, progress: Progress) -> Progress | None:
        """Keep it. None if another run wrote meanwhile."""
        fresh = progress.model_copy(update={"version": progress.version + 1})
        record = {**_KEY, **fresh.model_dump(exclude_none=True)}
        is_kept = self._table.put_if("attribute_not_exists(pk) OR version = :before", record, before=progress.version)
        return fresh if is_kept else None
