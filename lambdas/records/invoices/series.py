"""Numbers of a series of documents: each is used once, and none is left out.

A number is taken for a document before the transaction that issues it, and noted beside the counter under the document's ticket.
So the same document gets the same number again after a crash. A number stays unused if its document was refused or its process
died; the next document takes it. No transaction touches the counter, so issues do not wait for each other (docs/scale.md).
"""

import hashlib
from collections.abc import Callable, Mapping
from typing import Any

from lambdas.records.invoices.invoice import NUMBER_DIGITS, InvoiceKind
from lambdas.records.table import RecordTable
from lambdas.runtime.items import from_item, to_item
from lambdas.runtime.retry_budget import RetryBudget

_N, _S = "number", "since"
_IS_ITS = f"#{_N} = :number"
STALE_SECONDS = 900  # No function lives as long.
_NUMBER, _SINCE = "number#", "since#"


def series_pk(brand_id: int | str, kind: InvoiceKind) -> str:
    """The partition of a series: one for each brand and kind of document."""
    return f"series#{brand_id}#{kind.value}"


def number_sk(number: int | str) -> str:
    """The sort key of a number in its series."""
    return f"number#{number:0>{NUMBER_DIGITS}}"


def read_noted_numbers(table: RecordTable, pk: str) -> frozenset[int]:
    """Numbers of a series that are taken for documents that are not issued yet, or free for the next one."""
    noted = table.get(pk, "counter") or {}
    return frozenset(int(value) for name, value in noted.items() if name.startswith(_NUMBER))


class SeriesBusyError(Exception):
    """Too many documents were issued in the series at this moment; nothing was issued, try again."""


class Series:
    """One series in the record table, under `pk`. `now` gives Unix seconds."""

    def __init__(self, table: RecordTable, pk: str, now: Callable[[], int]) -> None:
        self._table, self._pk, self._now = table, pk, now

    def take(self, document: str) -> int:
        """Take a number for this document: the one it has, else an unused one, else the next. Raises SeriesBusyError."""
        ticket, patience = _ticket(document), RetryBudget()
        while True:
            noted = self._table.get(self._pk, "counter") or {}
            if (mine := noted.get(_NUMBER + ticket)) is not None:
                return int(mine)
            number = self._take_over(ticket, noted)
            number = number if number is not None else self._take_next(ticket)
            if number is not None:
                return number
            patience.wait_or_raise(lambda: SeriesBusyError("the series is busy"))

    def close(self, document: str, number: int) -> None:
        """Remove the note of a number that is used now. If the document was given another one since, that stays noted."""
        self._write(f"REMOVE #{_N}, #{_S}", _ticket(document), {":number": number}, condition=_IS_ITS)

    def give_back(self, document: str, number: int) -> None:
        """Free the number: the document is not issued under it."""
        self._write(f"SET #{_S} = :never", _ticket(document), {":never": 0, ":number": number}, condition=_IS_ITS)

    def _take_over(self, ticket: str, noted: Mapping[str, Any]) -> int | None:
        """Take the least free number. None if there is none, or another process was faster."""
        long_ago = self._now() - STALE_SECONDS
        others = (name.removeprefix(_NUMBER) for name in noted if name.startswith(_NUMBER))
        free = {int(noted[_NUMBER + other]): other for other in others if int(noted.get(_SINCE + other, 0)) <= long_ago}
        if not free:
            return None
        number = min(free)
        other = free[number]
        found = self._write(
            f"SET #{_N} = :number, #{_S} = :now REMOVE #other_number, #other_since",
            ticket,
            {":number": number, ":now": self._now(), ":before": int(noted.get(_SINCE + other, 0))},
            condition=f"#other_number = :number AND #other_since = :before AND attribute_not_exists(#{_N})",
            names={"#other_number": _NUMBER + other, "#other_since": _SINCE + other},
        )
        return number if found is not None else None

    def _take_next(self, ticket: str) -> int | None:
        """Take the number after the latest. None if this document is given one at this moment."""
        found = self._write(
            f"SET latest = if_not_exists(latest, :none) + :one, #{_N} = if_not_exists(latest, :none) + :one, #{_S} = :now",
            ticket,
            {":none": 0, ":one": 1, ":now": self._now()},
            condition=f"attribute_not_exists(#{_N})",
        )
        return int(found["latest"]) if found is not None else None

    def _write(
        self,
        update: str,
        ticket: str,
        values: Mapping[str, int],
        *,
        condition: str,
        names: Mapping[str, str] | None = None,
    ) -> dict[str, Any] | None:
        """Make the update and return what it wrote; None if its condition failed."""
        try:
            answer = self._table.client.update_item(
                TableName=self._table.name,
                Key=to_item({"pk": self._pk, "sk": "counter"}),
                UpdateExpression=update,
                ExpressionAttributeNames={f"#{_N}": _NUMBER + ticket, f"#{_S}": _SINCE + ticket, **(names or {})},
                ExpressionAttributeValues=to_item(values),
                ConditionExpression=condition,
                ReturnValues="UPDATED_NEW",
            )
        except self._table.client.exceptions.ConditionalCheckFailedException:
            return None
        return from_item(answer.get("Attributes", {}))


def _ticket(document: str) -> str:
    """A short digest: every note makes each write of the counter larger."""
    return hashlib.sha256(document.encode()).hexdigest()[:12]
