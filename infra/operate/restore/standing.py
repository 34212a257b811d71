"""How a row of the restored table, the stage's row and history stand to each other. Pure."""

from dataclasses import dataclass
from enum import StrEnum

from lambdas.orders.model.order import Order
from lambdas.orders.table.entries import FoundOrder
from lambdas.runtime.items import Item


class Standing(StrEnum):
    """`older`: history has recorded later revisions than the row has. `edited`: another content under the same revision.

    `another`: the number went to another order since. `expired`: a lead that came to nothing and was erased. `hopeless`: no row
    of it can be read.
    """

    AGREE = "agrees"
    LOST = "lost"
    UNREADABLE = "unreadable"
    OLDER = "older"
    EDITED = "edited by hand"
    ANOTHER = "another order's"
    EXPIRED = "expired"
    HOPELESS = "hopeless"


@dataclass(frozen=True)
class Seen:
    """An order on all sides. `then`: in the restored table; `now`: in the stage's.

    `recorded`: the last revision that history has. `row`: the item behind `now`, for the condition of the write that replaces it.
    """

    order_id: str
    then: FoundOrder | None
    now: FoundOrder | None
    recorded: int
    row: Item | None = None

    @property
    def base(self) -> Order | None:
        """The row to begin with: the later one of those that can be read, and of two with one revision the restored one."""
        readable = [each for each in (self.then, self.now) if isinstance(each, Order)]
        return max(readable, key=lambda order: order.revision, default=None)

    def standing(self, at: int) -> Standing:
        """`at`: Unix seconds, now."""
        base, now = self.base, self.now
        if base is None:
            return Standing.HOPELESS
        if now is None:
            expired = base.expires_at is not None and base.expires_at <= at
            return Standing.EXPIRED if expired else Standing.LOST
        if not isinstance(now, Order):
            return Standing.UNREADABLE
        if isinstance(self.then, Order) and self.then.hash != now.hash:
            return Standing.ANOTHER
        if now.revision < max(base.revision, self.recorded):
            return Standing.OLDER
        return Standing.EDITED if base.revision == now.revision and base != now else Standing.AGREE


FINE = frozenset({Standing.AGREE, Standing.EXPIRED})
"""Nothing is done about it: a lead that expired is erased on purpose."""
FIXED = frozenset({Standing.LOST, Standing.UNREADABLE, Standing.OLDER})
"""What is fixed. A row that was edited by hand may be right: a person decides, and names the order."""
