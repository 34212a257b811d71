"""Refusals of what an operator does with an order by hand: process, skip, move, restart."""

from typing import TYPE_CHECKING

from lambdas.orders.errors import Again, Nature, OrderError, Problem

if TYPE_CHECKING:
    from collections.abc import Iterable

    from lambdas.orders.model.checklist import ChecklistAction
    from lambdas.orders.model.order import Order


class ActionRefusedError(OrderError):
    """The action cannot be processed, skipped or unskipped now."""

    kind = "action_refused"
    nature = Nature.CONFLICT

    def __init__(self, action: "ChecklistAction | None", why: str) -> None:
        text = f"action {action.action_id} {action.name} {why}" if action else why
        super().__init__(text, problems=(Problem("order_action_id", why),))


class TooEarlyError(ActionRefusedError):
    """The action needs something that is not there yet; the same call may be accepted later."""

    kind = "too_early"
    nature = Nature.CONFLICT
    again = Again.LATER
    retry_after_seconds = 5


class MoneyUnclearError(OrderError):
    """Whether money moved is not known now, so nothing was done that would rely on it."""

    kind = "payment_unknown"
    nature = Nature.CONFLICT
    again = Again.LATER
    retry_after_seconds = 60

    def __init__(self, order_id: str, action: "ChecklistAction") -> None:
        super().__init__(
            f"action {action.action_id} {action.name} of order {order_id} was not skipped: the payment provider does not say "
            "what became of its money; ask again in a minute"
        )


class MoveRefusedError(OrderError):
    """The order cannot be moved there by hand."""

    kind = "move_refused"
    nature = Nature.CONFLICT

    def __init__(self, order: "Order", why: str) -> None:
        super().__init__(f"order {order.order_id} {why}", problems=(Problem("step_id", why),))


class MoveWithoutReasonError(OrderError):
    """A move that leaves actions out needs a reason, which stays on the order."""

    kind = "move_refused"
    nature = Nature.CONFLICT

    def __init__(self, order: "Order", passed: "Iterable[ChecklistAction]") -> None:
        names = ", ".join(f"{action.name} ({action.action_id})" for action in passed)
        text = f"is needed: the order would leave out {names}; say why"
        super().__init__(f"order {order.order_id} is not moved: reason {text}", problems=(Problem("reason", text),))


class RestartRefusedError(OrderError):
    kind = "restart_refused"
    nature = Nature.CONFLICT

    def __init__(self, order_id: str, why: str) -> None:
        super().__init__(f"order {order_id} cannot be restarted: {why}")


class NothingWaitsError(OrderError):
    """Nothing on the order waits for somebody under this key, or several things do and none was named."""

    kind = "nothing_waits"
    nature = Nature.CONFLICT

    def __init__(self, order: "Order", keys: tuple[str, ...], *, is_named: bool) -> None:
        why = "does not wait for that now" if is_named else "waits for nothing or for several things, and none is named"
        text = f"order {order.order_id} {why}; it waits for: {', '.join(keys) or 'nothing'}"
        super().__init__(text, problems=(Problem("wait", text),))


class AssignedToOtherError(OrderError):
    """Somebody else took it first."""

    kind = "assigned_to_other"
    nature = Nature.CONFLICT

    def __init__(self, order_id: str, key: str, holder: str, since: str) -> None:
        super().__init__(
            f"{key} of order {order_id} is with {holder} since {since}; leave it to them, or take it over with take_over=1 and"
            " a reason",
            assigned_to=holder,
            assigned_since=since,
        )
