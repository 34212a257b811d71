"""New tables with what the stage's tables held at a moment. DynamoDB makes them; the stage's own are not touched.

A new table is named after its source and the moment, so a command that is repeated finds it again.
https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/pointintimerecovery_beforeyoubegin.html
"""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, NamedTuple

from infra.operate.restore.moment import MomentError, iso
from infra.stages.errors import StageError

if TYPE_CHECKING:
    from mypy_boto3_dynamodb.client import DynamoDBClient

WITHIN_SECONDS = 3 * 3_600  # that a restore may take; most take less than one hour
_ASK_EVERY_SECONDS = 10.0
_LONGEST_NAME = 255
LEFT_OUT = "stream, tags, time to live, recovery, deletion protection and alarms"


class RestoreError(StageError):
    """A new table cannot be made or used. The text says why and what to do."""


class Window(NamedTuple):
    """The moments that a table can be restored to, Unix seconds."""

    earliest: int
    latest: int


@dataclass(frozen=True)
class NewTables:
    """`at`: the moment, Unix seconds. `say`: prints progress. `pause`: waits some seconds."""

    client: "DynamoDBClient"
    at: int
    say: Callable[[str], None]
    pause: Callable[[float], None] = time.sleep
    clock: Callable[[], float] = time.monotonic

    def name_of(self, source: str) -> str:
        """The name of the new table."""
        mark = datetime.fromtimestamp(self.at, UTC).strftime("-%Y%m%dT%H%M%SZ")
        return f"{source[: _LONGEST_NAME - len(mark)]}{mark}"

    def window_of(self, source: str) -> Window:
        """Raises RestoreError if the table has no recovery."""
        described = self.client.describe_continuous_backups(TableName=source)["ContinuousBackupsDescription"]
        recovery = described.get("PointInTimeRecoveryDescription", {})
        if recovery.get("PointInTimeRecoveryStatus") != "ENABLED":
            raise RestoreError(
                f"{source} has no recovery to a point in time: set point_in_time_recovery in the stage's file before it is needed"
            )
        return Window(
            int(recovery["EarliestRestorableDateTime"].timestamp()),
            int(recovery["LatestRestorableDateTime"].timestamp()),
        )

    def refuse_moment(self, sources: Sequence[str]) -> None:
        """Raise MomentError if one of the tables cannot be restored to the moment."""
        for source in sources:
            earliest, latest = self.window_of(source)
            if self.exists(self.name_of(source)):
                continue
            if self.at < earliest:
                raise MomentError(f"{source} can be restored to {iso(earliest)} at the earliest: choose a later AT")
            if self.at > latest:
                raise MomentError(
                    f"{source} can be restored to {iso(latest)} at the latest, some minutes ago as a rule: "
                    f"wait, or choose an earlier AT"
                )

    def exists(self, name: str) -> bool:
        return self._status(name) != ""

    def make(self, source: str) -> str:
        """Begin the new table, unless it was begun before. Raises RestoreError if something else has its name."""
        name = self.name_of(source)
        if not self.exists(name):
            moment = datetime.fromtimestamp(self.at, UTC)
            self.client.restore_table_to_point_in_time(
                SourceTableName=source, TargetTableName=name, RestoreDateTime=moment
            )
            self.say(f"{name}: begun")
        self._refuse_another(name, source)
        return name

    def wait(self, names: Sequence[str], within_seconds: float = WITHIN_SECONDS) -> None:
        """Return when all are there. Raises RestoreError after the deadline; the restore continues, and so may the command."""
        until = self.clock() + within_seconds
        for name in names:
            while (status := self._status(name)) != "ACTIVE":
                if status not in ("CREATING", "UPDATING"):
                    raise RestoreError(
                        f"{name} is {status or 'gone'}: delete it if it is there, then run this command again"
                    )
                if self.clock() >= until:
                    raise RestoreError(
                        f"{name} is still being made after {within_seconds / 60:.0f} minutes: run this command again "
                        "later, it continues there"
                    )
                self.pause(_ASK_EVERY_SECONDS)
            self.say(f"{name}: there")

    def _status(self, name: str) -> str:
        """Empty if there is no such table."""
        try:
            return str(self.client.describe_table(TableName=name)["Table"].get("TableStatus", ""))
        except self.client.exceptions.ResourceNotFoundException:
            return ""

    def _refuse_another(self, name: str, source: str) -> None:
        """Only a table that was restored from this one, to this second, is what its name says."""
        made = self.client.describe_table(TableName=name)["Table"].get("RestoreSummary")
        of = made.get("SourceTableArn", "").rpartition("/")[2] if made else ""
        if made is None or of != source or int(made["RestoreDateTime"].timestamp()) != self.at:
            raise RestoreError(
                f"{name} is not what {source} held at {iso(self.at)}: delete it, then run this command again"
            )
