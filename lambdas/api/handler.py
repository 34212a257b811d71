"""The API's Lambda: read the call, log in, run the verb, answer. Card data is refused before anything is logged."""

import json
import re
import time
from dataclasses import dataclass
from functools import cache
from typing import Any

from pydantic import ValidationError

from lambdas.api.backend import Backend
from lambdas.api.call import Call, Door, door_of, read_call
from lambdas.api.caller import Caller
from lambdas.api.errors import (
    InternalError,
    MalformedRequestError,
    NotAllowedError,
    UnknownMethodError,
    WrongHttpMethodError,
)
from lambdas.api.login import login
from lambdas.api.method import Method, Rights
from lambdas.api.methods import method_named
from lambdas.api.privacy import shown
from lambdas.api.requests.fields import Request
from lambdas.api.responses import Response, answer, envelope, envelope_error, problem
from lambdas.catalog.plan import load_plans
from lambdas.catalog.pricing import CatalogPricing
from lambdas.orders.errors import OrderError, Problem
from lambdas.orders.modules import load_modules
from lambdas.orders.queue import load_queues
from lambdas.orders.service import OrderService
from lambdas.orders.store import DynamoOrderStore
from lambdas.payments.gateways import gateway_named
from lambdas.payments.preauthorization import PreAuthorization
from lambdas.records.api_user import ApiUser, ApiUserRecords
from lambdas.records.client import ClientRecords
from lambdas.records.table import RecordTable
from lambdas.runtime.observe import MetricUnit, log_unexpected, logger, metrics
from lambdas.runtime.settings import TableSettings


class ApiSettings(TableSettings):
    """`machine_hashes`: JSON map of order_queue_id -> hash of its machine's definition, as deployed."""

    machine_hashes: str = "{}"


@dataclass(frozen=True)
class Api:
    """What answers a call."""

    backend: Backend
    users: ApiUserRecords


@cache
def _api() -> Api:
    settings = ApiSettings.from_environment()
    records = RecordTable(settings.record_table)
    clients = ClientRecords(records)
    gateway = gateway_named(settings.gateway, records)
    plans = load_plans()
    service = OrderService(
        store=DynamoOrderStore(settings.order_table),
        queues=load_queues(),
        modules=load_modules(),
        pricing=CatalogPricing(plans),
        payments=PreAuthorization(gateway, clients),
        clients=clients,
        currency=settings.currency,
        now=lambda: int(time.time()),
        machine_hashes={int(queue): found for queue, found in json.loads(settings.machine_hashes).items()},
    )
    return Api(Backend(service, records, gateway, plans), ApiUserRecords(records))


@metrics.log_metrics
def handler(event: dict[str, Any], context: Any) -> Response:
    """The Lambda handler: an HTTP API event (payload 2.0) in, a response out."""
    return respond(event, _api())


def respond(event: dict[str, Any], api: Api) -> Response:
    """Every refusal is an answer; only what nobody thought of becomes a 500."""
    door = door_of(event)
    try:
        user = login(event["headers"], api.users, api.backend.service.now())
        call = read_call(event)
        method = _method(call, event["requestContext"]["http"]["method"])
        if not callable(method.rights):  # before anything is said about the parameters
            _allow(user, call.method, method.rights)
        request = _request(method, call)
        caller = _caller(event, user, call, method.needs(request))
        found = method.verb(api.backend, request, caller)
    except OrderError as error:
        return _refused(error, door)
    except Exception as error:  # noqa: BLE001 - the caller gets an answer in the door's own form, the log the place
        request_id = event["requestContext"]["requestId"]
        log_unexpected("unexpected error in the API", error, request_id=request_id)
        return _refused(InternalError(request_id), door)
    metrics.add_metric("ApiCalls", MetricUnit.Count, 1)
    logger.info("call answered", method=call.method, door=door.value, user=user.name, order_id=_named(request, found))
    seen = shown(found, caller)
    if door is Door.API_2_0:
        return envelope(method.answer(seen, api.backend))
    return answer(method.status, method.view(seen, api.backend), method.headers(seen))


def _allow(user: ApiUser, method: str, rights: Rights) -> None:
    """Raises NotAllowedError if the user has a needed right nowhere; where they have it is looked at by the verb."""
    for right in rights:
        if not user.may(right):
            raise NotAllowedError(method, right)


def _caller(event: dict[str, Any], user: ApiUser, call: Call, rights: Rights) -> Caller:
    _allow(user, call.method, rights)
    return Caller(
        user=user,
        method=call.method,
        rights=rights,
        key=call.idempotency_key,
        if_match=_revision(event["headers"].get("if-match")),
        source=event["requestContext"]["http"].get("sourceIp", ""),
    )


def _revision(if_match: str | None) -> int | None:
    if not if_match or if_match.strip() == "*":
        return None
    if found := re.fullmatch(r'\s*(?:W/)?"?(\d{1,15})"?\s*', if_match):
        return int(found.group(1))
    raise MalformedRequestError(Problem("If-Match", "must be the ETag of an answer, or *"))


def _refused(error: OrderError, door: Door) -> Response:
    metrics.add_metric("ApiRefusals", MetricUnit.Count, 1)
    logger.info("call refused", kind=error.kind, door=door.value)
    return envelope_error(error) if door is Door.API_2_0 else problem(error)


def _named(request: Request, found: Any) -> str:
    """The order that the call was about."""
    return str(getattr(found, "order_id", None) or getattr(request, "order_id", None) or "")


def _method(call: Call, http_method: str) -> Method:
    method = method_named(call.method)
    if method is None:
        named = call.method if call.method.replace(".", "").replace("_", "").isalnum() and len(call.method) < 64 else ""
        raise UnknownMethodError(f"invalid method specified: {named}")
    if call.door is Door.METHOD_PATH and http_method != "POST" and not (method.reads and http_method == "GET"):
        raise WrongHttpMethodError(call.method, "GET or POST" if method.reads else "POST")
    return method


def _request(method: Method, call: Call) -> Request:
    known = {field.alias or name for name, field in method.request.model_fields.items()}
    unknown = sorted(call.parameters.keys() - known) if call.door is Door.METHOD_PATH else []
    if unknown:
        text = f"no such parameter; {call.method} takes {', '.join(sorted(known)) or 'none'}"
        raise MalformedRequestError(*(Problem(name[:60], text) for name in unknown[:20]))
    try:
        return method.request.model_validate(call.parameters)
    except ValidationError as error:
        problems = [_problem(found) for found in error.errors(include_input=False, include_url=False)]
        texts = "; ".join(f"{problem.field} {problem.text}" for problem in problems)
        raise MalformedRequestError(*problems, message=f"request failed: {texts}") from None


def _problem(found: Any) -> Problem:
    field = ".".join(str(part) for part in found["loc"]) or "order_id"
    if found["type"] == "missing":
        return Problem(field, "parameter not supplied")
    return Problem(field, str(found["msg"]).removeprefix("Value error, "))
