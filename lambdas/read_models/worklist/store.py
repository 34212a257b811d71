"""The worklist in the desk table: an item per entry and list, and an anchor per source of entries.

A source is an order, or a record. Its anchor holds the revision that the entries are of, and the place of each item. Items and
anchor change in one transaction, on the condition that the anchor is as it was read. So the anchor always names exactly the
items that exist: whatever comes twice, late, out of order or after a gap, what is no longer true is found and removed.
"""

import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from lambdas.read_models.worklist.entries import Entry
from lambdas.records.table import BusyError, ConditionFailedError, RecordTable
from lambdas.runtime.items import from_item, to_item

_AT_ONCE = 90  # DynamoDB takes 100 writes in one transaction.
_LONGEST_PAUSE_SECONDS = 1.0
_SK_ANCHOR = "anchor"

Place = tuple[str, str]  # pk, sk


class WorklistBusyError(BusyError):
    """Others changed the entries of the same source on each try. The change must come again."""


@dataclass(frozen=True)
class Source:
    """An order or a record that entries are of. `mark` tells it from an earlier one of the same name. `revision`: the state of
    it that they were made of."""

    name: str
    mark: str
    revision: int


@dataclass(frozen=True)
class _Anchor:
    """`version` is raised by each write. `kept`: the digest of each item by its place."""

    mark: str = ""
    revision: int = 0
    version: int = 0
    kept: Mapping[Place, str] | None = None

    @property
    def places(self) -> Mapping[Place, str]:
        return self.kept or {}

    def is_newer_than(self, source: Source) -> bool:
        return self.mark == source.mark and self.revision > source.revision

    def is_of(self, source: Source) -> bool:
        return (self.mark, self.revision) == (source.mark, source.revision)


