"""An HTTP request as API Gateway hands it over (payload 2.0), read into one call: method, parameters, door, credentials.

All seven request shapes of reference ubersmith-orders 4.1 end in the same tree of parameters.
"""

import base64
import json
from dataclasses import dataclass
from decimal import Decimal
from enum import Enum
from typing import Any

from lambdas.api.card_data import refuse_card_data
from lambdas.api.errors import MalformedRequestError
from lambdas.api.php_params import parse_encoded, tree_of
from lambdas.orders.errors import Problem


class Door(Enum):
    """How the caller speaks: Ubersmith's API 2.0, or one path per method."""

    API_2_0 = "api_2_0"
    METHOD_PATH = "method_path"


@dataclass(frozen=True)
class Call:
    """`method` may be empty or unknown; `parameters` hold no card data."""

    door: Door
    method: str
    parameters: dict[str, Any]
    idempotency_key: str | None


def door_of(event: dict[str, Any]) -> Door:
    return Door.API_2_0 if event["rawPath"].rstrip("/") == "/api/2.0" else Door.METHOD_PATH


def read_call(event: dict[str, Any]) -> Call:
    """Raises MalformedRequestError or CardDataError, neither of which quotes a value."""
    query = parse_encoded(event.get("rawQueryString") or "")
    body = _read_body(event)
    refuse_card_data(
        {"path": event["rawPath"], "headers": {"idempotency-key": event["headers"].get("idempotency-key")}}
    )
    refuse_card_data(query)
    refuse_card_data(body)
    parameters = {**query, **body}
    door = door_of(event)
    if door is Door.METHOD_PATH:
        method = event["rawPath"].strip("/")
    else:
        named = parameters.pop("method", "")
        method = named if isinstance(named, str) else ""
    key = event["headers"].get("idempotency-key") or None
    if key and len(key) > 255:
        raise MalformedRequestError(Problem("Idempotency-Key", "must have at most 255 characters"))
    return Call(door=door, method=method, parameters=parameters, idempotency_key=key)


def _read_body(event: dict[str, Any]) -> dict[str, Any]:
    raw = event.get("body") or ""
    body = base64.b64decode(raw) if event.get("isBase64Encoded") else raw.encode()
    if not body.strip():
        return {}
    content_type = event["headers"].get("content-type", "")
    if content_type.lower().startswith("multipart/form-data"):
        return _read_multipart(content_type, body)
    try:
        text = body.decode()
    except UnicodeDecodeError:
        raise MalformedRequestError(message="the body is not UTF-8 text; encode it as UTF-8") from None
    is_json = "json" in content_type.lower() or text.lstrip()[:1] in ("{", "[") or text.strip() == "null"
    return _read_json(text) if is_json else parse_encoded(text.strip())


def _read_json(text: str) -> dict[str, Any]:
    try:
        parsed = json.loads(text, parse_float=Decimal, parse_constant=_no_constant)
    except RecursionError:
        raise MalformedRequestError(message="the body is nested too deeply") from None
    except ValueError:
        raise MalformedRequestError(message="the body is not JSON; send one JSON object with the parameters") from None
    if parsed is None:
        return {}
    if not isinstance(parsed, dict):
        raise MalformedRequestError(message="the body must be one JSON object with the parameters")
    return parsed


def _no_constant(name: str) -> None:
    raise ValueError(f"{name} is not JSON")


def _read_multipart(content_type: str, body: bytes) -> dict[str, Any]:
    from python_multipart.multipart import MultipartParser, parse_options_header

    _, options = parse_options_header(content_type)
    pairs: list[tuple[str, str]] = []
    part = _Part()
    callbacks: Any = {
        "on_part_begin": part.begin,
        "on_part_data": part.data,
        "on_part_end": lambda: pairs.append(part.pair()),
        "on_header_field": part.header_name,
        "on_header_value": part.header_value,
        "on_header_end": part.header_end,
    }
    try:
        parser = MultipartParser(options[b"boundary"], callbacks)
        parser.write(body)
        parser.finalize()
    except (KeyError, ValueError):
        raise MalformedRequestError(message="the multipart body cannot be read; check its boundary and parts") from None
    return tree_of(pairs)


class _Part:
    """Collects one part of a multipart body. Files are not part of any method yet and count as empty."""

    def begin(self) -> None:
        self._headers: dict[bytes, bytes] = {}
        self._name, self._value, self._content = b"", b"", b""

    def header_name(self, data: bytes, start: int, end: int) -> None:
        self._name += data[start:end]

    def header_value(self, data: bytes, start: int, end: int) -> None:
        self._value += data[start:end]

    def header_end(self) -> None:
        self._headers[self._name.lower()] = self._value
        self._name, self._value = b"", b""

    def data(self, data: bytes, start: int, end: int) -> None:
        self._content += data[start:end]

    def pair(self) -> tuple[str, str]:
        from python_multipart.multipart import parse_options_header

        _, options = parse_options_header(self._headers.get(b"content-disposition", b""))
        name = options.get(b"name", b"").decode()
        return name, "" if b"filename" in options else self._content.decode()
