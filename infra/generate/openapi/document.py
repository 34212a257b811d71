"""The whole document (https://spec.openapis.org/oas/v3.1.1.html), the same for the same methods."""

import json
from importlib import import_module
from importlib.util import find_spec
from types import ModuleType
from typing import Any

from infra.generate.openapi import api_2_0, refusals
from infra.generate.openapi.headers import headers, parameters
from infra.generate.openapi.operations import path_item
from infra.generate.openapi.schemas import Schemas
from lambdas.api.installation.methods import VERSION
from lambdas.api.table import GROUPS, every_method, subject_of

_DESCRIPTION = """\
Orders, and all that goes with them: one path per method, parameters in, data out.

* **Login**: HTTP Basic with user and token. Users have rights, per queue and brand.
* **Parameters** are JSON; methods that only read take them in the query too (GET). Unknown ones are refused.
* **Refusals** are problem documents (RFC 9457): `type` is for programs, `detail` and `errors` are for people. Any other
  HTTP method on a path is refused with 405.
* **Repeats**: with an `Idempotency-Key` a request is done once, however often it is sent.
* **Concurrent changes**: an order's `ETag` is its revision; `If-Match` refuses a change of another one.
* **Money** is decimal text, times in answers are ISO 8601 in UTC, times in parameters Unix seconds.
* **Card numbers and card codes are refused** wherever they stand; send the token of the payment page.

Programs written for Ubersmith call `/api/2.0/` with the same methods.
"""


def document() -> dict[str, Any]:
    schemas = Schemas()
    methods = dict(every_method())
    paths = {
        f"/{name}": path_item(name, methods[name], subject_of(group), schemas)
        for group, names in GROUPS.items()
        for name in names
    }
    own = schemas.found | refusals.schemas() | api_2_0.schemas()
    return {
        "openapi": "3.1.1",
        "info": {"title": "Order queues", "version": VERSION, "description": _DESCRIPTION},
        "servers": [{"url": "/"}],
        "security": [{"basic": []}],
        "tags": _tags(),
        "paths": {**paths, api_2_0.PATH: api_2_0.path_item(list(methods))},
        "components": {
            "securitySchemes": {"basic": {"type": "http", "scheme": "basic", "description": "User and token."}},
            "parameters": parameters(),
            "headers": headers(),
            "responses": refusals.responses(),
            "schemas": dict(sorted(own.items())),
        },
    }


def written(found: dict[str, Any]) -> str:
    """As it is checked in."""
    return json.dumps(found, indent=1, ensure_ascii=False) + "\n"


def _tags() -> list[dict[str, str]]:
    """The subjects of the API. Each is described by the first line of its module of methods, or of its folder."""
    subjects = dict.fromkeys(map(subject_of, GROUPS))
    texts = {name: (_room(name).__doc__ or "").partition("\n")[0] for name in subjects}
    texts["api_2_0"] = "The address of programs written for Ubersmith."
    return [{"name": name, "description": text} for name, text in texts.items()]


def _room(subject: str) -> ModuleType:
    methods = f"lambdas.api.{subject}.methods"
    return import_module(methods if find_spec(methods) else f"lambdas.api.{subject}")
