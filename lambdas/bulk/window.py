"""A window of time in which orders came to a standstill, such as an outage. Pure."""

from lambdas.orders.model.checklist import ActionState
from lambdas.orders.model.order import Order
from lambdas.runtime.models import Frozen


class Window(Frozen):
    """Unix seconds; the end is not in it."""

    begins_at: int
    ends_at: int

    def has(self, order: Order) -> bool:
        """Whether something of the order began to wait in it, failed in it, or lost its machine in it."""
        moments = [wait.since for wait in order.waits.values()]
        moments += [
            action.at
            for action in order.actions.values()
            if action.at is not None and (action.state is ActionState.FAILED or action.failed_last)
        ]
        if order.machine_stopped_at is not None:
            moments.append(order.machine_stopped_at)
        return any(self.begins_at <= moment < self.ends_at for moment in moments)
