"""Why a pause was not begun or ended."""

from lambdas.orders.errors import Again, Nature, OrderError, Problem
from lambdas.orders.pauses import Pause


class NotPausedError(OrderError):
    kind = "not_paused"
    nature = Nature.CONFLICT

    def __init__(self, kind: str, name: str) -> None:
        super().__init__(f"the {kind} {name} is not paused; order.pause_list shows what is")


class PausesChangedError(OrderError):
    kind = "pauses_changed"
    nature = Nature.CONFLICT
    again = Again.LATER
    retry_after_seconds = 1

    def __init__(self) -> None:
        super().__init__(
            "somebody else paused or resumed something at the same moment; look at order.pause_list, then try again"
        )


class TooManyPausesError(OrderError):
    kind = "too_many_pauses"
    nature = Nature.CONFLICT

    def __init__(self, most: int) -> None:
        super().__init__(
            f"{most} pauses are kept at most, with those whose orders are still being continued; end some, or wait a while"
        )


class WrongEndError(OrderError):
    kind = "invalid"
    nature = Nature.INVALID

    def __init__(self, days: int) -> None:
        text = f"must be later than now, and within {days} days: a pause ends automatically, and can be prolonged"
        super().__init__(f"until: {text}", problems=(Problem("until", text),))


class PauseChangedError(OrderError):
    """The pause is not as its user saw it."""

    kind = "pause_changed"
    nature = Nature.CONFLICT

    def __init__(self, found: Pause) -> None:
        super().__init__(
            f"the pause of the {found.kind} {found.name} was changed meanwhile by {found.by}, and ends {found.until}; "
            f"to act on it all the same, send its revision {found.revision}",
            pause_id=found.pause_id,
            revision=found.revision,
        )


class OtherPauseError(OrderError):
    """Somebody else's pause is not replaced unseen."""

    kind = "paused_already"
    nature = Nature.CONFLICT

    def __init__(self, found: Pause) -> None:
        super().__init__(
            f"the {found.kind} {found.name} is paused already, by {found.by} until {found.until}; to change its end or reason, "
            f"name it by its pause_id {found.pause_id}",
            pause_id=found.pause_id,
        )
