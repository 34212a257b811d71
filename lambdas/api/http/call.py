"""An HTTP request as API Gateway hands it over (payload 2.0), read into one call: method, parameters, door, credentials.

All seven request shapes of reference ubersmith-orders 4.1 end in the same tree of parameters. Query and body are one, as in PHP's
`$_REQUEST`: merged map by map, and where both say something, the body counts.
"""

from dataclasses import dataclass
from enum import Enum
from typing import Any

from lambdas.api.errors import MalformedRequestError
from lambdas.api.http.bodies import read_body
from lambdas.api.http.card_data import refuse_card_data
from lambdas.api.http.files import UploadedFile
from lambdas.api.http.paths import is_api_2_0, method_in, path_of
from lambdas.api.http.php_params import numbered, parse_encoded
from lambdas.api.http.sizes import refuse_outsized
from lambdas.orders.errors import Problem
from lambdas.orders.model.info import merge


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
    body, files = read_body(event)
    refuse_card_data(
        {"path": event["rawPath"], "headers": {"idempotency-key": event["headers"].get("idempotency-key")}}
    )
    for sent in (query, body):
        refuse_outsized(sent)
        refuse_card_data(sent)
    door = door_of(event)
    parameters = merge(query, numbered(body) if door is Door.API_2_0 else body)
    if query and body:  # which may make a card's number together
        refuse_card_data(parameters)
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
    from lambdas.api.orders.wait import preferred_wait

    return preferred_wait(prefer)
