"""Every few minutes: mark waits that are past their deadline, so that the stream tells of them (`OrderActionOverdue`).

It reads a sparse index of waiting orders only. Marking is conditional like every write, so two sweeps at once tell once.
"""

import time
from functools import cache
from typing import Any

from lambdas.orders.deadlines import swept
from lambdas.orders.entries import UnreadableOrder
from lambdas.orders.ports import OrderStore
from lambdas.orders.store import DynamoOrderStore, save
from lambdas.runtime.observe import MetricUnit, logger, metrics
from lambdas.runtime.settings import Settings
from lambdas.runtime.starting import prepare


class SweeperSettings(Settings):
    order_table: str


@cache
def _orders() -> OrderStore:
    return DynamoOrderStore(SweeperSettings.from_environment().order_table)


@metrics.log_metrics
def handler(event: dict[str, Any], context: Any) -> dict[str, int]:
    overdue = sweep(_orders(), int(time.time()))
    metrics.add_metric("OrdersFoundOverdue", MetricUnit.Count, overdue)
    return {"overdue": overdue}


def sweep(orders: OrderStore, now: int) -> int:
    """Mark what is overdue; returns how many waits were found to be."""
    found = 0
    for order in orders.due(now):
        if isinstance(order, UnreadableOrder):
            continue
        marked = save(orders, order, lambda current: swept(current, now))
        fresh = [key for key, wait in marked.waits.items() if wait.overdue and not _was_overdue(order.waits, key)]
        found += len(fresh)
        for key in fresh:
            logger.warning("overdue", order_id=order.order_id, wait=key, owner=marked.waits[key].owner)
    return found


def _was_overdue(waits: Any, key: str) -> bool:
    return key in waits and bool(waits[key].overdue)


prepare(_orders)
