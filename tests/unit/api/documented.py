"""Holds every answer that a test of the API gets to the OpenAPI document: status, content type, headers and body."""

from functools import cache
from typing import Any

from jsonschema_rs import Draft202012Validator

from infra.generate.openapi.api_2_0 import PATH as API_2_0
from infra.generate.openapi.document import document
from lambdas.api.http.responses import Response

_ALWAYS = {"Content-Type", "Cache-Control"}
_VERBS = ("get", "post")


@cache
def the_document() -> dict[str, Any]:
    """As the code is now; that docs/openapi.json is the same is a test of its own."""
    found = document()
    for schema in found["components"]["schemas"].values():
        if "properties" in schema and schema is not found["components"]["schemas"]["Problem"]:
            schema["additionalProperties"] = False  # a field nobody documented is a fault
    return found


def hold_to_document(path: str, http_method: str, response: Response, content: Any) -> None:
    """`content`: the body, read. Fails if the document says something else. What has no path there is not looked at."""
    named = path.rstrip("/") if path.rstrip("/") == API_2_0 else path
    verb, status = http_method.lower(), str(response["statusCode"])
    item = the_document()["paths"].get(named, {})
    if verb not in _VERBS or verb not in item:
        return
    where = f"{http_method} {named} -> {status}"
    assert status in item[verb]["responses"], f"{where} is not documented: {content}"
    said = _resolved(item[verb]["responses"][status])
    headers = response["headers"]
    content_type = headers["Content-Type"]
    kind = content_type if content_type in said["content"] else "*/*"
    assert kind in said["content"], f"{where}: {content_type} is not documented"
    if named != API_2_0:
        assert headers.keys() - _ALWAYS <= said["headers"].keys(), where
    needed = {name for name, each in said.get("headers", {}).items() if _resolved(each)["required"]}
    assert needed <= headers.keys(), where
    if not isinstance(content, bytes):  # a file is whatever it is
        validator = _validator(named, verb, status, kind)
        assert [f"{each.instance_path}: {each.message}" for each in validator.iter_errors(content)] == [], where


@cache
def _validator(path: str, verb: str, status: str, content_type: str) -> Draft202012Validator:
    found = the_document()
    said = _resolved(found["paths"][path][verb]["responses"][status])
    return Draft202012Validator({**said["content"][content_type]["schema"], "components": found["components"]})


def _resolved(said: dict[str, Any]) -> dict[str, Any]:
    """What a `$ref` into the components points at."""
    target: Any = the_document()
    for part in said.get("$ref", "#").split("/")[1:]:
        target = target[part]
    return dict(target) if "$ref" in said else said
