"""The API described from its own table of methods, for programs that make clients of it (reference/ubersmith.md 7.2)."""

import inspect
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated, Any, TypedDict, get_origin

from typing_extensions import Doc

from lambdas.api.method import Method

_OUTPUT = {bool: "boolean", int: "integer", str: "string", dict: "map", list: "list"}


class ParameterDescription(TypedDict):
    param: Annotated[str, Doc("The parameter's name in a request.")]
    name: Annotated[str, Doc("Its name for people.")]
    required: Annotated[bool, Doc("Whether it must be sent.")]
    default: Annotated[Any, Doc("The value that applies if it is not sent.")]
    description: Annotated[str, Doc("What it does.")]


class MethodDescription(TypedDict):
    method: Annotated[str, Doc("The method's name.")]
    title: Annotated[str, Doc("What it does.")]
    description: Annotated[str, Doc("What it does, and the rights it needs.")]
    params: Annotated[list[ParameterDescription], Doc("Its parameters.")]
    output: Annotated[str, Doc("The kind of `data` in API 2.0.")]


@dataclass(frozen=True)
class NamedMethod:
    name: str
    method: Method


def described(named: NamedMethod) -> MethodDescription:
    method = named.method
    return {
        "method": named.name,
        "title": method.title,
        "description": f"{method.title}.{_rights(method)}",
        "params": parameters_of(method),
        "output": _output(method),
    }


def parameters_of(method: Method) -> list[ParameterDescription]:
    """From the model that reads the request, so that this cannot say anything else than what is done."""
    return [
        {
            "param": field.alias or key,
            "name": field.title or _words(field.alias or key),
            "required": field.is_required(),
            "default": None if field.is_required() else _plain(field.default),
            "description": field.description or "",
        }
        for key, field in method.request.model_fields.items()
    ]


def _plain(default: Any) -> Any:
    """As API 2.0 writes values: flags as 0 and 1; an empty map is no default."""
    match default:
        case bool():
            return int(default)
        case Mapping() if not default:
            return None
        case None | int() | str():
            return default
    return str(default) if default else None


def _words(name: str) -> str:
    """`order_queue_id` -> `Order Queue ID`."""
    words = name.removesuffix("*").strip("_").split("_")
    return " ".join("ID" if word == "id" else word.capitalize() for word in words)


def _rights(method: Method) -> str:
    if callable(method.rights) or not method.rights:
        return ""
    return f" Needs the rights {', '.join(method.rights)}."


def _output(method: Method) -> str:
    """From what makes the answer: its kind, and what its author says of it."""
    returns = inspect.get_annotations(method.answer, eval_str=True).get("return")
    kind = next((word for type_, word in _OUTPUT.items() if type_ in (returns, get_origin(returns))), "map")
    text = (inspect.getdoc(method.answer) or "").partition("\n\n")[0].replace("\n", " ")
    return f"{kind}: {text}" if text else kind
