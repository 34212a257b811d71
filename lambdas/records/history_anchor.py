"""Which day of history was anchored last, and the hash of its anchor, on which the next one follows."""

from datetime import UTC, datetime, timedelta

from lambdas.records.table import RecordTable
from lambdas.runtime.items import to_item

PK = "history_anchor"
_SK = "last"


class LastAnchor:
    """The record of it."""

    def __init__(self, table: RecordTable) -> None:
        self._table = table

    def read(self) -> tuple[str, str]:
        """Day and hash; both empty before the first one."""
        found = self._table.get(PK, _SK) or {}
        return str(found.get("day", "")), str(found.get("hash", ""))

    def write(self, day: str, hash: str) -> None:
        """Keep them. An earlier day never takes the place of a later one."""
        try:
            self._table.client.put_item(
                TableName=self._table.name,
                Item=to_item({"pk": PK, "sk": _SK, "day": day, "hash": hash}),
                ConditionExpression="attribute_not_exists(pk) OR #day < :day",
                ExpressionAttributeNames={"#day": "day"},
                ExpressionAttributeValues=to_item({":day": day}),
            )
        except self._table.client.exceptions.ConditionalCheckFailedException:
            return


def days_not_anchored(last_day: str, now: int) -> int:
    """How many days that are over have no anchor. `last_day`: empty before the first one. `now`: Unix seconds."""
    yesterday = datetime.fromtimestamp(now, UTC).date() - timedelta(days=1)
    if not last_day:
        return 1
    return max((yesterday - datetime.fromisoformat(last_day).date()).days, 0)
