"""Acting on an order in progress: process and skip its actions, cancel it, restart its machine."""

from typing import Any

from lambdas.access.permits import CallersPermit
from lambdas.api.auth.caller import Caller
from lambdas.api.backend import Backend
from lambdas.api.errors import MalformedRequestError
from lambdas.api.http.call import Door
from lambdas.api.http.values_2_0 import true
from lambdas.api.method import Method, Rights
from lambdas.api.orders import views
from lambdas.api.orders.requests import CancelRequest, ProcessRequest, RestartRequest
from lambdas.orders.errors import Problem
from lambdas.orders.model.order import Order
from lambdas.records.users.rights import Right


def _process(backend: Backend, request: ProcessRequest, caller: Caller) -> Order:
    if request.skip and request.undo_skip:
        raise MalformedRequestError(Problem("undo_skip", "cannot be set together with skip"))
    order, action_id, service = backend.order(request, caller), request.order_action_id, backend.service
    by, expected = caller.name, caller.call.if_match
    if request.skip:
        why, permit = _reason(request, caller), CallersPermit(caller)
        return service.skip(order, action_id, by=by, why=why, permit=permit, expected_revision=expected)
    if request.undo_skip:
        return service.undo_skip(order, action_id, by=by, expected_revision=expected)
    return service.process(order, action_id, by=by, given=request.input, expected_revision=expected)


def _reason(request: ProcessRequest, caller: Caller) -> str:
    """Why an action is skipped. Programs written for Ubersmith cannot say it, so API 2.0 goes without."""
    reason = (request.reason or "").strip()
    if not reason and caller.call.door is Door.METHOD_PATH:
        raise MalformedRequestError(Problem("reason", "parameter not supplied; say why the action is skipped"))
    return reason or "no reason was given"


def _process_rights(request: ProcessRequest) -> Rights:
    return (Right.SKIP,) if request.skip or request.undo_skip else (Right.ACT,)


def _cancel(backend: Backend, request: CancelRequest, caller: Caller) -> Order:
    order, expected = backend.order(request, caller), caller.call.if_match
    return backend.service.cancel(order, request.reason or "", by=caller.name, expected_revision=expected)


def _restart(backend: Backend, request: RestartRequest, caller: Caller) -> Order:
    order, expected = backend.order(request, caller), caller.call.if_match
    return backend.service.restart(order, by=caller.name, expected_revision=expected)


_ONE: dict[str, Any] = {"order_id": "1001"}

METHODS: dict[str, Method] = {
    "order.process": Method(
        title="Process an action of an order, skip it, or undo its skip",
        request=ProcessRequest,
        rights=_process_rights,
        verb=_process,
        answer=true,
        view=views.order_view,
        headers=views.etag,
        conditional=True,
        moves_on=True,
        example={**_ONE, "order_action_id": 101},
    ),
    "order.cancel": Method(
        title="Cancel an order",
        request=CancelRequest,
        rights=(Right.CANCEL,),
        verb=_cancel,
        answer=true,
        view=views.order_view,
        headers=views.etag,
        conditional=True,
        example={**_ONE, "reason": "the client changed their mind"},
    ),
    "order.restart": Method(
        title="Restart the machine of an order whose execution was stopped",
        request=RestartRequest,
        rights=(Right.ACT,),
        verb=_restart,
        answer=true,
        view=views.order_view,
        headers=views.etag,
        conditional=True,
        example=_ONE,
    ),
}
