"""Orders of a step, newest first, in pages."""

from http import HTTPStatus

from lambdas.desk.desk import Desk
from lambdas.desk.pages.checklist import state_of
from lambdas.desk.pages.times import moment
from lambdas.desk.pages.who import listed_name
from lambdas.orders.decisions.lead.lead_expiry import waits_of
from lambdas.orders.model.order import Order
from lambdas.orders.table.list_filters import OrderFilter
from lambdas.records.users.api_user import ApiUser
from lambdas.runtime.models import Frozen
from lambdas.web.http import RefusedError

_PAGE = 50


class OrderLine(Frozen):
    """`who`: the name the order is listed under, if the user may see it. `state`: in a few words."""

    order_id: str
    who: str
    received: str
    state: str
    mark: str
    overdue: bool
    owner: str


class OrderListPage(Frozen):
    """`unreadable`: numbers of orders whose rows cannot be read. `next_cursor`: empty on the last page."""

    order_queue_id: int
    step_id: int
    queue: str
    step: str
    orders: tuple[OrderLine, ...]
    unreadable: tuple[str, ...]
    next_cursor: str


def read_orders(desk: Desk, user: ApiUser, order_queue_id: int, step_id: int, cursor: str = "") -> OrderListPage:
    """Raises RefusedError for a step that the user does not see, InvalidOrderError for a cursor of another list."""
    queue = next((queue for queue in desk.queues_of(user) if queue.order_queue_id == order_queue_id), None)
    step = next((step for step in queue.steps if step.id == step_id), None) if queue else None
    if queue is None or step is None:
        text = "There is no such step, or you may not see its queue. The board lists the steps that you see."
        raise RefusedError(HTTPStatus.NOT_FOUND, "Step not found", text)
    criteria = OrderFilter(
        order_step_id=step_id,
        order_queue_id=order_queue_id,
        descending=True,
        limit=_PAGE,
        queues=frozenset({order_queue_id}),
        cursor=cursor or None,
    )
    page = desk.service.list(criteria)
    return OrderListPage(
        order_queue_id=order_queue_id,
        step_id=step_id,
        queue=queue.name,
        step=step.name,
        orders=tuple(line_of(desk.seen(user, order)) for order in page.orders),
        unreadable=tuple(order.order_id for order in page.unreadable),
        next_cursor=page.next_cursor or "",
    )


def line_of(order: Order) -> OrderLine:
    mark, state = state_of(order)
    waits = waits_of(order)
    return OrderLine(
        order_id=order.order_id,
        who=listed_name(order),
        received=moment(order.ts),
        state=state,
        mark=mark,
        overdue=any(wait.overdue for wait in waits.values()),
        owner=next((wait.owner for wait in waits.values() if wait.due_at is not None), ""),
    )
