"""Users to whom work on an order may be given."""

from lambdas.orders.errors import InvalidOrderError, Problem
from lambdas.orders.model.order import Order
from lambdas.records.users.api_user import ApiUser, ApiUserRecords
from lambdas.records.users.rights import Right


def refuse_who_cannot_look(users: ApiUserRecords, order: Order, name: str) -> None:
    """Raise InvalidOrderError unless there is a user of this name who may see the order."""
    refuse_user_who_cannot_look(users.find(name), order)


def refuse_user_who_cannot_look(user: ApiUser | None, order: Order) -> None:
    """Raise InvalidOrderError unless this user is active and may see the order. One text for all, so that nobody learns which
    users there are elsewhere."""
    if user is None or not user.active or not user.may_in(Right.VIEW, order.order_queue_id, order.brand_id):
        text = "no user of this name may see the order; `make users` lists users, and grants them its queue"
        raise InvalidOrderError((Problem("user", text),))
