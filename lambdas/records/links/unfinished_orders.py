"""Indexes the unfinished orders of a form by e-mail address, for clients who request a link to theirs.

The key holds no address, only its digest together with the form's name. An entry may be outdated: the order may be submitted
or have another address. So a reader must check the order too.
"""

import hashlib

from lambdas.records.table import RecordTable
from lambdas.runtime.items import from_item, to_item

_LOOKED_AT = 10


def digest_of(form: str, email: str) -> str:
    """The digest of an address on a form, ignoring case."""
    return hashlib.sha256(f"{form}\n{email.strip().casefold()}".encode()).hexdigest()


class UnfinishedOrderRecords:
    def __init__(self, table: RecordTable) -> None:
        self._table = table

    def add(self, digest: str, order_id: str) -> None:
        """Add an entry. Can be repeated."""
        self._table.put_new({"pk": _pk(digest), "sk": _sk(order_id), "order_id": order_id})

    def remove(self, digest: str, order_id: str) -> None:
        """Remove an entry, if it exists. Can be repeated."""
        key = to_item({"pk": _pk(digest), "sk": _sk(order_id)})
        self._table.client.delete_item(TableName=self._table.name, Key=key)

    def latest(self, digest: str) -> tuple[str, ...]:
        """The ids of the latest orders, newest first."""
        found = self._table.client.query(
            TableName=self._table.name,
            KeyConditionExpression="pk = :pk",
            ExpressionAttributeValues=to_item({":pk": _pk(digest)}),
            ScanIndexForward=False,
            Limit=_LOOKED_AT,
            ConsistentRead=True,
        )
        return tuple(str(from_item(item)["order_id"]) for item in found["Items"])


def _pk(digest: str) -> str:
    return f"begun#{digest}"


def _sk(order_id: str) -> str:
    return f"{int(order_id):018d}"