class WorklistStore:
    """Entries by source, and pages of them."""

    def __init__(self, table: RecordTable) -> None:
        self._table = table

    def keep(self, source: Source, entries: Sequence[Entry], *, anew: bool = False, quiet: bool = False) -> None:
        """Replace the entries of the source, unless those of a later revision are kept.

        `anew`: write each item again, whatever the anchor says. `quiet`: write no anchor for a source that never had entries.
        """
        wanted = {place: entry for entry in entries for place in _places(entry)}
        patience = self._table.patience(longest_pause_seconds=_LONGEST_PAUSE_SECONDS)
        while True:
            anchor = self._anchor(source.name)
            if anchor.is_newer_than(source) or (quiet and not wanted and not anchor.version):
                return
            if anchor.is_of(source) and not anew and dict(anchor.places) == _digests(wanted):
                return
            try:
                self._write(source, anchor, wanted, anew=anew)
                return
            except ConditionFailedError:
                patience.wait_or_raise(lambda: WorklistBusyError(f"entries of {source.name} could not be kept"))

    def forget(self, name: str) -> None:
        """Remove the entries of a source that is gone, and its anchor."""
        anchor = self._anchor(name)
        self._write(Source(name, anchor.mark, anchor.revision), anchor, {}, anew=False)
        self._table.client.delete_item(TableName=self._table.name, Key=to_item(_key(_anchor_place(name))))

    def remove_stray(self, name: str, record: Mapping[str, Any]) -> bool:
        """Remove an item that the anchor of its source does not name, as long as the anchor stays as it is."""
        anchor, place = self._anchor(name), (str(record["pk"]), str(record["sk"]))
        if place in anchor.places:
            return False
        condition = "version = :read" if anchor.version else "attribute_not_exists(pk)"
        values = {"ExpressionAttributeValues": to_item({":read": anchor.version})} if anchor.version else {}
        is_as_read = {
            "TableName": self._table.name,
            "Key": to_item(_key(_anchor_place(name))),
            "ConditionExpression": condition,
            **values,
        }
        try:
            self._table.write_all([{"ConditionCheck": is_as_read}, self._delete(place)])
        except ConditionFailedError:
            return False
        return True

    def read(self, pk: str, first: str, last: str, page_size: int) -> Iterator[Entry]:
        """Entries of a list whose position lies within these bounds. Pages are read as they are asked for."""
        pages = self._table.client.get_paginator("query").paginate(
            TableName=self._table.name,
            KeyConditionExpression="pk = :pk AND sk BETWEEN :first AND :last",
            ExpressionAttributeValues=to_item({":pk": pk, ":first": first, ":last": last}),
            PaginationConfig={"PageSize": page_size},
        )
        return (Entry.model_validate(from_item(item)) for page in pages for item in page["Items"])

    def _anchor(self, name: str) -> _Anchor:
        found = self._table.get(*_anchor_place(name))
        if found is None:
            return _Anchor()
        kept = {(str(pk), str(sk)): str(digest) for pk, sk, digest in found["kept"]}
        return _Anchor(str(found["mark"]), int(found["revision"]), int(found["version"]), kept)

    def _write(self, source: Source, anchor: _Anchor, wanted: Mapping[Place, Entry], *, anew: bool) -> None:
        """In steps of one transaction, after each of which the anchor is true. The last one sets the revision."""
        kept, digests, version = dict(anchor.places), _digests(wanted), anchor.version
        gone = [place for place in kept if place not in wanted]
        fresh = [place for place in wanted if anew or kept.get(place) != digests[place]]
        changed = [*gone, *fresh]
        steps = [changed[start : start + _AT_ONCE] for start in range(0, max(len(changed), 1), _AT_ONCE)]
        for number, step in enumerate(steps, start=1):
            for place in step:
                if place in wanted:
                    kept[place] = digests[place]
                else:
                    del kept[place]
            is_last = number == len(steps)
            of = (source.mark, source.revision) if is_last else (anchor.mark, anchor.revision)
            written = _Anchor(*of, version + 1, kept)
            items = [self._put(place, wanted[place]) if place in wanted else self._delete(place) for place in step]
            self._table.write_all([self._put_anchor(source.name, written, read=version), *items])
            version += 1

    def _put_anchor(self, name: str, anchor: _Anchor, *, read: int) -> Any:
        record = {
            **_key(_anchor_place(name)),
            "source": name,
            "mark": anchor.mark,
            "revision": anchor.revision,
            "version": anchor.version,
            "kept": [[*place, digest] for place, digest in anchor.places.items()],
        }
        values = {"ExpressionAttributeValues": to_item({":read": read})} if read else {}
        condition = "version = :read" if read else "attribute_not_exists(pk)"
        return {
            "Put": {"TableName": self._table.name, "Item": to_item(record), "ConditionExpression": condition, **values}
        }

    def _put(self, place: Place, entry: Entry) -> Any:
        return {"Put": {"TableName": self._table.name, "Item": to_item({**_key(place), **_facts(entry)})}}

    def _delete(self, place: Place) -> Any:
        return {"Delete": {"TableName": self._table.name, "Key": to_item(_key(place))}}


def source_of_order(order_id: str) -> str:
    return f"order#{order_id}"


def _places(entry: Entry) -> tuple[Place, ...]:
    return tuple((pk, entry.position) for pk in entry.lists)


def _anchor_place(name: str) -> Place:
    return f"worklist#of#{name}", _SK_ANCHOR


def _key(place: Place) -> dict[str, str]:
    return {"pk": place[0], "sk": place[1]}


def _facts(entry: Entry) -> dict[str, Any]:
    return entry.model_dump(mode="json", exclude_defaults=True)


def _digests(wanted: Mapping[Place, Entry]) -> dict[Place, str]:
    return {place: _digest(entry) for place, entry in wanted.items()}


def _digest(entry: Entry) -> str:
    return hashlib.sha256(json.dumps(_facts(entry), sort_keys=True).encode()).hexdigest()[:12]
