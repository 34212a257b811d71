"""The read models of the desk table. The announcer keeps them in step with the orders, and `make rebuild` writes them again.

A new read model is a line here.
"""

from collections.abc import Mapping
from typing import Protocol

from lambdas.orders.model.order import Order
from lambdas.read_models.search.entries import SearchEntries
from lambdas.read_models.worklist.follower import Worklist
from lambdas.records.table import RecordTable


class DeskFollower(Protocol):
    """Keeps one read model. It may meet a change again, and changes in any order."""

    def follow(self, old: Order | None, new: Order | None) -> None:
        """Take in a change. `old` None with a revision above 1: the order as it stands, whose items are written again."""

    def forget(self, order_id: str) -> None:
        """Remove what is kept of an order that is gone. May be repeated."""


def desk_followers(desk: RecordTable) -> Mapping[str, DeskFollower]:
    """By name, for the log."""
    return {"search": SearchEntries(desk), "worklist": Worklist(desk)}
