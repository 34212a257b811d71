"""The options that all commands share, and how refusals end a command.

Exit codes: 0 done, 1 refused or not all done, 2 the command line is wrong, 3 no login or no answer.
"""

from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from typing import Annotated, Any

import typer
from rich.console import Console

from infra.operate.order import tables
from infra.operate.order.connection import Connection, RefusedError, UnreachableError
from infra.operate.order.login import LoginError, login_of

REFUSED, NOT_REACHED = 1, 3

Stage = Annotated[str, typer.Option(envvar="ORDER_STAGE", help="The stage: local, dev, ...")]
AsJson = Annotated[bool, typer.Option("--json", help="Print the API's answer, for programs.")]
Reason = Annotated[str, typer.Option(help="Why, for those who look at the order later.")]
OrderId = Annotated[str, typer.Argument(help="The order, by its number.")]


@dataclass(frozen=True)
class Session:
    """`console` prints results, `errors` refusals."""

    connection: Connection
    console: Console
    as_json: bool

    def call(self, method: str, **parameters: Any) -> dict[str, Any]:
        return self.connection.call(method, parameters)

    def show(self, how: Any, found: dict[str, Any]) -> None:
        if self.as_json:
            tables.as_json(self.console, found)
        else:
            how(self.console, found)


def connect(stage: str) -> Connection:
    """Raises LoginError."""
    return Connection(login_of(stage))


@contextmanager
def session(stage: str, *, as_json: bool = False) -> Iterator[Session]:
    """End the command with its exit code if the API refuses or does not answer."""
    errors = Console(stderr=True)
    try:
        with closing(connect(stage)) as connection:
            yield Session(connection, Console(), as_json)
    except RefusedError as refused:
        tables.line(errors, f"refused ({refused.kind}): {refused}")
        raise typer.Exit(REFUSED) from None
    except (LoginError, UnreachableError) as error:
        tables.line(errors, str(error))
        raise typer.Exit(NOT_REACHED) from None
