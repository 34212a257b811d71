"""Keeps notices that wait for a team's digest, and reminders of what is overdue. Both are in the order of their time.

They are in the record table, because nothing can make them again.
"""

from collections.abc import Sequence

from lambdas.records.table import RecordTable
from lambdas.runtime.items import to_item
from lambdas.runtime.models import Frozen

_HELD, _REMINDERS = "held_notices", "overdue_reminders"
_MAX_READ = 2_000  # of a run; the next one takes the others


class HeldNotice(Frozen):
    """`line`: as the digest says it. `release_at`: when the digest goes out. Unix seconds."""

    team: str
    release_at: int
    event_id: str
    order_id: str
    order_queue_id: int
    at: int
    line: str

    @property
    def sk(self) -> str:
        return f"{self.release_at:010d}#{self.team}#{self.event_id}"


class Reminder(Frozen):
    """An overdue wait to look at again. `number`: 1 for the first reminder."""

    order_id: str
    key: str
    since: int
    number: int
    due_at: int

    @property
    def sk(self) -> str:
        return f"{self.due_at:010d}#{self.order_id}#{self.key}#{self.since}#{self.number}"


class HeldNotices:
    def __init__(self, table: RecordTable) -> None:
        self._table = table

    def hold(self, notice: HeldNotice) -> None:
        """Keep it. Holding it again changes nothing."""
        self._table.put_new({"pk": _HELD, "sk": notice.sk, **notice.model_dump()})

    def remind(self, reminder: Reminder) -> None:
        """Keep it. Doing so again changes nothing."""
        self._table.put_new({"pk": _REMINDERS, "sk": reminder.sk, **reminder.model_dump()})

    def held_until(self, latest: int) -> list[HeldNotice]:
        """Those whose digest goes out at this moment or before, the earliest first."""
        return [HeldNotice.model_validate(found) for found in self._until(_HELD, latest)]

    def reminders_until(self, latest: int) -> list[Reminder]:
        return [Reminder.model_validate(found) for found in self._until(_REMINDERS, latest)]

    def forget(self, items: Sequence[HeldNotice | Reminder]) -> None:
        for item in items:
            pk = _HELD if isinstance(item, HeldNotice) else _REMINDERS
            self._table.client.delete_item(TableName=self._table.name, Key=to_item({"pk": pk, "sk": item.sk}))

    def _until(self, pk: str, latest: int) -> list[dict[str, object]]:
        return self._table.query_until(pk, f"{latest:010d}#~", most=_MAX_READ)
