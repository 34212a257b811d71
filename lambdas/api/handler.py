"""The API's Lambda: read the call, log in, run the verb, answer. Card data is refused before anything is logged."""

from dataclasses import dataclass
from functools import cache
from typing import Any

from lambdas.api.auth.caller import Caller
from lambdas.api.auth.cross_site import refuse_other_pages
from lambdas.api.auth.errors import NotAllowedError
from lambdas.api.auth.guard import Guard
from lambdas.api.auth.login import login
from lambdas.api.auth.redaction import shown
from lambdas.api.backend import Backend
from lambdas.api.errors import InternalError, StoreBusyError
from lambdas.api.http.call import Call, Door, door_of, read_call
from lambdas.api.http.parameters import Request
from lambdas.api.http.responses import Response, answer, envelope, envelope_error, problem
from lambdas.api.http.routing import method_asked, request_asked, revision_asked
from lambdas.api.http.unserved import unserved
from lambdas.api.method import Method, Rights
from lambdas.composition.parts import DoorSettings, parts_of
from lambdas.orders.errors import OrderError
from lambdas.orders.model.order import Order
from lambdas.orders.service import OrderService
from lambdas.records.users.api_user import ApiUser, ApiUserRecords
from lambdas.runtime.aws_errors import is_passing
from lambdas.runtime.cold_start import prepare
from lambdas.runtime.retry_budget import retry_budget
from lambdas.runtime.telemetry import MetricUnit, log_unexpected, logger, metrics

LOGIN_KEPT_SECONDS = 5  # what is taken from a user of the API ends within them (docs/api.md)


class ApiSettings(DoorSettings):
    """`calls_per_minute`, `failed_logins_of_source`: see Guard. `settle_seconds`: how long API 2.0 waits for an order."""

    calls_per_minute: int = 600
    failed_logins_of_source: int = 50
    settle_seconds: float = 0


@dataclass(frozen=True)
class Api:
    """What answers a call."""

    backend: Backend
    users: ApiUserRecords
    settle_seconds: float = 0


@cache
def _api() -> Api:
    settings = ApiSettings.from_environment()
    parts = parts_of(settings)
    guard = Guard(
        settings.guard_table,
        parts.service.now,
        calls_per_minute=settings.calls_per_minute,
        failed_logins_of_source=settings.failed_logins_of_source,
        login_kept_seconds=LOGIN_KEPT_SECONDS,
    )
    return Api(
        Backend(parts.service, parts.records, parts.gateway, parts.plans, guard),
        ApiUserRecords(parts.records),
        settings.settle_seconds,
    )


@metrics.log_metrics
def handler(event: dict[str, Any], context: Any) -> Response:
    """The Lambda handler: an HTTP API event (payload 2.0) in, a response out."""
    with retry_budget(context):
        return respond(event, _api())


def respond(event: dict[str, Any], api: Api) -> Response:
    """Every refusal is an answer; only what nobody thought of becomes a 500."""
    if nothing := unserved(event):
        return nothing
    door = door_of(event)
    allowance = None
    try:
        user = login(event, api.users, api.backend.guard, api.backend.service.now())
        allowance = api.backend.guard.call_of(user.name, user.calls_per_minute)
        if allowance:
            allowance.check()
        response = _called(event, user, api)
    except OrderError as error:
        response = _refused(error, door)
    except Exception as error:  # noqa: BLE001 - the caller gets an answer in the door's own form, the log the place
        request_id = event["requestContext"]["requestId"]
        log_unexpected("unexpected error in the API", error, request_id=request_id)
        response = _refused(StoreBusyError() if is_passing(error) else InternalError(request_id), door)
    if allowance and door is Door.METHOD_PATH:
        response["headers"] |= allowance.headers()
    return response


def _called(event: dict[str, Any], user: ApiUser, api: Api) -> Response:
    call = read_call(event)
    method = method_asked(call, event["requestContext"]["http"]["method"])
    refuse_other_pages(event, reads=method.reads)
    if not callable(method.rights):  # before anything is said about the parameters
        _allow(user, call.method, method.rights)
    request = request_asked(method, call)
    rights = method.needs(request)
    _allow(user, call.method, rights)
    caller = _caller(event, user, call, rights, api.settle_seconds)

    def run() -> Response:
        return _answered(api.backend, method, request, caller)

    if call.idempotency_key is None or method.reads or method.keeps_key:
        return run()
    from lambdas.api.auth.idempotency import once

    return once(api.backend.guard, call, caller, run=run, refuse=lambda error: _refused(error, call.door))


def _answered(backend: Backend, method: Method, request: Request, caller: Caller) -> Response:
    found = method.verb(backend, request, caller)
    if method.settles and caller.wait_seconds and isinstance(found, Order):
        found = _settled(backend.service, found, caller.wait_seconds)
    metrics.add_metric("ApiCalls", MetricUnit.Count, 1)
    logger.info(
        "call answered",
        method=caller.method,
        door=caller.door.value,
        user=caller.name,
        order_id=_named(request, found),
    )
    seen = shown(found, caller, backend.plans)
    if caller.door is Door.API_2_0:
        return envelope(method.answer(seen))
    headers = {"Preference-Applied": f"wait={caller.wait_seconds:g}"} if method.settles and caller.prefers_wait else {}
    return answer(method.status, method.view(seen), {**method.headers(seen), **headers})


def _settled(service: OrderService, order: Order, seconds: float) -> Order:
    from lambdas.api.orders.wait import settled

    return settled(order, lambda: service.get(order_id=order.order_id), now=service.now, seconds=seconds)


def _allow(user: ApiUser, method: str, rights: Rights) -> None:
    """Raises NotAllowedError if the user has a needed right nowhere; where they have it is looked at by the verb."""
    for right in rights:
        if not user.may(right):
            raise NotAllowedError(method, right)


def _caller(event: dict[str, Any], user: ApiUser, call: Call, rights: Rights, settle_seconds: float) -> Caller:
    settles = settle_seconds if call.door is Door.API_2_0 else 0
    return Caller(
        user=user,
        method=call.method,
        rights=rights,
        key=call.idempotency_key,
        if_match=revision_asked(event["headers"].get("if-match")),
        source=event["requestContext"]["http"].get("sourceIp", ""),
        door=call.door,
        wait_seconds=settles if call.prefers_wait is None else call.prefers_wait,
        prefers_wait=call.prefers_wait is not None,
        files=call.files,
    )


def _refused(error: OrderError, door: Door) -> Response:
    metrics.add_metric("ApiRefusals", MetricUnit.Count, 1)
    logger.info("call refused", kind=error.kind, door=door.value)
    return envelope_error(error) if door is Door.API_2_0 else problem(error)


def _named(request: Request, found: Any) -> str:
    """The order that the call was about."""
    return str(getattr(found, "order_id", None) or getattr(request, "order_id", None) or "")


prepare(_api)
