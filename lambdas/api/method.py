"""A method of the API: one row of the table that both doors serve."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from lambdas.api.auth.caller import Caller
from lambdas.api.backend import Backend
from lambdas.api.http.parameters import Request
from lambdas.records.users.rights import Right

Rights = tuple[Right, ...]


def no_headers(found: Any) -> Mapping[str, str]:
    return {}


@dataclass(frozen=True, kw_only=True)
class Method:
    """`rights`: all that it needs; a function where that depends on the request; none: any user may call it.

    `verb` does it and returns what it found. Of that, `answer` makes API 2.0's `data`, and `view` what new callers get; the
    return type of `view` is the documented one.
    `reads`: changes nothing, may be called with GET. `example`: parameters of a call that works. `keeps_key`: it keeps the
    Idempotency-Key with what it makes. `moves_on`: the order in its answer moves on automatically, and callers may wait for that.
    `conditional`: does nothing if the order has another revision than `If-Match` names. `files`: media types of the file that it
    answers with; without, all that messages may carry.
    """

    title: str
    request: type[Request]
    rights: Rights | Callable[[Any], Rights]
    verb: Callable[[Backend, Any, Caller], Any]
    answer: Callable[[Any], Any]
    view: Callable[[Any], Any]
    reads: bool = False
    keeps_key: bool = False
    moves_on: bool = False
    conditional: bool = False
    status: int = 200
    headers: Callable[[Any], Mapping[str, str]] = no_headers
    example: Mapping[str, Any] = field(default_factory=dict)
    files: tuple[str, ...] = ()

    def needs(self, request: Request) -> Rights:
        return self.rights(request) if callable(self.rights) else self.rights
