"""The orders that a bulk run is for: a list of numbers, or those of a filter that fit. Pure."""

from enum import StrEnum

from lambdas.orders.model.checklist import ActionState
from lambdas.orders.model.order import Order
from lambdas.orders.model.waits import WaitKey, WaitKind
from lambdas.orders.table.list_filters import OrderFilter
from lambdas.runtime.models import Frozen

MOST_NUMBERS = 2_000  # order numbers that one selection names
_FOR_SOMEBODY = frozenset({WaitKind.ACTION, WaitKind.UNDO, WaitKind.OUTSTANDING, WaitKind.MACHINE})


class OrderState(StrEnum):
    """`failed`: an action of its step failed. `waiting`: somebody must act. `overdue`: longer than agreed. `stopped`: it has
    no machine."""

    FAILED = "failed"
    WAITING = "waiting"
    OVERDUE = "overdue"
    STOPPED = "stopped"


class Window(Frozen):
    """A window of time in which orders came to a standstill, such as an outage. Unix seconds; the end is not in it."""

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


class Selection(Frozen):
    """`order_ids` alone, or `listed`, the filter of `order.list`, narrowed by the others.

    `waits_in_action`, `waits_in_module`: an action of its step, by id or module, failed or waits. `waits_because`: a part of its
    reason, in any case; reasons may tell of persons. `window`: when it came to a standstill.
    """

    order_ids: tuple[str, ...] = ()
    listed: OrderFilter | None = None
    state: OrderState | None = None
    waits_in_action: int | None = None
    waits_in_module: str | None = None
    waits_because: str | None = None
    window: Window | None = None

    def has(self, order: Order, *, reads_reasons: bool) -> bool:
        """Whether a listed order is meant. By its reasons it is never found for who may not read them."""
        if self.waits_because is not None and not reads_reasons:
            return False
        return self._is_in_state(order) and self._waits_in(order) and (self.window is None or self.window.has(order))

    def _is_in_state(self, order: Order) -> bool:
        waits = [wait for key, wait in order.waits.items() if WaitKey(key).kind in _FOR_SOMEBODY]
        match self.state:
            case OrderState.FAILED:
                return any(is_failed(order, key) for key in order.actions)
            case OrderState.WAITING:
                return bool(waits)
            case OrderState.OVERDUE:
                return any(wait.overdue for wait in waits)
            case OrderState.STOPPED:
                return order.machine_stopped_at is not None and not order.is_final
        return True

    def _waits_in(self, order: Order) -> bool:
        names_action = self.waits_in_action is not None or self.waits_in_module is not None
        if not names_action and (self.waits_because is None or self._is_because(order.machine_stopped_because)):
            return True
        return any(
            action.action_id == (self.waits_in_action or action.action_id)
            and action.module == (self.waits_in_module or action.module)
            and (is_failed(order, key) or key in order.waits)
            and self._is_because(action.reason)
            for key, action in order.actions.items()
        )

    def _is_because(self, reason: str) -> bool:
        return (self.waits_because or "").casefold() in reason.casefold()


def is_failed(order: Order, key: str) -> bool:
    """Whether the action failed last and still holds something up, or its undo or release did."""
    action = order.actions[key]
    if {WaitKey.undo(key), WaitKey.outstanding(key)} & order.waits.keys():
        return True
    here = action.step_id == order.step_id and not action.met and not order.is_final
    return here and (action.state is ActionState.FAILED or action.failed_last)
