"""Compares the orders of a restored table with the stage's, with history and with executions, and fixes what differs.

Each order is fixed by one conditional write of its whole row. So an interrupted command leaves each order as it was or fixed,
and the next one continues. No action is run here, and no money is moved.
"""

from collections import deque
from collections.abc import Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from itertools import islice
from typing import NamedTuple

from infra.operate.reconcile import REVISIONS
from infra.operate.restore.forward import NotForwardError, brought_forward
from infra.operate.restore.moment import iso
from infra.operate.restore.rows import AT_ONCE, OrderRows
from infra.operate.restore.standing import Seen
from infra.operate.restore.walks import Walk, Walks
from lambdas.orders.decisions.operator import restart
from lambdas.orders.model.executions import execution_name
from lambdas.orders.model.order import Order
from lambdas.orders.model.queue import Queue
from lambdas.orders.table.entries import FoundOrder
from lambdas.orders.table.indexes import read_order
from lambdas.payments.effects.effect import Effect, EffectKind
from lambdas.payments.effects.ledger import EffectLedger
from lambdas.read_models.history.history import name_of
from lambdas.read_models.history.item import HistoryItem, UnreadableItemError, prefix
from lambdas.read_models.history.past import Version, versions
from lambdas.read_models.history.table import HistoryTable

_READERS = 8
_BEGINS = (EffectKind.AUTHORIZE, EffectKind.RENEW)


class Fixed(NamedTuple):
    """`text`: what was done with an order. `needs_person`: it is back, and somebody must decide about it."""

    text: str
    needs_person: bool = False


@dataclass(frozen=True)
class RestoredOrders:
    """`at`: the moment, `now`: both Unix seconds. `machine_hashes`: order_queue_id -> hash of the deployed machine."""

    rows: OrderRows
    history: HistoryTable
    ledger: EffectLedger
    walks: Walks
    queues: Mapping[int, Queue]
    machine_hashes: Mapping[str, str]
    at: int
    now: int

    def seen(self) -> Iterator[Seen]:
        """Each order of the restored table, on all sides."""
        rows = self.rows.read_restored()
        with ThreadPoolExecutor(_READERS) as pool:
            while batch := list(islice(rows, AT_ONCE)):
                then = [read_order(row) for row in batch]
                # Before the rows: a row is ahead of history, and never behind it.
                recorded = list(pool.map(self._recorded, then))
                present = self.rows.read_present([row["pk"]["S"] for row in batch])
                for found, revision in zip(then, recorded, strict=True):
                    row = present.get(found.order_id)
                    yield Seen(found.order_id, found, read_order(row) if row else None, revision, row)

    def present(self, order_ids: Iterable[str]) -> frozenset[str]:
        """Those of the orders that the stage's table has."""
        wanted = list(order_ids)
        batches = (wanted[at : at + AT_ONCE] for at in range(0, len(wanted), AT_ONCE))
        return frozenset(order_id for batch in batches for order_id in self.rows.read_present(batch))

    def fix(self, seen: Seen) -> Fixed:
        """Write the order as it should be. Raises ChangedMeanwhileError."""
        base = seen.base
        if base is None:
            raise ValueError(f"no row of order {seen.order_id} can be read")
        goal, why = self._goal(base, seen.recorded)
        walks = self.walks.of(goal or base)
        if goal is None:
            self._end(walks)
            self._write(seen, self._stopped(base, why))
            return Fixed(f"put back as of revision {base.revision}, because {why}", needs_person=True)
        done = f"put back as of revision {goal.revision}, {goal.step.name}"
        if not restart.needs_machine(goal) or goal.machine_stopped_at is not None or self._stands(goal, base, walks):
            self._write(seen, goal)
            return Fixed(done)
        self._end(walks)
        fixed = self._with_another_run(goal, walks)
        self._write(seen, fixed)
        if fixed.machine_stopped_at is not None:
            return Fixed(f"{done}, stopped because its queue has changed", needs_person=True)
        return Fixed(f"{done}, with another execution")

    def _goal(self, base: Order, recorded: int) -> tuple[Order | None, str]:
        """The order as it was last, as far as history says it; None with the reason if that is not far enough."""
        if recorded <= base.revision:
            return base, ""
        version = self._last_version(base)
        if version is None or version.revision < recorded:
            return None, "what history has of it cannot be read"
        begun = [each for each in self.ledger.of([base.known_as]) if each.kind in _BEGINS]
        try:
            return brought_forward(base, version, _keys(begun), begun[-1].key if begun else ""), ""
        except NotForwardError as error:
            return None, str(error)

    def _last_version(self, order: Order) -> Version | None:
        """The last revision that is recorded. What was edited by hand under a revision is not of its chain."""
        newest = deque(versions(self._items(name_of(order))), maxlen=1)
        return newest[0] if newest else None

    def _items(self, of: str) -> Iterator[HistoryItem]:
        for record in self.history.of_order(of):
            try:
                item = HistoryItem.read(record)
            except UnreadableItemError:
                continue
            if not item.side:
                yield item

    def _stands(self, goal: Order, base: Order, walks: Sequence[Walk]) -> bool:
        """Whether the order's execution waits where the row says, because neither has moved since the moment."""
        if goal is not base or len(walks) != 1 or not walks[0].execution.goes_on:
            return False
        return walks[0].run == base.machine_run and self.walks.latest_event_at(walks[0]) < self.at

    def _with_another_run(self, goal: Order, walks: Sequence[Walk]) -> Order:
        """The order stopped and started again, under a name that no execution has had. If its queue refuses, it stays stopped."""
        latest = max((walk.run for walk in walks), default=goal.machine_run)
        queue, machine_hash = (
            self.queues.get(goal.order_queue_id),
            self.machine_hashes.get(str(goal.order_queue_id), ""),
        )
        stopped = self._stopped(goal.changed(machine_run=max(latest, goal.machine_run)))
        return restart.with_running_machine(
            stopped, queue, by="", now=self.now, machine_hash=machine_hash, lenient=True
        )

    def _stopped(self, order: Order, why: str = "") -> Order:
        because = f"its row was restored to {iso(self.at)}" + (f"; {why}: compare it with its payments" if why else "")
        return restart.machine_stopped(order, execution=execution_name(order), because=because, at=self.now)

    def _end(self, walks: Iterable[Walk]) -> None:
        for walk in walks:
            self.walks.end(walk)

    def _write(self, seen: Seen, order: Order) -> None:
        """Write the row under a revision that was never published, if the stage's row still is what was seen."""
        revisions = [each.revision for each in (seen.then, seen.now, order) if isinstance(each, Order)]
        raised = order.changed(revision=max(*revisions, seen.recorded) + REVISIONS)
        self.rows.replace(seen.row, raised)

    def _recorded(self, found: FoundOrder) -> int:
        """The last revision of the order that history has; 0: none, or its row says not which order it is."""
        if not isinstance(found, Order):
            return 0
        newest = self.history.newest(of := name_of(found))
        return int(str(newest["sk"]).removeprefix(prefix(of))[:9]) if newest else 0


def _keys(begun: Iterable[Effect]) -> dict[str, str]:
    """The key of each payment, by the provider's id of it."""
    return {each.payment.transaction_id: each.key for each in begun if each.payment}
