"""Giving open work of an order to a person, and giving it back. Pure.

An assignment is a fact on the order, so two who take one wait meet on its revision: the second is refused, and reads who has it.
"""

from datetime import UTC, datetime

from lambdas.orders.decisions.open_work import OpenWork, open_work
from lambdas.orders.errors import InvalidOrderError, Problem
from lambdas.orders.model.order import Assignment, Order
from lambdas.orders.operator_errors import AssignedToOtherError, NothingWaitsError


def assigned(
    order: Order, key: str, to: str, *, by: str, now: int, take_over: bool = False, because: str = ""
) -> Order:
    """The order with its open work in the hands of `to`; with an empty `to`, in nobody's. The very same order if it is so.

    `key` may be empty if there is only one thing to do. Work of another person is taken only with `take_over` and a reason
    (`because`). Raises NothingWaitsError, AssignedToOtherError, InvalidOrderError.
    """
    work = _named(order, key)
    held = work.assignment
    if (held.to if held else "") == to:
        return order
    if held and held.to != by:
        _refuse_other(order, work, held, take_over=take_over, because=because)
    others = {other.key: other.assignment for other in open_work(order) if other.assignment and other.key != work.key}
    mine = {work.key: Assignment(to=to, at=now, by=by, turn=work.turn)} if to else {}
    return order.changed(assigned={**others, **mine})


def _named(order: Order, key: str) -> OpenWork:
    found = {work.key: work for work in open_work(order)}
    if key in found:
        return found[key]
    if not key and len(found) == 1:
        return next(iter(found.values()))
    raise NothingWaitsError(order, tuple(found), is_named=bool(key))


def _refuse_other(order: Order, work: OpenWork, held: Assignment, *, take_over: bool, because: str) -> None:
    if not take_over:
        raise AssignedToOtherError(order.order_id, work.key, held.to, f"{_time(held.at)}")
    if not because.strip():
        text = f"is needed: {work.key} is with {held.to}; say why it is taken over"
        raise InvalidOrderError((Problem("reason", text),))


def _time(seconds: int) -> str:
    return f"{datetime.fromtimestamp(seconds, UTC):%Y-%m-%d %H:%M:%S} UTC"
