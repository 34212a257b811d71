"""Finds the method of a call, and reads its request as the method's model has it."""

import re
from collections.abc import Mapping
from typing import Any

from pydantic import ValidationError

from lambdas.api.errors import MalformedRequestError, UnknownMethodError, WrongHttpMethodError
from lambdas.api.http.call import Call, Door
from lambdas.api.http.files import FILE_PARAMETERS
from lambdas.api.http.leniency import as_php_reads
from lambdas.api.http.parameters import ParameterError, Request
from lambdas.api.method import Method
from lambdas.api.table import method_named
from lambdas.orders.card_numbers.numbers import has_card_number
from lambdas.orders.errors import Problem
from lambdas.runtime.validation_messages import message_of, path_of

_FLAT_INFO = re.compile(r"(?!info$)(?i:info)(?:$|[^A-Za-z0-9])")
_NESTED = re.compile(r"\A\s*(\w+)\s*(?:\[|%5[bB]|\.)")
_MOST_PROBLEMS = 20  # in one refusal


def find_method(call: Call) -> Method:
    """Raises UnknownMethodError, or WrongHttpMethodError if it does not accept the HTTP method."""
    method = method_named(call.method)
    if method is None:
        named = call.method if call.method.replace(".", "").replace("_", "").isalnum() and len(call.method) < 64 else ""
        raise UnknownMethodError(f"invalid method specified: {named}")
    allowed = ("GET", "POST") if method.reads or call.door is Door.API_2_0 else ("POST",)
    if call.verb not in allowed:
        raise WrongHttpMethodError(call.method, *allowed)
    return method


def read_request(method: Method, call: Call) -> Request:
    """Raises MalformedRequestError naming each field. Unknown parameters are refused for new callers only."""
    known = {field.alias or name for name, field in method.request.model_fields.items()}
    strange = {name for name in call.parameters.keys() - known if not method.request.takes(name)}
    unknown = sorted(strange) if call.door is Door.METHOD_PATH else []
    if unknown:
        text = f"no such parameter; {call.method} takes {', '.join(sorted(known)) or 'none'}"
        raise MalformedRequestError(*(Problem(name[:60], text) for name in unknown[:20]))
    _refuse_stray_files(call, known)
    parameters = call.parameters
    if call.door is Door.API_2_0:
        _refuse_flat_names(known, parameters)
        parameters = as_php_reads(method.request, parameters)
    else:
        _refuse_empty_filters(method.request, parameters)
    try:
        return method.request.model_validate(parameters)
    except ValidationError as error:
        problems = [_problem(found) for found in error.errors(include_input=False, include_url=False)[:_MOST_PROBLEMS]]
        texts = "; ".join(f"{problem.field} {problem.text}" for problem in problems)
        raise MalformedRequestError(*problems, message=f"request failed: {texts}") from None


def _refuse_stray_files(call: Call, known: set[str]) -> None:
    """A file under another name would be lost in silence, and a value sent as a file would be empty."""
    taken = FILE_PARAMETERS & known
    stray = [file.field for file in call.files if file.field.partition("[")[0].strip() not in taken]
    if stray:
        instead = f"name its field {min(taken)}" if taken else "send a value as a part without a file name"
        text = f"is a file, which {call.method} does not take; {instead}"
        raise MalformedRequestError(*(Problem(_named(name), text) for name in stray[:_MOST_PROBLEMS]))


def _refuse_flat_names(known: set[str], sent: dict[str, Any]) -> None:
    """PHP reads `info.first` as `info_first`, which no method has. The order would lose its data in silence."""
    flat = [(name, head) for name in sorted(sent.keys() - known) if (head := _nested_in(name, known))]
    if flat:
        text = "is not read; write {0}[name]=value in a form, its brackets escaped once, or {0} as a map in JSON"
        raise MalformedRequestError(*(Problem(_named(name), text.format(head)) for name, head in flat[:_MOST_PROBLEMS]))
    info = sent.get("info")
    if "info" in known and isinstance(info, Mapping) and info and all(key.isdecimal() for key in info):
        raise MalformedRequestError(Problem("info", "must be a map of names to values, not a list"))


def _nested_in(name: str, known: set[str]) -> str:
    """The parameter that the name belongs in. Empty: none."""
    if "info" in known and _FLAT_INFO.match(name):
        return "info"
    found = _NESTED.match(name)
    return found[1].lower() if found and found[1].lower() in known else ""


def _named(name: str) -> str:
    return "a parameter" if has_card_number(name) else name[:60]


def _refuse_empty_filters(request: type[Request], sent: dict[str, Any]) -> None:
    empty = [
        name for name in sorted(request.FILTERS & sent.keys()) if _is_empty(sent[name], name in request.ZERO_FILTERS)
    ]
    if empty:
        text = "is empty, which would list everything; say which one, or leave it out"
        raise MalformedRequestError(*(Problem(name, text) for name in empty))


def _is_empty(value: Any, zero_says_something: bool) -> bool:
    if value is None or isinstance(value, Mapping | list | bool):
        return not value
    text = str(value).strip()
    return not text or (not zero_says_something and not text.strip("+-0."))


def _problem(found: Any) -> Problem:
    broken = found.get("ctx", {}).get("error")
    if isinstance(broken, ParameterError):
        return Problem(broken.field, str(broken))
    text = "parameter not supplied" if found["type"] == "missing" else message_of(found)
    return Problem(path_of(found), text)
