"""Why nothing was paused or resumed."""

from collections.abc import Sequence

from lambdas.orders.errors import Nature, OrderError, Problem
from lambdas.orders.pauses import PauseKind


class NothingToPauseError(OrderError):
    """There is no such module or gateway."""

    kind = "malformed"
    nature = Nature.MALFORMED

    def __init__(self, kind: PauseKind, known: Sequence[str]) -> None:
        problem = Problem(kind.value, f"there is no such {kind.value}; those here are {', '.join(known)}")
        super().__init__(str(problem), problems=(problem,))
