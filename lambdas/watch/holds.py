"""Runs every few minutes, and keeps the holds whose clock says so: warns, renews, captures early, or gives them to people.

It reads the sparse index of orders with a due date. One hold that fails stops no other. What a run has no time for is due in the
next one.
"""

import time
from collections import Counter
from collections.abc import Callable, Iterable
from functools import cache
from typing import Any, Protocol

from lambdas.orders.decisions import hold_clock
from lambdas.orders.model.hold_clock import Holds
from lambdas.orders.model.order import Order
from lambdas.orders.model.queue import load_queues
from lambdas.orders.store import DynamoOrderStore
from lambdas.orders.table.entries import FoundOrder
from lambdas.payments.gateways import gateways_of
from lambdas.payments.holds.keeping import HoldKeeper, Kept
from lambdas.payments.several.choice import choice_of
from lambdas.records.clients.client import ClientRecords
from lambdas.records.pauses.pause import PauseRecords
from lambdas.records.table import RecordTable
from lambdas.runtime.cold_start import prepare
from lambdas.runtime.settings import TableSettings
from lambdas.runtime.telemetry import MetricUnit, log_unexpected, logger, metrics

_ENOUGH_MILLISECONDS = 120_000  # for the calls of one renewal, each of which may time out


class Context(Protocol):
    def get_remaining_time_in_millis(self) -> int: ...


@cache
def _keeper() -> HoldKeeper:
    settings = TableSettings.from_environment()
    records = RecordTable(settings.record_table)
    return HoldKeeper(
        store=DynamoOrderStore(settings.order_table),
        gateway=gateways_of(choice_of(settings), records, PauseRecords(records, _now)),
        clients=ClientRecords(records),
        holds_of=_holds_of,
        now=_now,
    )


@metrics.log_metrics
def handler(event: dict[str, Any], context: Context) -> dict[str, int]:
    """Keep what is due. Return how many holds were warned about, renewed, captured, given to people, and left for later."""
    keeper = _keeper()
    kept = keep_due(keeper.store.due(_now()), keeper.keep, _now(), context)
    metrics.add_metric("HoldsGiven", MetricUnit.Count, kept[Kept.GIVEN])
    return {each.value: kept[each] for each in Kept}


def keep_due(found: Iterable[FoundOrder], keep: Callable[[str], Kept], now: int, context: Context) -> Counter[Kept]:
    """Keep the holds of these orders that are due, as far as there is time."""
    kept = Counter[Kept]()
    for order in found:
        if not isinstance(order, Order) or not hold_clock.is_due(order, now):
            continue
        if context.get_remaining_time_in_millis() < _ENOUGH_MILLISECONDS:
            break
        try:
            done = keep(order.order_id)
        except Exception as error:  # noqa: BLE001 - the other holds lapse too
            log_unexpected("hold not kept", error, order_id=order.order_id)
            continue
        kept[done] += 1
        tell = logger.warning if done in (Kept.WARNED, Kept.GIVEN) else logger.info
        tell(f"hold {done.value}", order_id=order.order_id)
    return kept


def _holds_of(order: Order) -> Holds:
    """Of the deployed queue."""
    queue = load_queues().get(order.order_queue_id)
    return queue.holds if queue else Holds()


def _now() -> int:
    return int(time.time())


prepare(_keeper)
