"""Keeps the worklist in step with the orders. A follower of the announcer."""

from collections.abc import Mapping
from typing import Any

from lambdas.orders.model.fingerprint import fingerprint
from lambdas.orders.model.order import Order
from lambdas.read_models.worklist.entries import entries
from lambdas.read_models.worklist.store import Source, WorklistStore, source_of_order
from lambdas.records.table import RecordTable


class Worklist:
    """Writes an order's entries when they change. A change that leaves them as they are costs no request."""

    prefix = "worklist#"

    def __init__(self, table: RecordTable) -> None:
        self._store = WorklistStore(table)

    def follow(self, old: Order | None, new: Order | None) -> None:
        """Take in a change. `old` None: the order was created, or comes as it stands. `new` None: it was removed."""
        if new is None:
            if old is not None:
                self._store.keep(_source(old, old.revision + 1), (), quiet=True)
            return
        wanted, as_it_stands = entries(new), old is None and new.revision > 1
        if as_it_stands:
            self._store.keep(_source(new, new.revision), wanted, anew=True, quiet=True)
        elif wanted != (entries(old) if old else ()):
            self._store.keep(_source(new, new.revision), wanted)

    def forget(self, order_id: str) -> None:
        """Remove what is kept of an order that is gone."""
        self._store.forget(source_of_order(order_id))

    def order_of(self, record: Mapping[str, Any]) -> str:
        """Of an entry or an anchor. What is of no order has none."""
        if "order_id" in record:
            return str(record["order_id"])
        source, of_order = str(record.get("source", "")), source_of_order("")
        return source.removeprefix(of_order) if source.startswith(of_order) else ""

    def tidy(self, record: Mapping[str, Any]) -> bool:
        """Remove an entry that its order's anchor does not name."""
        return "order_id" in record and self._store.remove_stray(source_of_order(str(record["order_id"])), record)


def _source(order: Order, revision: int) -> Source:
    return Source(source_of_order(order.order_id), fingerprint(order.hash), revision)
