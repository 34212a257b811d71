"""Pausing a module, the gateway or a queue's submits, and resuming them."""

from lambdas.api.auth.caller import Caller
from lambdas.api.backend import Backend
from lambdas.api.method import Method
from lambdas.api.pauses import views
from lambdas.api.pauses.requests import PauseListRequest, PauseRequest, ResumeRequest
from lambdas.orders.pauses import Pause
from lambdas.pausing.pausing import Pausing
from lambdas.records.pauses.pause import PauseRecords
from lambdas.records.users.rights import Right


def _pause(backend: Backend, request: PauseRequest, caller: Caller) -> Pause:
    return _pausing(backend).begin(
        caller,
        request.kind,
        request.name,
        reason=request.reason,
        ends_at=request.until or backend.service.now() + 60 * (request.minutes or 0),
        seen=request.seen,
    )


def _resume(backend: Backend, request: ResumeRequest, caller: Caller) -> Pause:
    return _pausing(backend).end(caller, request.kind, request.name, seen=request.seen)


def _pause_list(backend: Backend, request: PauseListRequest, caller: Caller) -> tuple[Pause, ...]:
    return _pausing(backend).list_pauses(caller.user)


def _pausing(backend: Backend) -> Pausing:
    return Pausing(backend.service, PauseRecords(backend.records, backend.service.now), backend.choice)


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
