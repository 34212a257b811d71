"""One exception per refusal, written for the caller: what is refused, where, and how to mend it."""

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable

    from lambdas.orders.model.checklist import ChecklistAction
    from lambdas.orders.model.order import Order


@dataclass(frozen=True)
class Problem:
    """What is wrong with one field. `field` is its path, e.g. `info.pack1.quantity`; `text` never quotes the value."""

    field: str
    text: str

    def __str__(self) -> str:
        return f"{self.field}: {self.text}"


class Again(StrEnum):
    """What becomes of the same call when it is made again. Answers are kept, and contracts set aside, by this alone."""

    SAME = "same"
    """It was decided for good: the answer is an outcome."""

    PERHAPS = "perhaps"
    """Nothing was done, and it may go otherwise once somebody changes something."""

    LATER = "later"
    """Not now: waiting is enough."""


class OrderError(Exception):
    """Base of all refusals. `kind` is a stable word for programs, the message is for people."""

    kind = "refused"
    again = Again.PERHAPS

    def __init__(self, message: str, *, problems: tuple[Problem, ...] = (), **facts: Any) -> None:
        super().__init__(message)
        self.message = message
        self.problems = problems
        self.facts = facts


class InvalidOrderError(OrderError):
    """The order's data cannot be taken as it is."""

    kind = "invalid"

    def __init__(self, problems: tuple[Problem, ...]) -> None:
        super().__init__("; ".join(str(problem) for problem in problems), problems=problems)


class CardDataError(OrderError):
    """Card numbers and card codes are refused wherever they stand; the text names the field, never the value."""

    kind = "card_data"
    again = Again.SAME

    def __init__(self, field: str) -> None:
        text = (
            "card numbers and card codes are not accepted here; send the token that the payment page gave for the card"
        )
        super().__init__(f"{field}: {text}", problems=(Problem(field, text),))


class OrderNotFoundError(OrderError):
    kind = "order_not_found"

    def __init__(self, reference: str) -> None:
        super().__init__(f"no order has {reference}; check the number, or find the order by its hash")


class OrderUnreadableError(OrderError):
    """The order's item was edited by hand, or written by newer code. Nothing is done with it until that is mended."""

    kind = "unreadable"
    again = Again.LATER

    def __init__(self, order_id: str, why: str) -> None:
        super().__init__(
            f"order {order_id} cannot be read, so nothing was done: {why}; mend its item in the order table, "
            "or deploy the code that wrote it (docs/operating.md)",
            order_id=order_id,
        )


class QueueNotFoundError(OrderError):
    kind = "queue_not_found"

    def __init__(self, order_queue_id: int, known: list[int]) -> None:
        queues = ", ".join(map(str, sorted(known)))
        text = f"no order queue has the order_queue_id {order_queue_id}; the queues here are {queues}"
        super().__init__(text, problems=(Problem("order_queue_id", text),))


class KeyTakenError(OrderError):
    """The same idempotency key or hash was used before with other content."""

    kind = "conflict"
    again = Again.SAME

    def __init__(self, name: str, first_order_id: str) -> None:
        super().__init__(
            f"this {name} already belongs to order {first_order_id}, which was made from other data; "
            f"use a new {name} for a new order, or update order {first_order_id}",
            problems=(Problem(name, f"already used by order {first_order_id}"),),
            order_id=first_order_id,
        )


class OrderIsFinalError(OrderError):
    kind = "order_is_final"
    again = Again.SAME

    def __init__(self, order_id: str, step_name: str, wish: str, *, instead: str = "") -> None:
        way_on = f"{instead}; make a new order for anything else" if instead else "make a new order instead"
        super().__init__(f"order {order_id} is in {step_name}, which is final: it cannot be {wish}; {way_on}")


class NotAfterSubmitError(OrderError):
    kind = "not_after_submit"
    again = Again.SAME

    def __init__(self, order_id: str, fields: list[str]) -> None:
        super().__init__(
            f"order {order_id} was submitted, so what it buys and how it is paid is fixed; cancel it and order anew",
            problems=tuple(Problem(field, "cannot be changed after the order was submitted") for field in fields),
        )


class OrderChangedError(OrderError):
    """Another writer came first too many times in a row, or the caller's version is old."""

    kind = "order_changed"
    again = Again.LATER

    def __init__(self, order_id: str) -> None:
        super().__init__(f"order {order_id} was changed by somebody else at the same moment; read it again and retry")


class RevisionDiffersError(OrderError):
    """The caller decided upon an older version of the order than the one there is."""

    kind = "revision_differs"
    again = Again.SAME

    def __init__(self, order_id: str, revision: int) -> None:
        super().__init__(
            f"order {order_id} was changed since you read it; read it again, and send its new ETag as If-Match",
            revision=revision,
        )


class ActionRefusedError(OrderError):
    """The action cannot be processed, skipped or unskipped now."""

    kind = "action_refused"

    def __init__(self, action: "ChecklistAction | None", why: str) -> None:
        text = f"action {action.action_id} {action.name} {why}" if action else why
        super().__init__(text, problems=(Problem("order_action_id", why),))


class TooEarlyError(ActionRefusedError):
    """What the action needs is not there yet; the same call may be accepted later."""

    kind = "too_early"
    again = Again.LATER


class MoneyUnclearError(OrderError):
    """Whether money moved is not known now, so nothing was done that would rely on it."""

    kind = "payment_unknown"
    again = Again.LATER

    def __init__(self, order_id: str, action: "ChecklistAction") -> None:
        super().__init__(
            f"action {action.action_id} {action.name} of order {order_id} was not skipped: the payment provider does not say "
            "what became of its money; ask again in a minute"
        )


class MoveRefusedError(OrderError):
    """The order cannot be moved there by hand."""

    kind = "move_refused"

    def __init__(self, order: "Order", why: str) -> None:
        super().__init__(f"order {order.order_id} {why}", problems=(Problem("step_id", why),))


class MoveWithoutReasonError(OrderError):
    """What is left out of an order is left out for a reason, which stays on the order."""

    kind = "move_refused"

    def __init__(self, order: "Order", passed: "Iterable[ChecklistAction]") -> None:
        names = ", ".join(f"{action.name} ({action.action_id})" for action in passed)
        text = f"is needed: the order would leave out {names}; say why"
        super().__init__(f"order {order.order_id} is not moved: reason {text}", problems=(Problem("reason", text),))


class RestartRefusedError(OrderError):
    kind = "restart_refused"

    def __init__(self, order_id: str, why: str) -> None:
        super().__init__(f"order {order_id} cannot be restarted: {why}")
