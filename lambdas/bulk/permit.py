"""The rights of the user who starts a run, asked for each order: at the preview, and again when the run comes to it."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from lambdas.access.assignees import refuse_user_who_cannot_look
from lambdas.orders.errors import Nature, OrderError
from lambdas.orders.model.checklist import ChecklistAction
from lambdas.orders.model.order import Order
from lambdas.records.users.api_user import ApiUser
from lambdas.records.users.rights import Right


class NotAllowedHereError(OrderError):
    """The user lacks a right where the order is."""

    kind = "not_allowed"
    nature = Nature.FORBIDDEN

    def __init__(self, right: Right, order_queue_id: int) -> None:
        super().__init__(f"the user of this run has not the right `{right}` in queue {order_queue_id}")


@dataclass(frozen=True)
class UsersPermit:
    """The domain's Permit, of this user. `assignee`: the user who gets work, if there is one of the name."""

    user: ApiUser
    assignee: ApiUser | None = None

    def require(self, rights: Iterable[Right], order: Order) -> None:
        """Raise NotAllowedHereError unless the user has all of them in the order's queue and brand."""
        for right in rights:
            if not self.user.active or not self.user.may_in(right, order.order_queue_id, order.brand_id):
                raise NotAllowedHereError(right, order.order_queue_id)

    def require_assignee(self, order: Order) -> None:
        """Raise InvalidOrderError unless the assignee may see the order."""
        refuse_user_who_cannot_look(self.assignee, order)

    def change(self, order: Order, changes: Mapping[str, Any]) -> None:
        """A run changes no data of an order."""

    def pay(self, order: Order) -> None:
        """A run submits nothing."""

    def pass_over(self, order: Order, actions: Iterable[ChecklistAction]) -> None:
        """As for a single call: skips need the right, and those of actions that take money need `money` too."""
        passed = tuple(actions)
        if passed:
            money = (Right.MONEY,) if any(action.captures for action in passed) else ()
            self.require((Right.SKIP, *money), order)
