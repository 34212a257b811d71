"""API 2.0, the address of programs written for Ubersmith, as one path: what its methods answer is in their envelope."""

from typing import Any

from infra.generate.openapi.headers import header_refs

PATH = "/api/2.0"
_METHOD = {"type": "string", "description": "The method, such as `order.get`; it may stand in the query instead."}
_ENVELOPE = "#/components/schemas/Envelope"


def path_item(methods: list[str]) -> dict[str, Any]:
    return {
        "parameters": [
            {
                "name": "method",
                "in": "query",
                "required": False,
                "description": "The method; it may stand in the body too.",
                "schema": {"type": "string", "enum": methods},
                "example": "order.queue_list",
            }
        ],
        "get": {"operationId": "api_2_0_get", **_operation(), "parameters": _parameters()},
        "post": {"operationId": "api_2_0", **_operation(), "requestBody": _body()},
    }


def schemas() -> dict[str, Any]:
    """For `components.schemas`."""
    return {
        "Envelope": {
            "type": "object",
            "description": "Ubersmith's: of a refusal `status` is false, and `error_code` and `error_message` say why.",
            "properties": {
                "status": {"type": "boolean", "description": "Whether the method did it. False: it refused."},
                "error_code": {
                    "type": ["integer", "null"],
                    "description": "Number of the refusal, mostly 1; null if there is none.",
                },
                "error_message": {
                    "type": "string",
                    "description": "What is refused, and how to fix it; empty if nothing is.",
                },
                "data": {"description": "Of any type; empty text for a refusal."},
            },
            "required": ["status", "error_code", "error_message", "data"],
            "additionalProperties": False,
        },
    }


def _operation() -> dict[str, Any]:
    again = header_refs({"Retry-After"})
    return {
        "tags": ["api_2_0"],
        "summary": "Call a method of API 2.0",
        "description": "With a slash at the end or without. Parameters are those of the method's own path, and unknown ones are "
        "ignored. A refusal has status 200 too, unless it is the login's or this installation's.",
        "responses": {
            "200": {
                "description": "Done or refused, in the envelope; or the file that was asked for.",
                "content": {"*/*": {"schema": {}}, "application/json": {"schema": {"$ref": _ENVELOPE}}},
            },
            "401": _refusal("No login, or not a right one.", header_refs({"WWW-Authenticate"})),
            "403": _refusal("The user has not the right, or not in this queue or brand."),
            "429": _refusal("Too many calls in this minute, or too many failed logins.", again),
            "500": _refusal("Something went wrong here."),
            "503": _refusal(
                "Not possible at the moment; send it again in a moment, under the same Idempotency-Key.", again
            ),
        },
    }


def _refusal(text: str, headers: dict[str, Any] | None = None) -> dict[str, Any]:
    schema = {"anyOf": [{"$ref": _ENVELOPE}, {"$ref": "#/components/schemas/GatewayRefusal"}]}
    return {
        "description": text,
        **({"headers": headers} if headers else {}),
        "content": {"application/json": {"schema": schema if "login" not in text else {"$ref": _ENVELOPE}}},
    }


def _parameters() -> list[dict[str, Any]]:
    return [
        {
            "name": "parameters",
            "in": "query",
            "required": False,
            "description": "Those of the method, each by its own name; nested ones as `info[pack1][plan_id]=1`.",
            "style": "form",
            "explode": True,
            "schema": {"type": "object", "additionalProperties": {"type": "string"}},
            "example": {"brand_id": "1"},
        }
    ]


def _body() -> dict[str, Any]:
    free = {"type": "object", "properties": {"method": _METHOD}, "additionalProperties": True}
    form = {**free, "additionalProperties": {"type": "string"}}
    return {
        "required": False,
        "description": "The method's parameters; in a form nested ones as `info[pack1][plan_id]=1`.",
        "content": {
            "application/x-www-form-urlencoded": {"schema": form, "example": {"brand_id": "1"}},
            "application/json": {"schema": free, "example": {"brand_id": 1}},
            "multipart/form-data": {"schema": form},
        },
    }
