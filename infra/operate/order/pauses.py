"""`order pause`, `order resume` and `order pauses`. The first two do nothing but show, unless they are called with --execute."""

from typing import Annotated, Any

import typer

from infra.operate.order import tables
from infra.operate.order.session import AsJson, Session, Stage, session

_Module = Annotated[str | None, typer.Option(help="A module, by its name: its actions wait, in every queue.")]
_Gateway = Annotated[str | None, typer.Option(help="A payment gateway, by its name: no money is moved at it.")]
_Queue = Annotated[int | None, typer.Option(help="A queue, by its id: its orders are not submitted, and stay leads.")]
_Execute = Annotated[bool, typer.Option("--execute", help="Do it.")]
_Yes = Annotated[bool, typer.Option("--yes", help="Ask nothing before.")]


def add_to(app: typer.Typer) -> None:
    app.command()(pause)
    app.command()(resume)
    app.command()(pauses)


def pause(
    *,
    module: _Module = None,
    gateway: _Gateway = None,
    queue: _Queue = None,
    minutes: Annotated[int, typer.Option(help="How long, at most seven days.")],
    reason: Annotated[str, typer.Option(help="Why: it stands on the orders that wait.")],
    pause_id: Annotated[
        str, typer.Option(help="A pause that is there, as `order pauses` lists it, to give it another end and reason.")
    ] = "",
    execute: _Execute = False,
    yes: _Yes = False,
    stage: Stage = "local",
    as_json: AsJson = False,
) -> None:
    """Pause a module, the gateway or the submits of a queue. Without --execute, show what would be paused."""
    thing, changes = _thing(module, gateway, queue), {"pause_id": pause_id} if pause_id else {}
    act = f"let the pause {pause_id} of {_named(thing)} end in" if changes else f"pause {_named(thing)} for"
    with session(stage, as_json=as_json) as api:
        if _confirmed(api, f"{act} {minutes} minutes", execute=execute, yes=yes):
            done = api.call("order.pause", **thing, **changes, minutes=minutes, reason=reason)
            api.show(_show_one, done)


def resume(
    *,
    module: _Module = None,
    gateway: _Gateway = None,
    queue: _Queue = None,
    execute: _Execute = False,
    yes: _Yes = False,
    stage: Stage = "local",
    as_json: AsJson = False,
) -> None:
    """End a pause; its orders continue. Without --execute, show what is paused."""
    thing = _thing(module, gateway, queue)
    with session(stage, as_json=as_json) as api:
        if _confirmed(api, f"end the pause of {_named(thing)}", execute=execute, yes=yes):
            api.show(_show_one, api.call("order.resume", **thing))


def pauses(stage: Stage = "local", as_json: AsJson = False) -> None:
    """List what is paused, and pauses that are over while their orders are being continued."""
    with session(stage, as_json=as_json) as api:
        api.show(lambda console, found: tables.pauses(console, found["pauses"]), api.call("order.pause_list"))


def _thing(module: str | None, gateway: str | None, queue: int | None) -> dict[str, Any]:
    """The one thing that is named, as the API calls it. Raises BadParameter."""
    named = {"module": module, "gateway": gateway, "order_queue_id": queue}
    found = {name: value for name, value in named.items() if value}
    if len(found) != 1:
        raise typer.BadParameter("name one of --module, --gateway and --queue")
    return found


def _named(thing: dict[str, Any]) -> str:
    [(kind, name)] = thing.items()
    return f"{'submits of queue' if kind == 'order_queue_id' else kind} {name}"


def _confirmed(api: Session, act: str, *, execute: bool, yes: bool) -> bool:
    """Whether the act shall be done. Without --execute, say what would be, beside what is paused now."""
    if execute:
        return yes or typer.confirm(f"{act}?", abort=True, err=True)
    now = api.call("order.pause_list")
    api.show(lambda console, found: tables.pauses(console, found["pauses"]), now)
    if not api.as_json:
        tables.line(api.console, f"would {act}; nothing was done; --execute does it")
    return False


def _show_one(console: Any, found: dict[str, Any]) -> None:
    tables.pauses(console, [found])
