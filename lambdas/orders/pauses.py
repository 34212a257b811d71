"""Pauses: what an operator stopped for a while, such as a module whose provider is down. Each ends automatically.

Orders keep arriving. An action that would start waits, and continues once the pause is over. A run that has begun ends normally.
"""

from datetime import UTC, datetime
from enum import StrEnum
from typing import Protocol

from lambdas.runtime.models import Frozen


class PauseKind(StrEnum):
    MODULE = "module"
    """Its actions do not start, in any queue; nor are they undone."""
    GATEWAY = "gateway"
    """No money is moved at it: nothing is held, taken or given back. Other gateways go on."""
    QUEUE = "queue"
    """Orders of the queue are not submitted; they stay leads. Submitted ones go on."""


class Pause(Frozen):
    """`name`: the module, the gateway, or the queue's id. `reason` is for staff alone. Times are Unix seconds.

    `revision`: one more with each change. `over_at`: when somebody ended it before its time.
    """

    pause_id: str
    kind: PauseKind
    name: str
    reason: str
    by: str
    since: int
    ends_at: int
    revision: int = 1
    over_at: int | None = None
    over_by: str = ""

    def is_active(self, now: int) -> bool:
        return self.over_at is None and self.since <= now < self.ends_at

    @property
    def until(self) -> str:
        return f"{datetime.fromtimestamp(self.ends_at, UTC):%Y-%m-%d %H:%M} UTC"

    def __str__(self) -> str:
        """For staff: it stands on the actions that wait."""
        what = f"no money is moved at {self.name}" if self.kind is PauseKind.GATEWAY else f"{self.name} is paused"
        until = f"until {self.until} ({self.by}: {self.reason})"
        return f"{what} {until}; this continues automatically then, or when that is ended before"


class SeenPause(Frozen):
    """A pause as somebody saw it, who changes or ends that one and no other. `revision` of None: as it is by now."""

    pause_id: str
    revision: int | None = None


class PausesUnreadError(Exception):
    """Whether money may be moved is not known, because the pauses cannot be read."""


class Pauses(Protocol):
    """The pauses of a stage. A new one may be unknown for some seconds; one that is over never holds anything back."""

    def of_module(self, module: str, *, moves_money: bool, gateway: str = "") -> Pause | None:
        """The pause that keeps the module from starting. Raises PausesUnreadError if it moves money. `gateway`: as of_gateway."""
        ...

    def of_gateway(self, name: str) -> Pause | None:
        """The pause that keeps money from moving at this gateway. Empty: of any, where nobody knows which one. Raises
        PausesUnreadError.
        """
        ...

    def of_queue(self, order_queue_id: int) -> Pause | None:
        """The pause of the queue's submits."""
        ...

    def keep_waiting(self, pause: Pause, order_id: str, action_id: int) -> None:
        """Remember that this action waits for the end of the pause. May be repeated."""
        ...


class _NoPauses:
    def of_module(self, module: str, *, moves_money: bool, gateway: str = "") -> Pause | None:
        return None

    def of_gateway(self, name: str) -> Pause | None:
        return None

    def of_queue(self, order_queue_id: int) -> Pause | None:
        return None

    def keep_waiting(self, pause: Pause, order_id: str, action_id: int) -> None:
        """Nothing waits."""


NO_PAUSES: Pauses = _NoPauses()
