"""Keeps an entry per term of an order in the desk table, and reads the entries that begin with something.

Entries of a queue whose terms begin with the same letters share a partition. There they are sorted by term, then from the newest
order to the oldest. So one query reads what begins with a text, and a term's newest orders stand first.

An anchor per order names its entries and the revision. It is written only if the terms change, before any entry. So a change that
comes again, late or after a gap leaves no entry that the anchor does not name. No search relies on that, because it compares the
orders themselves (finding.py).

Longer than 200 lines, because writes, reads and keys of entries must fit each other.

https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/bp-sort-keys.html
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from lambdas.orders.model.fingerprint import fingerprint
from lambdas.orders.model.order import ListPosition, Order
from lambdas.read_models.search.folding import is_ideographic
from lambdas.read_models.search.terms import terms
from lambdas.records.table import BusyError, RecordTable
from lambdas.runtime.items import Item, from_item, to_item

_SK = "entries"
_BATCH = 25  # the most that one BatchWriteItem takes
_LAST_SECOND, _LAST_NUMBER = 2**40 - 1, 2**60 - 1
_BEHIND_ALL = "\U0010ffff"


class EntriesBusyError(BusyError):
    """The table did not take all entries in several tries. The change must come again."""


@dataclass(frozen=True)
class Entry:
    """An order that has this term. A term holds no blank."""

    term: str
    position: ListPosition

    @property
    def sk(self) -> str:
        return f"{self.term} {_place(self.position)}"

    @property
    def order_id(self) -> str:
        return str(self.position[1])


@dataclass(frozen=True)
class Entries:
    """Entries as they are sorted. `more`: others follow."""

    found: tuple[Entry, ...]
    more: bool


class SearchEntries:
    """The entries of all orders."""

    prefix = "search#"

    def __init__(self, table: RecordTable) -> None:
        self._table = table

    def follow(self, old: Order | None, new: Order | None) -> None:
        """Take in a change. `old` None: the order was created, or comes as it stands. `new` None: it was removed."""
        before = _keys(old) if old else frozenset[str]()
        if new is None:
            if old is not None and before:
                self._write(old, old.revision + 1, before, frozenset())
            return
        now = _keys(new)
        if now != before or (old is None and new.revision > 1):
            self._write(new, new.revision, before, now)

    def order_of(self, record: Mapping[str, Any]) -> str:
        """Of an entry or an anchor."""
        anchor = f"{self.prefix}order#"
        pk = str(record["pk"])
        return pk.removeprefix(anchor) if pk.startswith(anchor) else _entry(str(record["sk"])).order_id

    def tidy(self, record: Mapping[str, Any]) -> bool:
        """An entry too many is harmless, because a search compares the orders themselves."""
        return False

    def forget(self, order_id: str) -> None:
        """Remove the entries of an order that is gone, and its anchor. May be repeated."""
        key = to_item({"pk": f"search#order#{order_id}", "sk": _SK})
        found = self._table.client.get_item(TableName=self._table.name, Key=key, ConsistentRead=True).get("Item", {})
        self._write_entries(frozenset(found.get("keys", {}).get("SS", ())), puts=False)
        self._table.client.delete_item(TableName=self._table.name, Key=key)

    def _write(self, order: Order, revision: int, before: frozenset[str], now: frozenset[str]) -> None:
        """Name all entries in the anchor, write and delete entries, and take the deleted ones off the anchor."""
        anchor = self._add_to_anchor(order, revision, before | now)
        if anchor is None:
            return
        anchored, is_repeat = anchor
        self._write_entries(now if is_repeat else now - (before & anchored), puts=True)
        if obsolete := (anchored | before) - now:
            self._write_entries(obsolete, puts=False)
            self._update(order.order_id, "DELETE #keys :keys", "revision = :revision", revision, keys=obsolete)

    def _add_to_anchor(self, order: Order, revision: int, keys: frozenset[str]) -> tuple[frozenset[str], bool] | None:
        """Return what the anchor named before, and whether this revision was here. None: a later one was, which knows better."""
        add = " ADD #keys :keys" if keys else ""
        condition = "attribute_not_exists(pk) OR revision <= :revision OR #of <> :of"
        of = fingerprint(order.hash)
        before = self._update(
            order.order_id, f"SET revision = :revision, #of = :of{add}", condition, revision, keys=keys, of=of
        )
        if before is None:
            return None
        is_repeat = before.get("revision", {}).get("N") == str(revision)
        return frozenset(before.get("keys", {}).get("SS", ())), is_repeat

    def _update(
        self, order_id: str, update: str, condition: str, revision: int, *, keys: frozenset[str], of: str = ""
    ) -> dict[str, Any] | None:
        names = {"#keys": "keys"} if keys else {}
        values: dict[str, Any] = to_item({":revision": revision})
        if keys:
            values[":keys"] = {"SS": sorted(keys)}
        if of:
            names, values = {**names, "#of": "of"}, {**values, ":of": {"S": of}}
        try:
            answer = self._table.client.update_item(
                TableName=self._table.name,
                Key=to_item({"pk": f"search#order#{order_id}", "sk": _SK}),
                UpdateExpression=update,
                ConditionExpression=condition,
                ExpressionAttributeNames=names,
                ExpressionAttributeValues=values,
                ReturnValues="ALL_OLD",
            )
        except self._table.client.exceptions.ConditionalCheckFailedException:
            return None
        return dict(answer.get("Attributes", {}))

    def _write_entries(self, keys: frozenset[str], *, puts: bool) -> None:
        """Put or delete the entries of these keys."""
        writes = [_write_of(key, puts=puts) for key in sorted(keys)]
        patience = self._table.patience()
        while writes:
            answer = self._table.client.batch_write_item(RequestItems={self._table.name: writes[:_BATCH]})
            left = answer.get("UnprocessedItems", {}).get(self._table.name, [])
            writes = [*left, *writes[_BATCH:]]
            if left:
                patience.wait_or_raise(lambda: EntriesBusyError("not all entries of an order were written"))

    def beginning_with(self, order_queue_id: int, text: str, most: int) -> Entries:
        """The first entries of the queue whose term begins with the text."""
        return self._query(order_queue_id, text, text, text + _BEHIND_ALL, most)

    def of_term(self, order_queue_id: int, term: str, behind: ListPosition | None, most: int) -> Entries:
        """Orders with exactly this term, the newest first. `behind`: those that come after this place."""
        first = f"{term} {_place(behind)}~" if behind else f"{term} "
        return self._query(order_queue_id, term, first, f"{term} g", most)

    def next_term(self, order_queue_id: int, text: str, term: str) -> str | None:
        """The term behind this one, among those that begin with the text."""
        found = self._query(order_queue_id, text, f"{term}!", text + _BEHIND_ALL, 1).found
        return found[0].term if found else None

    def _query(self, order_queue_id: int, text: str, first: str, last: str, most: int) -> Entries:
        values = {":pk": f"search#{order_queue_id}#{_bucket(text)}", ":first": first, ":last": last}
        answer = self._table.client.query(
            TableName=self._table.name,
            KeyConditionExpression="pk = :pk AND sk BETWEEN :first AND :last",
            ExpressionAttributeValues=to_item(values),
            Limit=most,
        )
        found = tuple(_entry(str(from_item(item)["sk"])) for item in answer["Items"])
        return Entries(found, more="LastEvaluatedKey" in answer)


def _keys(order: Order) -> frozenset[str]:
    """The entries of the order as an anchor names them: queue and sort key."""
    return frozenset(f"{order.order_queue_id}#{Entry(term.text, order.list_position).sk}" for term in terms(order))


def entry_items(order: Order) -> list[Item]:
    """The entries of an order, as the table has them."""
    return [_item(key) for key in _keys(order)]


def _write_of(key: str, *, puts: bool) -> Any:
    return {"PutRequest": {"Item": _item(key)}} if puts else {"DeleteRequest": {"Key": _item(key)}}


def _item(key: str) -> Item:
    queue, _, sk = key.partition("#")
    return to_item({"pk": f"search#{queue}#{_bucket(sk)}", "sk": sk})


def fewest_letters(text: str) -> int:
    """How many letters of a text like this are needed to look for what begins with it."""
    return 1 if is_ideographic(text[:1] or " ") else 3 if text.startswith("+") else 2


def _bucket(text: str) -> str:
    return text[: fewest_letters(text)]


def _place(position: ListPosition) -> str:
    """A text that sorts the newest first."""
    ts, number = position
    return f"{_LAST_SECOND - ts:010x}{_LAST_NUMBER - number:015x}"


def _entry(sk: str) -> Entry:
    term, _, place = sk.rpartition(" ")
    return Entry(term, (_LAST_SECOND - int(place[:10], 16), _LAST_NUMBER - int(place[10:], 16)))
