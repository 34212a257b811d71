"""Runbooks that pause and resume. A step that is begun again finds its own pause, and changes nothing."""

from lambdas.access.acting_user import ActingUser
from lambdas.access.console_user import console_user
from lambdas.orders.pauses import Pause, PauseKind, SeenPause
from lambdas.pausing.pausing import Pausing
from lambdas.payments.several.choice import choice_of
from lambdas.records.pauses.pause import MAX_DAYS, PauseRecords
from lambdas.records.users.rights import Right
from lambdas.runbooks.errors import WrongParameterError
from lambdas.runbooks.parts import RunbookParts
from lambdas.runbooks.runbook import Verb
from lambdas.runbooks.starter import Started

_DAY_MINUTES = 24 * 60


def pause_or_resume(parts: RunbookParts, started: Started) -> str:
    """Raises WrongParameterError, and as Pausing."""
    kind, name = PauseKind(started.values.text("What")), started.values.text("Name")
    if kind is PauseKind.QUEUE and not (name.isdecimal() and len(name) < 10):
        raise WrongParameterError("Name", "must be the queue's number")
    pausing = Pausing(parts.service, PauseRecords(parts.records, parts.service.now), choice_of(parts.settings))
    if started.runbook.verb is Verb.PAUSE:
        pause = _pause(parts, pausing, started, kind, name)
        return f"the {kind.value} {name} is paused until {pause.until} (pause {pause.pause_id}); orders keep arriving and wait"
    if not any(each.over_by == started.signature for each in pausing.records.listed()):
        pausing.end(_acting(started, "order.resume"), kind, name)
    return f"the {kind.value} {name} is paused no longer; what waited for it continues within minutes"


def _pause(parts: RunbookParts, pausing: Pausing, started: Started, kind: PauseKind, name: str) -> Pause:
    now, minutes = parts.service.now(), started.values.number("Minutes") or 0
    for each in pausing.records.listed():
        if (each.kind, each.name, each.by) == (kind, name, started.signature) and each.is_active(now):
            return each
    if minutes > MAX_DAYS * _DAY_MINUTES:
        raise WrongParameterError("Minutes", f"are more than {MAX_DAYS} days; a pause can be prolonged later")
    reason, acting = started.values.text("Reason"), _acting(started, "order.pause")
    pause_id = started.values.text("PauseId")
    seen = SeenPause(pause_id=pause_id) if pause_id else None
    return pausing.begin(acting, kind, name, reason=reason, ends_at=now + 60 * minutes, seen=seen)


def _acting(started: Started, method: str) -> ActingUser:
    """The starter, whose signature stands on the pause."""
    return ActingUser(console_user(started.signature), method, (Right.PAUSE,))
