"""The board: every queue with its steps, and how many orders are in each."""

from lambdas.desk.desk import Desk
from lambdas.orders.model.steps import StepStatus
from lambdas.records.users.api_user import ApiUser
from lambdas.runtime.models import Frozen


class StepCount(Frozen):
    """`kind`: leads, ordinary, complete or canceled."""

    step_id: int
    name: str
    kind: str
    orders: int


class QueueCounts(Frozen):
    """`in_progress`: orders in its ordinary steps."""

    order_queue_id: int
    name: str
    active: bool
    in_progress: int
    steps: tuple[StepCount, ...]


def read_board(desk: Desk, user: ApiUser) -> list[QueueCounts]:
    """The queues that the user sees, with exact counts."""
    return [_queue(desk, queue.order_queue_id) for queue in desk.queues_of(user)]


def _queue(desk: Desk, order_queue_id: int) -> QueueCounts:
    queue, counts = desk.service.queues[order_queue_id], desk.counts.of_queue(order_queue_id)
    steps = tuple(
        StepCount(step_id=step.id, name=step.name, kind=step.status.name.lower(), orders=counts.get(step.id, 0))
        for step in queue.steps
    )
    ordinary = StepStatus.ORDINARY.name.lower()
    return QueueCounts(
        order_queue_id=order_queue_id,
        name=queue.name,
        active=queue.active,
        in_progress=sum(step.orders for step in steps if step.kind == ordinary),
        steps=steps,
    )
