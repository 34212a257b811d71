"""Refusals of users: what they may do, how often, and how many logins may fail."""

from collections.abc import Iterable

from lambdas.orders.errors import Again, Nature, OrderError


class AccessError(OrderError):
    """Base of the refusals that are about the user, not about what the user wants."""


class NotAllowedError(AccessError):
    """The user lacks the right, everywhere or in this queue or brand."""

    kind = "not_allowed"
    nature = Nature.FORBIDDEN

    def __init__(self, method: str, right: str, order_queue_id: int | None = None) -> None:
        place = f" in queue {order_queue_id}" if order_queue_id else ""
        super().__init__(
            f"this user may not call {method}{place}: it needs the right `{right}`, "
            "which the administrator of this installation can give"
        )


class NotHereError(AccessError):
    """This user can reach no such record: none exists, or none where they have the rights."""

    kind = "not_allowed"
    nature = Nature.FORBIDDEN

    def __init__(self, method: str, rights: Iterable[str]) -> None:
        needed = ", ".join(f"`{right}`" for right in rights)
        super().__init__(
            f"this user may not call {method} for what it names: there is no such record, or none in the queues and brands "
            f"where this user has {needed}; check the number, or ask the administrator of this installation for the right"
        )


class TooManyCallsError(AccessError):
    """The user has used up the calls of this minute."""

    kind = "too_many_calls"
    nature = Nature.TOO_MANY
    again = Again.LATER

    def __init__(self, limit: int, window_seconds: int, retry_after_seconds: int) -> None:
        super().__init__(
            f"this user may make {limit} calls in {window_seconds} seconds; continue in {retry_after_seconds} seconds, "
            "or ask the administrator of this installation for more"
        )
        self.retry_after_seconds = retry_after_seconds


class TooManyLoginsError(AccessError):
    """Too many logins failed. This one is refused without being checked."""

    kind = "too_many_calls"
    nature = Nature.TOO_MANY
    again = Again.LATER

    def __init__(self, retry_after_seconds: int) -> None:
        super().__init__(f"too many logins failed from here; try again in {retry_after_seconds} seconds")
        self.retry_after_seconds = retry_after_seconds
