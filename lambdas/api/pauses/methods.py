"""Pausing a module, the gateway or a queue's submits, and resuming them.

A module and the gateway serve every queue, so pausing them needs the right everywhere; a queue's submits need it in that queue.
"""

from functools import partial

from lambdas.access.errors import NotAllowedError
from lambdas.api.auth.caller import Caller
from lambdas.api.auth.visibility import visible_queues
from lambdas.api.backend import Backend
from lambdas.api.errors import MalformedRequestError
from lambdas.api.method import Method
from lambdas.api.pauses import views
from lambdas.api.pauses.requests import PauseListRequest, PauseRequest, ResumeRequest
from lambdas.api.queues.lookup import queue_to_fill
from lambdas.orders.errors import Problem
from lambdas.orders.pauses import Pause, PauseKind
from lambdas.payments.gateways import GATEWAYS
from lambdas.records.pauses.pause import PauseRecords
from lambdas.records.pauses.waking import wake_waiting
from lambdas.records.users.rights import Right
from lambdas.runtime.telemetry import logger

_WOKEN_AT_ONCE = 25  # by the call that resumes; the sweeper wakes the others


def _pause(backend: Backend, request: PauseRequest, caller: Caller) -> Pause:
    _admit(backend, request, caller)
    now = backend.service.now()
    ends_at = request.until or now + 60 * (request.minutes or 0)
    pause = _records(backend).start(
        request.kind,
        request.name,
        reason=request.reason,
        by=caller.name,
        ends_at=ends_at,
        pause_id=request.pause_id or "",
    )
    logger.warning("paused", kind=pause.kind.value, paused=pause.name, user=caller.name, until=pause.until)
    return pause


def _resume(backend: Backend, request: ResumeRequest, caller: Caller) -> Pause:
    _admit(backend, request, caller)
    records = _records(backend)
    pause = records.end(request.kind, request.name, by=caller.name)
    logger.warning("resumed", kind=pause.kind.value, paused=pause.name, user=caller.name)
    wake_waiting(records, pause, partial(backend.service.resume_paused, by=caller.name), most=_WOKEN_AT_ONCE)
    return pause


def _pause_list(backend: Backend, request: PauseListRequest, caller: Caller) -> tuple[Pause, ...]:
    queues = visible_queues(backend, caller)
    sees_reasons = any(Right.PERSONAL_DATA in grant.rights for grant in caller.user.grants)
    shown = (
        pause
        for pause in _records(backend).listed()
        if pause.kind is not PauseKind.QUEUE or pause.name in map(str, queues)
    )
    return tuple(pause if sees_reasons else pause.changed(reason="") for pause in shown)


def _admit(backend: Backend, request: PauseRequest | ResumeRequest, caller: Caller) -> None:
    """Raise a refusal unless there is such a thing, and the caller may pause it."""
    if request.kind is PauseKind.QUEUE:
        queue_to_fill(backend, int(request.name), caller)
        return
    if not caller.user.may_everywhere(Right.PAUSE):
        raise NotAllowedError(caller.call.method, Right.PAUSE)
    known = sorted(backend.service.modules) if request.kind is PauseKind.MODULE else list(GATEWAYS)
    if request.name not in known:
        kind = request.kind.value
        raise MalformedRequestError(Problem(kind, f"there is no such {kind}; those here are {', '.join(known)}"))


def _records(backend: Backend) -> PauseRecords:
    return PauseRecords(backend.records, backend.service.now)


METHODS: dict[str, Method] = {
    "order.pause": Method(
        title="Pause a module, the payment gateway or the submits of a queue, for a while",
        request=PauseRequest,
        rights=(Right.PAUSE,),
        verb=_pause,
        answer=views.record,
        view=views.pause_view,
        example={"module": "call_webhook", "reason": "its receiver is down", "minutes": 60},
    ),
    "order.resume": Method(
        title="End a pause before its time",
        request=ResumeRequest,
        rights=(Right.PAUSE,),
        verb=_resume,
        answer=views.record,
        view=views.pause_view,
        example={"module": "call_webhook"},
    ),
    "order.pause_list": Method(
        title="List what is paused, why and until when",
        request=PauseListRequest,
        rights=(Right.VIEW,),
        verb=_pause_list,
        answer=views.records,
        view=views.pauses_view,
        reads=True,
    ),
}
