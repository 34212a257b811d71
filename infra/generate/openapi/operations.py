"""One method as operations of OpenAPI: POST with a JSON body, and GET with a query if it only reads."""

from collections.abc import Mapping
from http import HTTPStatus
from types import NoneType
from typing import Any, get_type_hints

from infra.generate.openapi.headers import header_refs, parameter_refs
from infra.generate.openapi.refusals import ref, statuses_of
from infra.generate.openapi.schemas import Schema, Schemas, in_query, needs_one_of
from lambdas.api.http.files import FileAnswer
from lambdas.api.method import Method, no_headers
from lambdas.api.orders.views import OrderView
from lambdas.records.posts.attachment import KINDS, MAX_FILES

JSON = "application/json"
_BYTES = "application/octet-stream"  # of every file; makers of clients may know no other type of it
FILES = {"attach": MAX_FILES, "contract": 1}  # parameters that are files, and how many at most
_WITHOUT_KEY = ("order.link_create", "uber.check_login")  # their answers must not be kept


def path_item(name: str, method: Method, group: str, schemas: Schemas) -> dict[str, Any]:
    request = schemas.of_request(method.request)
    posted = {
        **_common(name, method, group, schemas, posted=True),
        "requestBody": _body(method, request),
    }
    headers = _request_headers(name, method)
    if headers:
        posted["parameters"] = parameter_refs(headers)
    if not method.reads:
        return {"post": {"operationId": name.replace(".", "_"), **posted}}
    got = {**_common(name, method, group, schemas, posted=False), "parameters": _query(method, request)}
    operation = name.replace(".", "_")
    return {"get": {"operationId": operation, **got}, "post": {"operationId": f"{operation}_post", **posted}}


def _common(name: str, method: Method, group: str, schemas: Schemas, *, posted: bool) -> dict[str, Any]:
    refusals = {str(status): ref(status) for status in statuses_of(name, method, posted=posted)}
    return {
        "tags": [group],
        "summary": method.title,
        "description": _description(method),
        "responses": {**_success(method, schemas), **refusals},
    }


def _description(method: Method) -> str:
    stated = []
    if callable(method.rights):
        stated.append("Which rights it needs depends on what is asked.")
    elif method.rights:
        stated.append(f"Needs the rights: {', '.join(method.rights)}.")
    else:
        stated.append("Any user may call it.")
    if one_of := needs_one_of(method.request):
        stated.append(f"One of these parameters is needed: {', '.join(one_of)}.")
    return " ".join(stated)


def _request_headers(name: str, method: Method) -> list[str]:
    return [
        *(["Idempotency-Key"] if not method.reads and name not in _WITHOUT_KEY else []),
        *(["If-Match"] if method.conditional else []),
        *(["Prefer"] if method.moves_on else []),
    ]


def _body(method: Method, request: Schema) -> dict[str, Any]:
    content: dict[str, Any] = {JSON: {"schema": request}}
    if method.example:
        content[JSON]["example"] = dict(method.example)
    files = {name: field.description for name, field in method.request.model_fields.items() if name in FILES}
    if files:
        content["multipart/form-data"] = {"schema": _with_files(request, files)}
    return {"required": bool(request.get("required") or needs_one_of(method.request)), "content": content}


def _with_files(request: Schema, files: Mapping[str, str | None]) -> Schema:
    """The same as a form, which has no null, with files beside the fields."""
    one = {"type": "string", "contentMediaType": "application/octet-stream"}
    several = {
        name: {
            **({"type": "array", "items": one, "maxItems": FILES[name]} if FILES[name] > 1 else one),
            "description": text,
        }
        for name, text in files.items()
    }
    fields = {name: in_query(found) | _text_of(found) for name, found in request["properties"].items()}
    return {**request, "properties": {**fields, **several}}


def _text_of(schema: Schema) -> Schema:
    return {"description": schema["description"]} if "description" in schema else {}


def _query(method: Method, request: Schema) -> list[dict[str, Any]]:
    return [
        {
            "name": name,
            "in": "query",
            "required": name in request.get("required", []),
            **_text_of(schema),
            "schema": in_query(schema),
            **({"example": method.example[name]} if name in method.example else {}),
        }
        for name, schema in request["properties"].items()
    ]


def _success(method: Method, schemas: Schemas) -> dict[str, Any]:
    """None for a method that refuses every call."""
    view = get_type_hints(method.view)["return"]
    if view is NoneType:
        return {}
    headers = {"RateLimit", "RateLimit-Policy"}
    if view is FileAnswer:
        types = {*(method.files or (kind.content_type for kind in KINDS.values())), _BYTES}
        content: dict[str, Any] = {each: {"schema": {}} for each in sorted(types)}
        headers |= {"Content-Disposition", "X-Content-Type-Options"}
    else:
        content = {JSON: {"schema": schemas.of_answer(view)}}
        if method.headers is not no_headers:
            headers |= {"ETag"} if view is OrderView else set()
            headers |= {"Location"} if method.status == HTTPStatus.CREATED else set()
    headers |= {"Preference-Applied"} if method.moves_on else set()
    text = "Made." if method.status == HTTPStatus.CREATED else "The file itself." if view is FileAnswer else "Done."
    return {str(method.status): {"description": text, "headers": header_refs(headers), "content": content}}
