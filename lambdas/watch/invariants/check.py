"""Walks all promises in parts that can be stopped and continued: open orders, canceled ones, counts, documents, payments."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import islice

from lambdas.orders.model.order import ListPosition, Order
from lambdas.orders.model.queue import Queue
from lambdas.orders.ports import TimeWindow
from lambdas.orders.table.entries import OrderEntry, UnreadableOrder
from lambdas.records.invoices.invoice import InvoiceKind
from lambdas.records.step_counts import StepCounts
from lambdas.runtime.telemetry import log_unexpected
from lambdas.watch.invariants.of_anchors import of_anchors
from lambdas.watch.invariants.of_counts import of_counts
from lambdas.watch.invariants.of_holds import of_held_money
from lambdas.watch.invariants.of_order import (
    lapses_soon,
    of_canceled_order,
    of_open_order,
    of_unreadable_order,
    waits_since,
)
from lambdas.watch.invariants.of_payments import PaymentsOfADay, days_before
from lambdas.watch.invariants.of_series import of_series
from lambdas.watch.invariants.progress import Progress
from lambdas.watch.invariants.stage import Stage
from lambdas.watch.invariants.violation import Violation

PAGE = 100  # orders that are read together; between two pages a run may stop
MOST_CANCELED = 5_000  # of each queue in one pass; the next pass continues behind them
_IN_ONE_PIECE = ("counts#", "series#", "payments#", "anchors#", "mended#")
_Walk = Callable[[Progress], Iterator[Progress]]
_Question = Callable[[], Iterable[Violation]]


@dataclass(frozen=True)
class Check:
    """`report` takes each violation, `on_lapsing` each order whose hold lapses soon. `has_time`: asked between parts.
    `keep` keeps the progress; None stops the run, because another one is at work. `settle` comes last: it asks again about
    what earlier passes found and this one did not, and returns how much of that is still broken."""

    stage: Stage
    report: Callable[[Violation], None]
    on_lapsing: Callable[[Order], None]
    has_time: Callable[[], bool]
    keep: Callable[[Progress], Progress | None]
    most_canceled: int = MOST_CANCELED
    settle: Callable[[Progress], int] | None = None

    def run(self, progress: Progress) -> Progress:
        """Continue the pass. The result is over, or says where the next run continues."""
        parts = self._parts()
        names = [name for name, _ in parts]
        begin = names.index(progress.task) if progress.task in names else 0
        for name, walk in parts[begin:]:
            if name != progress.task:
                progress = progress.model_copy(update={"task": name, "behind": None})
            for walked in walk(progress):
                moved = walked.model_copy(update={"version": progress.version})  # of what was kept last
                kept = self.keep(moved.at_next_part(names) if name.startswith(_IN_ONE_PIECE) else moved)
                if kept is None or kept.is_over or not self.has_time():
                    return kept or moved
                progress = kept
        over = progress.model_copy(update={"is_over": True})
        return self.keep(over) or over

    def _parts(self) -> list[tuple[str, _Walk]]:
        """Name -> a walk that yields its progress after each piece of it."""
        stage, one = self.stage, self._in_one_piece
        queues, counts = list(stage.queues.values()), StepCounts(stage.records)
        brands = sorted({queue.brand_id for queue in queues})
        return [
            *(
                (f"open#{queue.order_queue_id}#{step.id}", partial(self._open, queue, step.id))
                for queue in queues
                for step in queue.ordinary_steps
            ),
            *((f"canceled#{queue.order_queue_id}", partial(self._canceled, queue)) for queue in queues),
            *(
                (
                    f"counts#{each.order_queue_id}",
                    partial(one, [partial(of_counts, each, stage.orders, counts, stage.pause)]),
                )
                for each in queues
            ),
            *(
                (f"series#{brand}#{kind.value}", partial(one, [partial(of_series, stage.records, brand, kind)]))
                for brand in brands
                for kind in InvoiceKind
            ),
            ("payments#gateway", partial(one, self._days())),
            *self._anchors(),
            *([("mended#all", partial(self._settle, self.settle))] if self.settle else []),
        ]

    def _open(self, queue: Queue, step_id: int, progress: Progress) -> Iterator[Progress]:
        running, stage = self.stage.running(), self.stage
        for entries in self._pages(queue, step_id, progress.behind):
            now, before, lapsing, oldest = stage.now(), progress, 0, progress.oldest_wait_seconds
            orders, unreadable = self._read(entries)
            asked = [partial(of_open_order, order, stage.executions, running, now) for order in orders]
            found, _ = self._count([*asked, *(partial(of_held_money, order, stage.gateway) for order in orders)])
            for order in orders:
                if lapses_soon(order, now):
                    lapsing += 1
                    self.on_lapsing(order)
                oldest = max(oldest, now - (waits_since(order) or now))
            progress = _after(before, entries, found + unreadable, lapsing=before.lapsing + lapsing)
            progress = progress.model_copy(update={"oldest_wait_seconds": oldest})
            yield progress

    def _canceled(self, queue: Queue, progress: Progress) -> Iterator[Progress]:
        """Canceled orders, a part of them in each pass: they are kept for ever."""
        key, left, stage = str(queue.order_queue_id), self.most_canceled, self.stage
        behind = progress.behind or progress.canceled_behind.get(key)
        for entries in self._pages(queue, queue.canceled.id, behind):
            orders, unreadable = self._read(entries)
            found, _ = self._count(
                partial(of_canceled_order, order, holds=stage.is_held, live_services=stage.live_services)
                for order in orders
            )
            progress = _after(progress, entries, found + unreadable)
            if progress.behind:
                rotation = {**progress.canceled_behind, key: progress.behind}
                progress = progress.model_copy(update={"canceled_behind": rotation})
            yield progress
            left -= len(entries)
            if left <= 0:
                return
        if key in progress.canceled_behind:  # begin again at the first one
            rotation = {queue_id: at for queue_id, at in progress.canceled_behind.items() if queue_id != key}
            yield progress.model_copy(update={"canceled_behind": rotation})

    def _in_one_piece(self, questions: Sequence[_Question], progress: Progress) -> Iterator[Progress]:
        found, is_answered = self._count(questions)
        silent = () if is_answered else (progress.task.partition("#")[0],)
        unanswered = tuple(sorted({*progress.unanswered, *silent}))
        yield progress.model_copy(update={"found": progress.found + found, "unanswered": unanswered})

    def _settle(self, settle: Callable[[Progress], int], progress: Progress) -> Iterator[Progress]:
        yield progress.model_copy(update={"found": progress.found + settle(progress)})

    def _anchors(self) -> list[tuple[str, _Walk]]:
        question = partial(of_anchors, self.stage.records, self.stage.now())
        return [("anchors#history", partial(self._in_one_piece, [question]))] if self.stage.history_anchored else []

    def _days(self) -> list[_Question]:
        ports = self.stage.gateway, self.stage.orders, self.stage.records
        now = self.stage.now()
        return [PaymentsOfADay(*ports, day, now).violations for day in days_before(now)]

    def _pages(self, queue: Queue, step_id: int, behind: ListPosition | None) -> Iterator[list[OrderEntry]]:
        window = TimeWindow(page_size=PAGE, behind=behind)
        entries = self.stage.orders.in_step(queue.order_queue_id, step_id, window)
        while page := list(islice(entries, PAGE)):
            yield page

    def _read(self, entries: Sequence[OrderEntry]) -> tuple[list[Order], int]:
        """The orders that can be read, and how many cannot: these are reported. One that is gone meanwhile is neither."""
        found = self.stage.orders.get_many([entry.order_id for entry in entries])
        unreadable = [each for each in found if isinstance(each, UnreadableOrder)]
        for each in unreadable:
            self.report(of_unreadable_order(each))
        return [each for each in found if isinstance(each, Order)], len(unreadable)

    def _count(self, questions: Iterable[_Question]) -> tuple[int, bool]:
        """Ask each question and report what it finds: how much, and whether all were answered. One that fails stops no other."""
        count, is_answered = 0, True
        for ask in questions:
            try:
                for violation in ask():
                    self.report(violation)
                    count += 1
            except Exception as error:  # noqa: BLE001 - the other orders are looked at all the same
                log_unexpected("promise not checked", error)
                is_answered = False
        return count, is_answered


def _after(progress: Progress, entries: Sequence[OrderEntry], found: int, **changed: int) -> Progress:
    """The progress behind a page. A broken entry of an index has no place."""
    behind = max(entry.list_position for entry in entries)
    counted = {"checked": progress.checked + len(entries), "found": progress.found + found}
    return progress.model_copy(update={"behind": behind, **counted, **changed})
