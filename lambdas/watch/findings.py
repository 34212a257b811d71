"""Findings of the check stand on the worklist until a later pass finds their promises kept."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache

from lambdas.orders.model.order import Order
from lambdas.orders.table.entries import UnreadableOrder
from lambdas.records.broken_promises import BrokenPromise, BrokenPromises
from lambdas.runtime.telemetry import log_unexpected, logger
from lambdas.watch.invariants.of_holds import of_held_money
from lambdas.watch.invariants.of_order import of_canceled_order, of_open_order, of_unreadable_order
from lambdas.watch.invariants.of_payments import PaymentsOfADay
from lambdas.watch.invariants.progress import Progress
from lambdas.watch.invariants.stage import Stage
from lambdas.watch.invariants.violation import Promise, Violation

# Each pass asks about these in full, in this part of it. About others it may not have asked: canceled orders and days of payments
# are looked at in turn, and an order may change its step while the steps are walked.
_IN_FULL: dict[str, str] = {Promise.COUNTS: "counts", Promise.GAPLESS: "series", Promise.ANCHORED: "anchors"}

_OfDay = Callable[[str], tuple[Violation, ...]]


@dataclass(frozen=True)
class Findings:
    """Of one pass. `begun`: the progress that it begins or continues with."""

    stage: Stage
    begun: Progress

    def report(self, violation: Violation) -> None:
        """Log it and put it on the worklist."""
        found, day = violation.model_dump(mode="json"), self.begun.day
        logger.error("promise broken", extra=found)
        self._records.note(
            BrokenPromise(**found, first_day=day, last_day=day, pass_begun_at=self.begun.begun_at),
        )

    def settle(self, progress: Progress) -> int:
        """At the end of a pass, ask again about what it did not meet, and forget what is fixed. Return how much of it stays.

        What cannot be asked about stays.
        """
        of_day, stays = cache(self._of_day), 0
        for known in self._records.read_all():
            if known.pass_begun_at >= self.begun.begun_at:
                continue
            try:
                stays += self._stays(known, progress, of_day)
            except Exception as error:  # noqa: BLE001 - the others are asked about all the same
                log_unexpected("promise not asked about again", error)
                stays += 1
        return stays

    @property
    def _records(self) -> BrokenPromises:
        return BrokenPromises(self.stage.records)

    def _stays(self, known: BrokenPromise, progress: Progress, of_day: _OfDay) -> bool:
        if part := _IN_FULL.get(known.promise):
            if part in progress.unanswered:
                return True
        else:
            for violation in self._ask(known, of_day):
                if (violation.promise, violation.place) == (known.promise, known.place):
                    self.report(violation)
                    return True
        return not self._records.forget(known)

    def _ask(self, known: BrokenPromise, of_day: _OfDay) -> Iterator[Violation]:
        stage = self.stage
        for order in stage.orders.get_many([known.place]) if known.place.isdecimal() else ():
            if isinstance(order, UnreadableOrder):
                yield of_unreadable_order(order)
            elif isinstance(order, Order) and order.canceled_at is not None:
                yield from of_canceled_order(order, holds=stage.is_held, live_services=stage.live_services)
            elif isinstance(order, Order):
                yield from of_open_order(order, stage.executions, frozenset(), stage.now())
                yield from of_held_money(order, stage.gateway)
        if known.of_day:
            yield from of_day(known.of_day)

    def _of_day(self, day: str) -> tuple[Violation, ...]:
        stage = self.stage
        return tuple(PaymentsOfADay(stage.gateway, stage.orders, stage.records, day, stage.now()).violations())
