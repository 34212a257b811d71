"""The rights of a user of the API, by queue and brand (docs/reference/ubersmith.md, 1.11)."""

from enum import StrEnum

from lambdas.runtime.models import Frozen


class Right(StrEnum):
    """`act`: process actions, move and restart orders. `money`: coupons, payment methods, invoices, payments.

    `stored_methods`: pay with a card or an account that a client has stored. `personal_data`: see and write who a client
    is, and say whose an order is; without it an order is shown without its contact data. `bulk`: do with many orders at once
    what the other rights allow with one. `pause`: stop a module, the payment gateway or a
    queue's submits for a while.
    """

    VIEW = "view"
    CREATE = "create"
    ACT = "act"
    SKIP = "skip"
    CANCEL = "cancel"
    MONEY = "money"
    STORED_METHODS = "stored_methods"
    PERSONAL_DATA = "personal_data"
    BULK = "bulk"
    PAUSE = "pause"


ROLES: dict[str, frozenset[Right]] = {
    "viewer": frozenset({Right.VIEW}),
    "sales": frozenset({Right.VIEW, Right.CREATE, Right.PERSONAL_DATA}),
    "operator": frozenset({Right.VIEW, Right.ACT, Right.STORED_METHODS, Right.PERSONAL_DATA}),
    "supervisor": frozenset(
        {
            Right.VIEW,
            Right.ACT,
            Right.SKIP,
            Right.CANCEL,
            Right.STORED_METHODS,
            Right.PERSONAL_DATA,
            Right.BULK,
            Right.PAUSE,
        }
    ),
    "billing": frozenset({Right.VIEW, Right.MONEY, Right.STORED_METHODS, Right.PERSONAL_DATA}),
    "admin": frozenset(Right),
}


SEE_CLIENT = (Right.VIEW, Right.PERSONAL_DATA)  # without which nobody names one
NO_QUEUE = 0  # in a grant that is bound to queues: what belongs to none, such as clients, invoices and coupons


class Grant(Frozen):
    """Rights in some queues and brands; None: in all of them. `queues` may hold NO_QUEUE."""

    rights: frozenset[Right]
    queues: frozenset[int] | None = None
    brands: frozenset[int] | None = None

    def covers(self, order_queue_id: int | None, brand_id: int | None) -> bool:
        """Whether it holds there. What belongs to no queue or no brand is covered by a grant that is not bound to any, or
        that names NO_QUEUE."""
        in_queue = self.queues is None or (order_queue_id or NO_QUEUE) in self.queues
        return in_queue and (self.brands is None or brand_id in self.brands)

    @property
    def is_bound(self) -> bool:
        """Whether there is a queue or brand it does not hold in."""
        return self.queues is not None or self.brands is not None


EVERYTHING = Grant(rights=frozenset(Right))
