"""Answers a path that names no method, without a login: nothing is behind it.

A browser that was challenged once sends its login with every later call, so only what needs a login challenges.
"""

import re
from http import HTTPStatus

from lambdas.api.errors import UnknownMethodError, WrongHttpMethodError
from lambdas.api.http.call import Door, HttpCall
from lambdas.api.http.card_data import refuse_card_data
from lambdas.api.http.paths import method_in
from lambdas.api.http.responses import Response, problem
from lambdas.api.table import method_named
from lambdas.orders.errors import CardDataError, OrderError

_TAKEN = ("GET", "POST")
_LED_ON = ("GET", "HEAD", "POST")  # a 308 keeps what is posted
_PLAIN_PATH = re.compile(r"(?:/[A-Za-z0-9._~-]{1,200}){1,6}")  # nothing that a browser could take for another host


def unserved(http: HttpCall) -> Response | None:
    """The answer to a path that names no method. None for a call, which needs a login."""
    if http.door is Door.API_2_0:
        return None
    path, verb = http.path, http.verb
    name = method_in(path)
    method = method_named(name)
    if method is not None:
        wrong = WrongHttpMethodError(name, *(_TAKEN if method.reads else ("POST",)))
        return None if verb in _TAKEN else _without_body(problem(wrong), verb)
    if verb in _LED_ON and http.raw_path != path and _PLAIN_PATH.fullmatch(path):
        query = f"?{http.query}" if http.query else ""
        return _without_body(_moved(f"{path}{query}"), verb)
    return _without_body(problem(_refusal(http.raw_path)), verb)


def _refusal(path: str) -> OrderError:
    try:
        refuse_card_data({"path": path})
    except CardDataError as refused:
        return refused
    return UnknownMethodError("there is nothing here; /docs lists what there is")


def _moved(location: str) -> Response:
    headers = {"Location": location, "Cache-Control": "no-store"}
    return {"statusCode": int(HTTPStatus.PERMANENT_REDIRECT), "headers": headers, "body": "", "isBase64Encoded": False}


def _without_body(response: Response, verb: str) -> Response:
    return {**response, "body": ""} if verb == "HEAD" else response
