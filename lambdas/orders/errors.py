"""One exception per refusal, written for the caller: what is refused, where, and how to fix it."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Any, ClassVar


@dataclass(frozen=True)
class Problem:
    """A problem with one field. `field` is its path, e.g. `info.pack1.quantity`; `text` never quotes the value."""

    field: str
    text: str

    def __str__(self) -> str:
        return f"{self.field}: {self.text}"


class Nature(StrEnum):
    """Why something is refused, in terms of no door. Each door has its own sign for each (HTTP: a status)."""

    MALFORMED = "malformed"  # It cannot be read.
    INVALID = "invalid"  # It can be read, and its data cannot be used.
    NOT_FOUND = "not_found"
    NOT_OFFERED = "not_offered"  # It exists, and cannot be called in this way.
    UNKNOWN_CALLER = "unknown_caller"
    FORBIDDEN = "forbidden"  # The caller lacks the right.
    TOO_MANY = "too_many"  # The caller did it too often.
    TOO_LARGE = "too_large"
    OUTDATED = "outdated"  # It was decided upon an older version.
    CONFLICT = "conflict"  # The present state does not allow it.
    PAYMENT_NEEDED = "payment_needed"  # A bank did not agree to the payment, or has not yet.
    UNAVAILABLE = "unavailable"  # A service that it needs does not answer.
    BROKEN = "broken"  # The fault is ours.


class Again(StrEnum):
    """The outcome of the same call made again. Answers are kept, and contracts set aside, by this alone."""

    SAME = "same"
    """It was decided for good: the answer is an outcome."""

    PERHAPS = "perhaps"
    """Nothing was done. It may succeed once somebody changes something."""

    LATER = "later"
    """Not now: waiting is enough."""


class OrderError(Exception):
    """Base of all refusals. The message is for people; each class declares the rest, and every door follows it.

    `kind`: a stable word for programs. `nature`: why it is refused. `again`: whether the same call may succeed later.
    `retry_after_seconds`: when, if waiting is enough. `for_clients`: whether its problems are in words for the person who
    orders; pages show other refusals in words of their own.
    """

    kind: ClassVar[str]
    nature: ClassVar[Nature]
    again: Again = Again.PERHAPS
    retry_after_seconds: int | None = None
    for_clients: ClassVar[bool] = False

    def __init__(self, message: str, *, problems: tuple[Problem, ...] = (), **facts: Any) -> None:
        super().__init__(message)
        self.message = message
        self.problems = problems
        self.facts = facts


class InvalidOrderError(OrderError):
    """The order's data cannot be taken as it is."""

    kind = "invalid"
    nature = Nature.INVALID
    for_clients = True

    def __init__(self, problems: tuple[Problem, ...]) -> None:
        super().__init__("; ".join(str(problem) for problem in problems), problems=problems)


class CardDataError(OrderError):
    """Card numbers and card codes are refused wherever they stand; the text names the field, never the value."""

    kind = "card_data"
    nature = Nature.INVALID
    again = Again.SAME

    def __init__(self, field: str) -> None:
        text = (
            "card numbers and card codes are not accepted here; send the token that the payment page gave for the card"
        )
        super().__init__(f"{field}: {text}", problems=(Problem(field, text),))


class OrderNotFoundError(OrderError):
    kind = "order_not_found"
    nature = Nature.NOT_FOUND

    def __init__(self, reference: str) -> None:
        super().__init__(f"no order has {reference}; check the number, or find the order by its hash")


class OrderUnreadableError(OrderError):
    """The order's item was edited by hand, or written by newer code. Nothing is done with it until that is fixed."""

    kind = "unreadable"
    nature = Nature.BROKEN
    again = Again.LATER

    def __init__(self, order_id: str, why: str) -> None:
        super().__init__(
            f"order {order_id} cannot be read, so nothing was done: {why}; fix its item in the order table, "
            "or deploy the code that wrote it (docs/operating.md)",
            order_id=order_id,
        )


class QueueNotFoundError(OrderError):
    kind = "queue_not_found"
    nature = Nature.INVALID

    def __init__(self, order_queue_id: int, known: list[int]) -> None:
        queues = ", ".join(map(str, sorted(known)))
        text = f"no order queue has the order_queue_id {order_queue_id}; the queues here are {queues}"
        super().__init__(text, problems=(Problem("order_queue_id", text),))


class KeyTakenError(OrderError):
    """The same idempotency key or hash was used before with other content."""

    kind = "conflict"
    nature = Nature.CONFLICT
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
    nature = Nature.CONFLICT
    again = Again.SAME

    def __init__(self, order_id: str, step_name: str, wish: str, *, instead: str = "") -> None:
        way_on = f"{instead}; make a new order for anything else" if instead else "make a new order instead"
        super().__init__(f"order {order_id} is in {step_name}, which is final: it cannot be {wish}; {way_on}")


class NotAfterSubmitError(OrderError):
    kind = "not_after_submit"
    nature = Nature.CONFLICT
    again = Again.SAME

    def __init__(self, order_id: str, fields: list[str]) -> None:
        super().__init__(
            f"order {order_id} was submitted, so what it buys and how it is paid is fixed; cancel it and order again",
            problems=tuple(Problem(field, "cannot be changed after the order was submitted") for field in fields),
        )


class OrderChangedError(OrderError):
    """Another writer came first too many times in a row, or the caller's version is old."""

    kind = "order_changed"
    nature = Nature.CONFLICT
    again = Again.LATER
    retry_after_seconds = 1

    def __init__(self, order_id: str) -> None:
        super().__init__(f"order {order_id} was changed by somebody else at the same moment; read it again and retry")


class RevisionDiffersError(OrderError):
    """The caller decided upon an older version of the order than the one there is."""

    kind = "revision_differs"
    nature = Nature.OUTDATED
    again = Again.SAME

    def __init__(self, order_id: str, revision: int) -> None:
        super().__init__(
            f"order {order_id} was changed since you read it; read it again, and send its new ETag as If-Match",
            revision=revision,
        )
