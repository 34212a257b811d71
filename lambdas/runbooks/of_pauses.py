"""Runbooks that pause and resume. A step that is begun again finds its own pause, and changes nothing."""

from functools import partial

from lambdas.orders.pauses import Pause, PauseKind
from lambdas.payments.gateways import GATEWAYS
from lambdas.records.pauses.pause import MAX_DAYS, PauseRecords
from lambdas.records.pauses.waking import wake_waiting
from lambdas.runbooks.errors import WrongParameterError
from lambdas.runbooks.parts import RunbookParts
from lambdas.runbooks.runbook import Verb
from lambdas.runbooks.starter import Started
from lambdas.runtime.telemetry import logger

_WOKEN_AT_ONCE = 25  # the sweeper wakes the others


def pause_or_resume(parts: RunbookParts, started: Started) -> str:
    """Raises WrongParameterError, and what PauseRecords raises."""
    kind, name = _paused(parts, started)
    pauses = PauseRecords(parts.records, parts.service.now)
    if started.runbook.verb is Verb.PAUSE:
        pause = _pause(parts, pauses, started, kind, name)
        return f"the {kind.value} {name} is paused until {pause.until}; orders keep arriving and wait"
    return _resume(parts, pauses, started, kind, name)


def _pause(parts: RunbookParts, pauses: PauseRecords, started: Started, kind: PauseKind, name: str) -> Pause:
    now, minutes = parts.service.now(), started.values.number("Minutes") or 0
    for each in pauses.listed():
        if (each.kind, each.name, each.by) == (kind, name, started.signature) and each.is_active(now):
            return each
    if minutes > MAX_DAYS * 24 * 60:
        raise WrongParameterError("Minutes", f"are more than {MAX_DAYS} days; a pause can be prolonged later")
    reason = started.values.text("Reason")
    pause = pauses.start(kind, name, reason=reason, by=started.signature, ends_at=now + 60 * minutes)
    logger.warning("paused", kind=kind.value, paused=name, user=started.signature, until=pause.until)
    return pause


def _resume(parts: RunbookParts, pauses: PauseRecords, started: Started, kind: PauseKind, name: str) -> str:
    ended = [each for each in pauses.listed() if each.over_by == started.signature]
    pause = ended[0] if ended else pauses.end(kind, name, by=started.signature)
    logger.warning("resumed", kind=kind.value, paused=name, user=started.signature)
    wake_waiting(pauses, pause, partial(parts.service.resume_paused, by=started.signature), most=_WOKEN_AT_ONCE)
    return f"the {kind.value} {name} is paused no longer; what waited for it continues within minutes"


def _paused(parts: RunbookParts, started: Started) -> tuple[PauseKind, str]:
    """The thing that is meant, if it is there."""
    kind, name = PauseKind(started.values.text("What")), started.values.text("Name")
    known = {
        PauseKind.MODULE: sorted(parts.service.modules),
        PauseKind.GATEWAY: sorted(GATEWAYS),
        PauseKind.QUEUE: [str(number) for number in sorted(parts.service.queues)],
    }[kind]
    if name not in known:
        raise WrongParameterError("Name", f"is no {kind.value} of this stage; those here are {', '.join(known)}")
    return kind, name
