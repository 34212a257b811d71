"""Finds an active pause, and compares it with the one that somebody saw. Pure."""

from collections.abc import Sequence

from lambdas.orders.pauses import Pause, PauseKind, SeenPause
from lambdas.records.pauses.errors import NotPausedError, OtherPauseError, PauseChangedError


def as_seen(active: Pause | None, seen: SeenPause, kind: PauseKind, name: str) -> Pause:
    """The active pause, if it is the one that was seen, unchanged. Raises NotPausedError, OtherPauseError, PauseChangedError."""
    if active is None:
        raise NotPausedError(kind, name)
    if active.pause_id != seen.pause_id:
        raise OtherPauseError(active)
    if seen.revision not in (None, active.revision):
        raise PauseChangedError(active)
    return active


def find_active(pauses: Sequence[Pause], now: int, *kinds: tuple[PauseKind, str | None]) -> Pause | None:
    """The first active pause of one of these; a name of None: of any name."""
    return next(
        (
            each
            for each in pauses
            if each.is_active(now) and ((each.kind, each.name) in kinds or (each.kind, None) in kinds)
        ),
        None,
    )
