"""Checks the chain of an order's history: a changed, missing or inserted item shows. Pure.

A hash is not signed. A person who may write the table could change an item and calculate all hashes after it again. The last item
of an order has none after it, so what it changed is compared with the order.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from lambdas.orders.model.order import Order
from lambdas.read_models.history.item import HistoryItem, Link, UnreadableItemError
from lambdas.read_models.history.past import versions
from lambdas.read_models.history.values import changes, values_of


@dataclass(frozen=True)
class Finding:
    """`item`: the sort key of the item that is wrong, or beside which one is missing. `problem`: in words, without values."""

    order_id: str
    item: str
    problem: str

    def __str__(self) -> str:
        return f"order {self.order_id}, item {self.item}: {self.problem}"


@dataclass(frozen=True)
class Checked:
    """The outcome for one order of one number. `gaps`: items that say that they follow on revisions without a record."""

    of: str
    items: tuple[HistoryItem, ...]
    findings: tuple[Finding, ...]

    @property
    def gaps(self) -> int:
        return sum(item.is_gap and item.previous.revision != item.after for item in self.items)

    @property
    def erased(self) -> int:
        return sum(item.is_erased for item in self.items)

    @property
    def begins_at(self) -> HistoryItem | None:
        """The first item, if it tells that the order had revisions before it."""
        first = next((item for item in self.items if not item.side), None)
        return first if first and first.revision > 1 and not first.previous.revision else None

    @property
    def head(self) -> Link:
        chained = [item.link for item in self.items if not item.side]
        return chained[-1] if chained else Link()


def checked(of: str, records: Iterable[Mapping[str, Any]]) -> Checked:
    """The chain of one order. `records`: all of it, sorted by `sk`."""
    items, findings = list[HistoryItem](), list[Finding]()
    order_id = of.partition("-")[0]
    unreadable = set[int]()
    for record in records:
        try:
            item = HistoryItem.read(record)
        except UnreadableItemError as error:
            findings.append(Finding(order_id, str(record["sk"]), f"was changed: {error}"))
            unreadable.add(_revision_in(str(record["sk"])))
            continue
        if item.of != of:
            findings.append(Finding(order_id, item.sk, "is of another order"))
            continue
        items.append(item)
    findings += (Finding(order_id, item, problem) for item, problem in _link_problems(items, unreadable))
    return Checked(of, tuple(items), tuple(findings))


def _link_problems(items: list[HistoryItem], unreadable: set[int]) -> Iterator[tuple[str, str]]:
    chained = {item.revision: item for item in items if not item.side}
    before: HistoryItem | None = None
    for item in items:
        named = chained.get(item.previous.revision)
        if item.previous.revision and named is None:
            if item.previous.revision not in unreadable:
                yield item.sk, f"follows on revision {item.previous.revision}, which is missing"
        elif named is not None and named.hash != item.previous.hash:
            yield named.sk, f"was changed: revision {item.revision} follows on it with another hash"
        elif item.previous.revision >= item.revision + bool(item.side):
            yield item.sk, "follows on a later item"
        if not item.side:
            yield from _place_problems(before, item)
            before = item


def _place_problems(before: HistoryItem | None, item: HistoryItem) -> Iterator[tuple[str, str]]:
    """Problems of an item of the chain and the one in front of it."""
    if not item.is_gap and item.after != item.previous.revision:
        yield item.sk, "was changed: it does not follow on the revision that it changed"
    if before is not None and before.revision > item.previous.revision and not _fills(before, item):
        yield before.sk, f"was inserted: revision {item.revision} does not follow on it"


def _fills(late: HistoryItem, item: HistoryItem) -> bool:
    """Whether an item between two others came late, into a gap that the item after it knows of."""
    return item.is_gap and (late.revision <= item.after or item.after == 0)


def order_problems(found: Checked, order: Order) -> Iterator[Finding]:
    """How the history differs from the order as it is. History may be behind the order for a moment."""
    head = found.head.revision
    last = found.items[-1].sk if found.items else "none"
    if head != order.revision:
        yield Finding(order.order_id, last, f"is the last one, and the order is at revision {order.revision}")
        return
    version = next(reversed([*versions(found.items)]), None)
    if version is None or version.revision != order.revision:
        return
    now = values_of(order)
    differing = {*changes(version.values.plain, now.plain)}
    if not version.erased:
        differing |= {*changes(version.values.personal, now.personal)}
    if differing:
        places = ", ".join(sorted({path.split("/")[1] for path in differing}))
        yield Finding(order.order_id, last, f"was changed, or the order was: they differ in {places}")


def begin_problems(found: Checked, begun_at: int) -> Iterator[Finding]:
    """A chain may begin late only if its order was created before history was begun. `begun_at`: 0 if that is not recorded."""
    first = found.begins_at
    if first is None:
        return
    _, created_at = first.plain.changes.get("/ts", (None, (first.plain.base or {}).get("/ts")))
    if not isinstance(created_at, int) or created_at > begun_at:
        problem = f"is the first one, at revision {first.revision}: what was before is missing"
        if not begun_at:
            problem += ", or the order is older than history (make begin-history)"
        yield Finding(found.of.partition("-")[0], first.sk, problem)


def _revision_in(sk: str) -> int:
    digits = sk.partition("#")[2][:9]
    return int(digits) if digits.isdecimal() else 0
