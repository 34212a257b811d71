"""An HTTP request as API Gateway hands it over (payload 2.0), read into one call: method, parameters, door, credentials.

All seven request shapes of reference ubersmith-orders 4.1 end in the same tree of parameters.
"""

import base64
import json
from dataclasses import dataclass
from decimal import Decimal
from enum import Enum
from typing import Any

from lambdas.api.calls.card_data import refuse_card_data
from lambdas.api.calls.files import UploadedFile
from lambdas.api.calls.paths import is_api_2_0, method_in, path_of
from lambdas.api.calls.php_params import numbered, parse_encoded, tree_of
from lambdas.api.calls.sizes import refuse_large, refuse_outsized
from lambdas.api.errors import MalformedRequestError
from lambdas.orders.errors import Problem

_MAX_EXPONENT = 400


class Door(Enum):
    """How the caller speaks: Ubersmith's API 2.0, or one path per method."""

    API_2_0 = "api_2_0"
    METHOD_PATH = "method_path"


@dataclass(frozen=True)
class Call:
    """`method` may be empty or unknown; `parameters` hold no card data. A file's parameter is there and empty.

    `prefers_wait`: seconds of `Prefer: wait=N`.
    """

    door: Door
    method: str
    parameters: dict[str, Any]
    idempotency_key: str | None
    prefers_wait: int | None = None
    files: tuple[UploadedFile, ...] = ()


def door_of(event: dict[str, Any]) -> Door:
    return Door.API_2_0 if is_api_2_0(path_of(event)) else Door.METHOD_PATH


def read_call(event: dict[str, Any]) -> Call:
    """Raises MalformedRequestError, TooLargeError or CardDataError, none of which quotes a value."""
    query = parse_encoded(event.get("rawQueryString") or "")
    body, files = _read_body(event)
    refuse_card_data(
        {"path": event["rawPath"], "headers": {"idempotency-key": event["headers"].get("idempotency-key")}}
    )
    for sent in (query, body):
        refuse_outsized(sent)
        refuse_card_data(sent)
    door = door_of(event)
    parameters = {**query, **(numbered(body) if door is Door.API_2_0 else body)}
    if door is Door.METHOD_PATH:
        method = method_in(path_of(event))
    else:
        named = parameters.pop("method", "")
        method = named if isinstance(named, str) else ""
    key = event["headers"].get("idempotency-key") or None
    if key and len(key) > 255:
        raise MalformedRequestError(Problem("Idempotency-Key", "must have at most 255 characters"))
    wait = _preferred_wait(event["headers"].get("prefer"))
    return Call(door=door, method=method, parameters=parameters, idempotency_key=key, prefers_wait=wait, files=files)


def _preferred_wait(prefer: str | None) -> int | None:
    if not prefer:
        return None
    from lambdas.api.settling import preferred_wait

    return preferred_wait(prefer)


def _read_body(event: dict[str, Any]) -> tuple[dict[str, Any], tuple[UploadedFile, ...]]:
    """The parameters and the files of the body."""
    raw = event.get("body") or ""
    body = base64.b64decode(raw) if event.get("isBase64Encoded") else raw.encode()
    if not body.strip():
        return {}, ()
    content_type = event["headers"].get("content-type", "")
    if content_type.lower().startswith("multipart/form-data"):
        from lambdas.api.calls.multipart import read_multipart

        fields, files = read_multipart(content_type, body)
        refuse_large(sum(len(name) + len(value) for name, value in fields))
        return tree_of(fields), files
    refuse_large(len(body))
    return _read_text(content_type, body), ()


def _read_text(content_type: str, body: bytes) -> dict[str, Any]:
    try:
        text = body.decode()
    except UnicodeDecodeError:
        raise MalformedRequestError(message="the body is not UTF-8 text; encode it as UTF-8") from None
    is_json = "json" in content_type.lower() or text.lstrip()[:1] in ("{", "[") or text.strip() == "null"
    return _read_json(text) if is_json else parse_encoded(text.strip())


def _read_json(text: str) -> dict[str, Any]:
    try:
        parsed = json.loads(text, parse_float=_decimal, parse_constant=_no_constant)
    except RecursionError:
        raise MalformedRequestError(message="the body is nested too deeply") from None
    except ValueError:
        raise MalformedRequestError(message="the body is not JSON; send one JSON object with the parameters") from None
    if parsed is None or parsed == []:  # what PHP writes for no parameters
        return {}
    if not isinstance(parsed, dict):
        raise MalformedRequestError(message="the body must be one JSON object with the parameters")
    return parsed


def _decimal(text: str) -> Decimal:
    """`1e99999999` is short, but as a whole number it would fill the memory."""
    number = Decimal(text)
    if abs(number.adjusted()) > _MAX_EXPONENT:
        raise MalformedRequestError(message="a number in the body is out of range; if it is meant, send it as text")
    return number


def _no_constant(name: str) -> None:
    raise ValueError(f"{name} is not JSON")
