"""Promises that the nightly check found broken, kept until they are found kept.

One record for each promise and place, so that what is found again changes the record that is there. A pass of the check has
the time at which it began as its number: an older one that is still at work changes nothing that a newer one found.
"""

import hashlib
from typing import TYPE_CHECKING

from lambdas.records.table import RecordTable
from lambdas.runtime.items import to_item
from lambdas.runtime.models import Frozen

if TYPE_CHECKING:
    from lambdas.runtime.items import Item

CHECK_PK = "order_check"
_PREFIX = "broken#"
_BEHIND_ALL = f"{_PREFIX}~"  # above every digest


class BrokenPromise(Frozen):
    """`place`: an order's number, or what else breaks the promise. `of_day`: the day whose payments break it; empty: of none.
    `first_day`, `last_day`: when it was found, as YYYY-MM-DD in UTC. `pass_begun_at`: of the last pass that found it (Unix
    seconds). No text of a person is in it."""

    promise: str
    place: str
    what: str
    mend: str
    of_day: str = ""
    first_day: str
    last_day: str
    pass_begun_at: int


class BrokenPromises:
    """The records of them."""

    def __init__(self, table: RecordTable) -> None:
        self._table = table

    def note(self, found: BrokenPromise) -> bool:
        """Write it down. The first day of one that is known stays. False: a newer pass found it already."""
        values = found.model_dump(exclude={"first_day"})
        sets = [*(f"{name} = :{name}" for name in values), "first_day = if_not_exists(first_day, :last_day)"]
        client = self._table.client
        try:
            client.update_item(
                TableName=self._table.name,
                Key=_key(found),
                UpdateExpression=f"SET {', '.join(sets)}",
                ConditionExpression="attribute_not_exists(pk) OR pass_begun_at <= :pass_begun_at",
                ExpressionAttributeValues=to_item({f":{name}": value for name, value in values.items()}),
            )
        except client.exceptions.ConditionalCheckFailedException:
            return False
        return True

    def forget(self, known: BrokenPromise) -> bool:
        """Delete it, because the promise is kept again. False: another pass found it broken meanwhile."""
        client = self._table.client
        try:
            client.delete_item(
                TableName=self._table.name,
                Key=_key(known),
                ConditionExpression="attribute_not_exists(pk) OR pass_begun_at = :known",
                ExpressionAttributeValues=to_item({":known": known.pass_begun_at}),
            )
        except client.exceptions.ConditionalCheckFailedException:
            return False
        return True

    def read_all(self) -> list[BrokenPromise]:
        return [BrokenPromise.model_validate(_named(each)) for each in self._table.query(CHECK_PK, _PREFIX)]

    def read_some(self, most: int) -> list[BrokenPromise]:
        """At most so many, in no order that means anything."""
        found = self._table.query_until(CHECK_PK, _BEHIND_ALL, most=most)
        return [BrokenPromise.model_validate(_named(each)) for each in found]


def _key(broken: BrokenPromise) -> "Item":
    digest = hashlib.sha256(f"{broken.promise}\n{broken.place}".encode()).hexdigest()
    return to_item({"pk": CHECK_PK, "sk": f"{_PREFIX}{digest}"})


def _named(record: dict[str, object]) -> dict[str, object]:
    return {name: value for name, value in record.items() if name not in ("pk", "sk")}
