"""Whether an order has room for everything that will be written on it, so that an accepted order can reach its end.

An order is one item of at most 400 KB. Besides its content it carries prices, a reason and a result per action, answers of
people and tokens of waits. That room is calculated before an order is accepted. Each part is kept within its share
(shares.py), so that no write of a machine that holds money is refused for its size.
https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/ServiceQuotas.html#limits-items
"""

from collections.abc import Mapping

from lambdas.orders.errors import InvalidOrderError, Problem
from lambdas.orders.model.checklist import ChecklistAction, ChecklistStep
from lambdas.orders.model.order import Order
from lambdas.orders.model.shares import share_bytes
from lambdas.orders.table.stored import stored
from lambdas.runtime.items import to_value, value_bytes

ITEM_BYTES = 400 * 1024
_ACTION_BYTES = 2_550  # its claim, and a wait: a task token has up to 2,048
_ORDER_BYTES = 13_000  # payment, hold, why it was canceled, stopped or changed, keys of the indexes
QUEUE_BYTES = 345_000  # what a queue may make of its orders at the most; the rest is its callers'
_INVOICE_BYTES, _LINE_BYTES = 46_000, 260  # its parties and notes; names and amounts of a line; its title comes to that
_SMALL_BYTES, _FEW_PACKS = 10_000, 8  # of what callers say; with its prices that fits in the rest


def refuse_full(order: Order) -> None:
    """Raise InvalidOrderError for an order that could outgrow its item."""
    if len(order.priced) <= _FEW_PACKS and value_bytes(to_value(order.info)) <= _SMALL_BYTES:
        return
    for needed, what in (
        (needed_bytes(order), "with its prices, its checklist and room for what becomes of it, and an order"),
        (invoice_bytes(order), "for the lines of its invoice, and an invoice"),
    ):
        if needed > ITEM_BYTES:
            text = (
                f"needs {needed:,} bytes {what} has {ITEM_BYTES:,}; shorten its texts, or split it into several orders"
            )
            raise InvalidOrderError((Problem("info", text),))


def needed_bytes(order: Order) -> int:
    """The most bytes that the item of this order can take with the content it has."""
    bare = {key: action.changed(reason="", result={}, input={}, claim=None) for key, action in order.actions.items()}
    kept = stored(order.changed(actions=bare, waits={}, attempt=None, hold=None))
    return value_bytes(to_value(kept)) + _grows(len(bare))


def invoice_bytes(order: Order) -> int:
    """The most bytes that the invoice of its services can take: lines for price, set-up, their discounts and each tax."""
    return _INVOICE_BYTES + sum(
        (4 + len(pack.taxes)) * (_LINE_BYTES + len(pack.title.encode())) for pack in order.priced
    )


def queue_bytes(steps: tuple[ChecklistStep, ...], actions: Mapping[str, ChecklistAction]) -> int:
    """The most bytes that a queue with this checklist takes of each order."""
    kept = {"steps": [step.model_dump() for step in steps], "actions": {k: a.model_dump() for k, a in actions.items()}}
    return value_bytes(to_value(kept)) + _grows(len(actions))


def _grows(actions: int) -> int:
    return (share_bytes(actions) + _ACTION_BYTES) * actions + _ORDER_BYTES
