"""Executions of orders: what they are called, and how one stands. Pure.

A name is given once in a machine, for 90 days after its execution ended. So it says which order it is for by more than its
number: after the order table was restored, numbers are given a second time (docs/operating.md).
"""

import re

from lambdas.orders.model.fingerprint import fingerprint
from lambdas.orders.model.order import Order
from lambdas.runtime.models import Frozen

_NAME = re.compile(r"order-(\d+)(?:-[0-9a-f]{12})?(?:-\d+)?")
_GOES_ON = frozenset({"RUNNING", "PENDING_REDRIVE"})

BECAUSE = {
    "ABORTED": "the machine was stopped in the console",
    "FAILED": "the machine failed",
    "TIMED_OUT": "the machine ran out of time",
    "SUCCEEDED": "the machine had come to its end before: the order's row was restored or edited since",
}
"""Why an order whose execution is in this status has none that walks it."""


_LONGEST_SAID = 300


class Execution(Frozen):
    """`status`: the word of Step Functions. `started_at`: Unix seconds. `error`, `cause`: as given by the machine or the
    person who stopped it.
    """

    name: str
    status: str
    started_at: int
    error: str = ""
    cause: str = ""

    @property
    def goes_on(self) -> bool:
        return self.status in _GOES_ON


def stopped_because(status: str, error: str = "", cause: str = "") -> str:
    """Why an execution of this status walks its order no more, with the reason that was given.

    People type the reason, and machines copy it from errors. It is cut, and left out if it holds a card number.
    """
    from lambdas.orders.card_numbers.numbers import has_card_number  # needed by few

    why = BECAUSE.get(status, status)
    stated = ": ".join(part for text in (error, cause) if (part := " ".join(text.split())))
    if not stated:
        return why
    if has_card_number(stated):
        return f"{why} (the text is left out: it holds a card number)"
    return f"{why}: {stated if len(stated) <= _LONGEST_SAID else stated[: _LONGEST_SAID - 1] + '…'}"


def execution_name(order: Order) -> str:
    """`order-1001-` and the order's fingerprint; started again, `-2` follows."""
    return f"order-{order.order_id}-{fingerprint(order.hash)}{_run(order)}"


def earlier_name(order: Order) -> str:
    """As earlier versions named it, whose executions may still run."""
    return f"order-{order.order_id}{_run(order)}"


def is_of(order: Order, execution: str) -> bool:
    """Whether this is the name of the order's present execution."""
    return execution in (execution_name(order), earlier_name(order))


def order_id_in(execution: str) -> str | None:
    """The order of an execution of this name; None if it was started by hand under another one."""
    found = _NAME.fullmatch(execution)
    return found[1] if found else None


def _run(order: Order) -> str:
    return f"-{order.machine_run}" if order.machine_run > 1 else ""
