"""Brings an order forward from a restored row to the last revision that history has recorded. Pure.

History has every value of an order but its secrets. The row has its hash and password, and the ledger has the keys of its
payments. The tokens of waits are in neither, so an order in progress gets another execution.
"""

from collections.abc import Mapping
from typing import Any

from pydantic import ValidationError

from lambdas.orders.model.order import Hold, Order
from lambdas.read_models.history.past import Version
from lambdas.read_models.history.texts import OMITTED
from lambdas.read_models.history.values import restored_order


class NotForwardError(Exception):
    """History does not say all of it. The text says what is missing, and has no value of the order."""


def brought_forward(row: Order, version: Version, keys: Mapping[str, str], latest_key: str) -> Order:
    """The order at this version. Its revision is the version's.

    `keys`: the key of each payment by the provider's id of it. `latest_key`: of the payment that was begun last; empty: none was.
    Raises NotForwardError.
    """
    if version.erased:
        raise NotForwardError("its personal values were erased from history")
    if OMITTED in (*version.values.plain.values(), *version.values.personal.values()):
        raise NotForwardError("some of its values are too long for history")
    try:
        there = restored_order(row.order_id, version.revision, row.hash, version.values)
    except (ValidationError, KeyError, ValueError, AttributeError, TypeError):
        raise NotForwardError("what history has of it cannot be read") from None
    secrets: dict[str, Any] = {"password_hash": row.password_hash}
    if there.hold:
        secrets["hold"] = _with_key(there.hold, row.hold, keys)
    if there.attempt:
        known = row.attempt.key if row.attempt else latest_key
        # The call is written down before it is made: without one, nothing was asked for under that intent.
        secrets["attempt"] = there.attempt.changed(key=known) if known else None
    return there.changed(**secrets)


def _with_key(hold: Hold, known: Hold | None, keys: Mapping[str, str]) -> Hold:
    if known is not None and known.transaction_id == hold.transaction_id:
        return hold.changed(key=known.key)
    if hold.transaction_id not in keys:
        raise NotForwardError("the ledger has no key of its payment")
    return hold.changed(key=keys[hold.transaction_id])
