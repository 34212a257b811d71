"""The read models of the desk table. The announcer keeps them in step with the orders, and `make rebuild` writes them again.

A new read model is a line here.
"""

from collections.abc import Mapping
from typing import Any, Protocol

from lambdas.orders.model.order import Order
from lambdas.read_models.numbers.days import DayNumbers
from lambdas.read_models.search.entries import SearchEntries
from lambdas.read_models.worklist.follower import Worklist
from lambdas.records.table import RecordTable


class DeskFollower(Protocol):
    """Keeps one read model. It may meet a change again, and changes in any order. `prefix`: of its partitions."""

    @property
    def prefix(self) -> str: ...

    def follow(self, old: Order | None, new: Order | None) -> None:
        """Take in a change. `old` None with a revision above 1: the order as it stands, whose items are written again."""

    def forget(self, order_id: str) -> None:
        """Remove what is kept of an order that is gone. May be repeated."""

    def order_of(self, record: Mapping[str, Any]) -> str:
        """The order that this record of the table is of; empty if it is of no single one."""

    def tidy(self, record: Mapping[str, Any]) -> bool:
        """Remove the record if its order, which is there, does not have it any more. Return whether it was removed."""


def desk_followers(desk: RecordTable) -> Mapping[str, DeskFollower]:
    """By name, for the log."""
    return {"search": SearchEntries(desk), "numbers": DayNumbers(desk), "worklist": Worklist(desk)}
