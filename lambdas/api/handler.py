"""The API's Lambda: log in, read the call, run its method, answer. It refuses card data before it logs anything."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from lambdas.access.caller_limits import CallerLimits
from lambdas.access.errors import NotAllowedError
from lambdas.api.auth.caller import Caller
from lambdas.api.auth.cross_site import refuse_other_pages
from lambdas.api.auth.login import log_in
from lambdas.api.auth.redaction import redacted
from lambdas.api.backend import Backend
from lambdas.api.errors import InternalError, StoreBusyError
from lambdas.api.http.call import Call, Door, HttpCall, read_call, read_http
from lambdas.api.http.parameters import Request
from lambdas.api.http.responses import Response, answer, envelope, envelope_error, problem
from lambdas.api.http.routing import find_method, read_request
from lambdas.api.http.unserved import unserved
from lambdas.api.method import Method, Rights
from lambdas.composition.parts import PartsSettings, parts_of
from lambdas.orders.errors import OrderError
from lambdas.orders.model.order import Order
from lambdas.payments.several.choice import choice_of
from lambdas.records.table import RecordTable
from lambdas.records.users.api_user import ApiUser, ApiUserRecords
from lambdas.runtime.asker import asked_by
from lambdas.runtime.aws_errors import is_passing
from lambdas.runtime.cold_start import prepare
from lambdas.runtime.front import behind_front
from lambdas.runtime.retry_budget import retry_budget
from lambdas.runtime.telemetry import MetricUnit, log_unexpected, logger, metrics

LOGIN_KEPT_SECONDS = 5  # A right that a user loses ends within them (docs/api.md).


class ApiSettings(PartsSettings):
    """`calls_per_minute`, `failed_logins_of_source`: see CallerLimits. `quiescence_seconds`: how long API 2.0 waits."""

    calls_per_minute: int = 600
    failed_logins_of_source: int = 50
    quiescence_seconds: float = 0
    history_table: str
    desk_table: str
    electronic_invoices: str = ""
    languages: str = "en"


@dataclass(frozen=True)
class Api:
    """All that a call needs. `quiescence_seconds`: how long API 2.0 waits for an order."""

    backend: Backend
    users: ApiUserRecords
    quiescence_seconds: float = 0

    def seconds_to_wait(self, call: Call) -> float:
        """How long this call may wait for its order: as it prefers, or as its door does."""
        if call.prefers_wait is not None:
            return call.prefers_wait
        return self.quiescence_seconds if call.door is Door.API_2_0 else 0


@cache
def _api() -> Api:
    settings = ApiSettings.from_environment()
    parts = parts_of(settings)
    limits = CallerLimits(
        settings.guard_table,
        parts.service.now,
        calls_per_minute=settings.calls_per_minute,
        failed_logins_of_source=settings.failed_logins_of_source,
        login_kept_seconds=LOGIN_KEPT_SECONDS,
    )
    return Api(
        Backend(
            parts.service,
            parts.records,
            parts.gateway,
            parts.plans,
            limits,
            history=RecordTable(settings.history_table),
            desk=RecordTable(settings.desk_table),
            choice=choice_of(settings),
            electronic_invoices=bool(settings.electronic_invoices),
            languages=tuple(settings.languages.split(",")),
        ),
        ApiUserRecords(parts.records),
        settings.quiescence_seconds,
    )


@metrics.log_metrics
@behind_front
def handler(event: dict[str, Any], context: Any) -> Response:
    """The Lambda handler: an HTTP API event (payload 2.0) in, a response out."""
    with retry_budget(context):
        return respond(event, _api())


def respond(event: Mapping[str, Any], api: Api) -> Response:
    """Answer the call. Every refusal is an answer; only an unexpected error becomes a 500."""
    http = read_http(event)
    if response := unserved(http):
        return response
    limits, allowance = api.backend.limits, None
    try:
        user = log_in(http, api.users, limits, api.backend.service.now())
        allowance = limits.count_call(user.name, user.calls_per_minute)
        if allowance:
            allowance.check()
        with asked_by(user.name):
            response = _carry_out(http, user, api)
    except OrderError as error:
        response = _refuse(error, http.door)
    except Exception as error:  # noqa: BLE001 - the caller gets an answer in the door's own form, the log the place
        log_unexpected("unexpected error in the API", error, request_id=http.request_id)
        response = _refuse(StoreBusyError() if is_passing(error) else InternalError(http.request_id), http.door)
    if allowance and http.door is Door.METHOD_PATH:
        response["headers"] |= allowance.headers()
    return response


def _carry_out(http: HttpCall, user: ApiUser, api: Api) -> Response:
    """Read the call, find its method, check its rights, run it. Raises OrderError."""
    call = read_call(http)
    method = find_method(call)
    refuse_other_pages(http, reads=method.reads)
    if not callable(method.rights):  # before a refusal tells anything about the parameters
        _require_somewhere(user, call.method, method.rights)
    request = read_request(method, call)
    caller = Caller(user, call.method, method.needs(request), call)
    _require_somewhere(user, call.method, caller.rights)
    if call.idempotency_key is None or method.reads or method.keeps_key:
        return _run(api, method, request, caller)
    from lambdas.api.auth.idempotency import answer_once

    return answer_once(
        api.backend.limits,
        caller,
        run=lambda: _run(api, method, request, caller),
        refuse=lambda error: _refuse(error, call.door),
    )


def _run(api: Api, method: Method, request: Request, caller: Caller) -> Response:
    """Run the method, wait for its order if the caller may wait, and write the answer in the door's form."""
    call, service = caller.call, api.backend.service
    found = method.verb(api.backend, request, caller)
    wait_seconds = api.seconds_to_wait(call)
    if method.moves_on and wait_seconds and isinstance(found, Order):
        from lambdas.api.orders.wait import wait_until_at_rest

        order = found
        found = wait_until_at_rest(
            order, lambda: service.get(order_id=order.order_id), now=service.now, seconds=wait_seconds
        )
    metrics.add_metric("ApiCalls", MetricUnit.Count, 1)
    order_id = getattr(found, "order_id", None) or getattr(request, "order_id", None) or ""
    logger.info("call answered", method=call.method, door=call.door.value, user=caller.name, order_id=str(order_id))
    seen = redacted(found, caller, api.backend.plans)
    if call.door is Door.API_2_0:
        return envelope(method.answer(seen))
    applied = method.moves_on and call.prefers_wait is not None
    waited = {"Preference-Applied": f"wait={wait_seconds:g}"} if applied else {}
    return answer(method.status, method.view(seen), {**method.headers(seen), **waited})


def _require_somewhere(user: ApiUser, method: str, rights: Rights) -> None:
    """Raise NotAllowedError if the user has one of the rights nowhere. The verb checks where they have it."""
    for right in rights:
        if not user.may(right):
            raise NotAllowedError(method, right)


def _refuse(error: OrderError, door: Door) -> Response:
    """Count and log the refusal, and write it in the door's form."""
    metrics.add_metric("ApiRefusals", MetricUnit.Count, 1)
    logger.info("call refused", kind=error.kind, door=door.value)
    return envelope_error(error) if door is Door.API_2_0 else problem(error)


prepare(_api)
