"""Which refusals a method can give, and how they look: RFC 9457 problem documents. The tests hold every answer to this."""

import pkgutil
from collections.abc import Iterator
from functools import cache
from http import HTTPStatus
from importlib import import_module
from typing import Any

from infra.generate.openapi.headers import header_refs
from lambdas.api.http.responses import STATUS
from lambdas.api.method import Method
from lambdas.orders.errors import OrderError

_RAISED_IN = ("access", "api", "catalog", "contracts", "mail", "orders", "payments", "records")

_PAYS = (
    "client.invoice_charge",
    "client.invoice_generate",
    "client.quote_sign",
    "order.submit",
    "order.threedsecure2_payment",
)
_LISTS_POSTS = ("order.post_list",)
# All others name a record that may not be there.
_NAMES_NOTHING = (
    "client.add",
    "order.create",
    "order.list",
    "order.pause_list",
    "order.module_list",
    "order.queue_add",
    "order.queue_list",
    "uber.check_login",
    "uber.method_list",
    "uber.service_plan_list",
    "uber.system_info",
)
_OF_API_GATEWAY = {413, 429, 500, 503}  # which says these in its own words, before or instead of the function

_TEXTS = {
    400: "The request cannot be read, or a parameter is missing, unknown or of the wrong type; `errors` names each.",
    401: "No login, or not a right one.",
    402: "The payment was refused, or the card's holder must confirm it first; the order stays a lead.",
    403: "The user has not the right, or not in this queue or brand.",
    404: "There is no such record.",
    409: "What there is does not allow it now, or an Idempotency-Key or hash belongs to another request; `type` says which. "
    "`too_early`: what it needs is not there yet, so the same call may be accepted later; `Retry-After` says when.",
    412: "The order was changed since the version that If-Match names.",
    413: "More than one call or answer can hold.",
    422: "The data cannot be taken: `errors` names each field. Card numbers and card codes are refused wherever they stand.",
    429: "Too many calls in this minute, or too many failed logins.",
    500: "Something went wrong here; `detail` has the number it is logged under.",
    503: "Not possible at the moment; send it again in a moment, under the same Idempotency-Key.",
}


def statuses_of(name: str, method: Method, *, posted: bool) -> list[int]:
    """Of the refusals."""
    keyed = not method.reads and name != "uber.check_login"
    return sorted(
        {400, 401, 422, 429, 500, 503}
        | ({402} if name in _PAYS else set())
        | ({403} if method.rights else set())
        | ({404} if name not in _NAMES_NOTHING else set())
        | ({409} if keyed else set())
        | ({412} if method.conditional else set())
        | ({413} if posted or name in _LISTS_POSTS else set())
    )


def ref(status: int) -> dict[str, Any]:
    return {"$ref": f"#/components/responses/{_name(status)}"}


def responses() -> dict[str, Any]:
    """For `components.responses`."""
    return {_name(status): _response(status) for status in _TEXTS}


def schemas() -> dict[str, Any]:
    """For `components.schemas`."""
    return {"Problem": _problem(), "GatewayRefusal": _gateway_refusal()}


def _problem() -> dict[str, Any]:
    text: dict[str, Any] = {"type": "string"}
    field = {
        "type": "object",
        "properties": {
            "field": {**text, "description": "Path of the parameter, such as `info.pack1.quantity`."},
            "detail": {**text, "description": "What is wrong with it, and how to fix it."},
        },
        "required": ["field", "detail"],
    }
    known = {
        "type": {
            **text,
            "pattern": "^urn:order-queues:problem:[a-z_0-9]+$",
            "description": "The kind of refusal, for programs. It stays the same when texts change.",
        },
        "title": {**text, "description": "The kind in words."},
        "status": {"type": "integer", "minimum": 400, "maximum": 599, "description": "The HTTP status of this answer."},
        "detail": {**text, "description": "What is refused, where, and how to fix it."},
        "errors": {"type": "array", "items": field, "description": "The fields it is about, each with what is wrong."},
    }
    more = "order_id, revision, total, said_total, currency, challenge_id, url, expires"
    return {
        "type": "object",
        "description": f"RFC 9457. Some kinds tell more: {more}.",
        "properties": known,
        "required": ["type", "title", "status", "detail"],
    }


def _gateway_refusal() -> dict[str, Any]:
    return {
        "type": "object",
        "description": "An answer of API Gateway, which refused the call before this API saw it.",
        "properties": {
            "message": {"type": ["string", "null"], "description": "The reason, in API Gateway's words."},
        },
        "required": ["message"],
    }


def _response(status: int) -> dict[str, Any]:
    kinds = sorted({each.kind for each in _refusals() if STATUS[each.nature] == status})
    named = f" Kinds: {', '.join(f'`{kind}`' for kind in kinds)}." if kinds else ""
    again = {"Retry-After"} if status in (409, 429, 503) else set()
    headers = {"WWW-Authenticate"} if status == HTTPStatus.UNAUTHORIZED else {"RateLimit", "RateLimit-Policy", *again}
    of_gateway = {"application/json": {"schema": {"$ref": "#/components/schemas/GatewayRefusal"}}}
    return {
        "description": _TEXTS[status] + named,
        "headers": header_refs(headers),
        "content": {
            "application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}},
            **(of_gateway if status in _OF_API_GATEWAY else {}),
        },
    }


@cache
def _refusals() -> tuple[type[OrderError], ...]:
    """All refusals of the packages that methods use. Imports every module of them."""
    for room in _RAISED_IN:
        package = import_module(f"lambdas.{room}")
        for module in pkgutil.walk_packages(package.__path__, f"{package.__name__}."):
            import_module(module.name)
    return tuple(each for each in _subclasses_of(OrderError) if each.__module__.split(".")[1] in _RAISED_IN)


def _subclasses_of(error: type[OrderError]) -> Iterator[type[OrderError]]:
    """Those that declare a kind: bases without one are no refusals."""
    for each in error.__subclasses__():
        if hasattr(each, "kind"):
            yield each
        yield from _subclasses_of(each)


def _name(status: int) -> str:
    return HTTPStatus(status).phrase.replace(" ", "")
