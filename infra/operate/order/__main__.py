"""`make order ARGS="..."`: orders of a stage from a terminal, over its API.

`--stage` names the stage, ORDER_STAGE too. `order login dev` keeps a login; ORDER_USER, ORDER_TOKEN and ORDER_URL win over it.
"""

from typing import Annotated

import typer
from rich.console import Console

from infra.operate.order import bulk, money_tables, pauses, tables
from infra.operate.order.login import LoginError, address_of, save_login
from infra.operate.order.session import NOT_REACHED, AsJson, OrderId, Reason, Stage, session

app = typer.Typer(no_args_is_help=True, add_completion=False, pretty_exceptions_enable=False)
app.add_typer(bulk.app, name="bulk")

_Action = Annotated[int, typer.Argument(help="The action, by its id on the order.")]
_Queue = Annotated[int | None, typer.Option(help="Only this queue.")]
_Cursor = Annotated[str | None, typer.Option(help="next_cursor of the page before.")]


@app.command()
def login(stage: Annotated[str, typer.Argument(help="The stage.")], url: str = "") -> None:
    """Keep user and token of a stage in a file that only you may read. Both are asked for; the token is not shown."""
    user = typer.prompt("user")
    token = typer.prompt("token", hide_input=True)
    try:
        file = save_login(stage, url or address_of(stage), user, token)
    except LoginError as error:
        tables.line(Console(stderr=True), str(error))
        raise typer.Exit(NOT_REACHED) from None
    tables.line(Console(), f"kept in {file}")


@app.command("list")
def list_orders(
    *,
    queue: _Queue = None,
    step: Annotated[int | None, typer.Option(help="Only this step.")] = None,
    limit: int = 50,
    cursor: _Cursor = None,
    stage: Stage = "local",
    as_json: AsJson = False,
) -> None:
    """List orders, oldest first."""
    with session(stage, as_json=as_json) as api:
        found = api.call("order.list", order_queue_id=queue, order_step_id=step, limit=limit, cursor=cursor)
        api.show(lambda console, page: tables.orders(console, page["orders"]), found)


@app.command()
def get(
    order_id: OrderId,
    at: Annotated[
        str | None, typer.Option(help="As it was: a revision, or a time such as 2026-11-27T08:30:00Z.")
    ] = None,
    stage: Stage = "local",
    as_json: AsJson = False,
) -> None:
    """Show one order with its checklist."""
    with session(stage, as_json=as_json) as api:
        api.show(tables.order, api.call("order.get", order_id=order_id, at=at))


@app.command()
def history(
    order_id: OrderId,
    *,
    oldest_first: Annotated[bool, typer.Option("--oldest-first", help="Begin with how it was created.")] = False,
    limit: int = 50,
    cursor: _Cursor = None,
    stage: Stage = "local",
    as_json: AsJson = False,
) -> None:
    """Show who changed an order, when, how, why and what, the latest change first."""
    direction = "asc" if oldest_first else None
    with session(stage, as_json=as_json) as api:
        found = api.call("order.history", order_id=order_id, direction=direction, limit=limit, cursor=cursor)
        api.show(tables.history, found)


@app.command()
def effects(order_id: OrderId, stage: Stage = "local", as_json: AsJson = False) -> None:
    """Say whether a client was charged twice, and list what the payment provider was asked for."""
    with session(stage, as_json=as_json) as api:
        api.show(money_tables.effects, api.call("order.effects", order_id=order_id))


@app.command()
def search(
    query: list[str], limit: int = 50, cursor: _Cursor = None, stage: Stage = "local", as_json: AsJson = False
) -> None:
    """Find orders by number, name, address, domain or telephone number."""
    with session(stage, as_json=as_json) as api:
        found = api.call("order.search", query=" ".join(query), limit=limit, cursor=cursor)
        api.show(lambda console, page: tables.orders(console, page["orders"]), found)


@app.command()
def worklist(
    *,
    queue: _Queue = None,
    team: Annotated[str | None, typer.Option(help="Only this team.")] = None,
    mine: Annotated[bool, typer.Option("--mine", help="Only what is in your hands.")] = False,
    overdue: Annotated[bool, typer.Option("--overdue", help="Only what is overdue.")] = False,
    limit: int = 50,
    stage: Stage = "local",
    as_json: AsJson = False,
) -> None:
    """List what waits for somebody, most urgent first."""
    with session(stage, as_json=as_json) as api:
        found = api.call(
            "order.worklist", order_queue_id=queue, team=team, mine=mine or None, overdue=overdue or None, limit=limit
        )
        api.show(tables.worklist, found)


@app.command()
def process(order_id: OrderId, action: _Action, stage: Stage = "local", as_json: AsJson = False) -> None:
    """Process an action of an order."""
    with session(stage, as_json=as_json) as api:
        api.show(tables.order, api.call("order.process", order_id=order_id, order_action_id=action))


@app.command()
def skip(order_id: OrderId, action: _Action, reason: Reason, stage: Stage = "local", as_json: AsJson = False) -> None:
    """Skip an action of an order."""
    with session(stage, as_json=as_json) as api:
        found = api.call("order.process", order_id=order_id, order_action_id=action, skip=True, reason=reason)
        api.show(tables.order, found)


@app.command()
def cancel(order_id: OrderId, reason: Reason, stage: Stage = "local", as_json: AsJson = False) -> None:
    """Cancel an order. This is final."""
    with session(stage, as_json=as_json) as api:
        api.show(tables.order, api.call("order.cancel", order_id=order_id, reason=reason))


@app.command()
def restart(order_id: OrderId, stage: Stage = "local", as_json: AsJson = False) -> None:
    """Start a new execution of an order whose machine was stopped."""
    with session(stage, as_json=as_json) as api:
        api.show(tables.order, api.call("order.restart", order_id=order_id))


@app.command()
def move(
    order_id: OrderId,
    step: Annotated[str, typer.Argument(help="The step, by its name.")],
    reason: Reason,
    stage: Stage = "local",
    as_json: AsJson = False,
) -> None:
    """Move an order to another step."""
    with session(stage, as_json=as_json) as api:
        api.show(tables.order, api.call("order.update", order_id=order_id, step_name=step, reason=reason))


@app.command()
def note(order_id: OrderId, text: str, stage: Stage = "local", as_json: AsJson = False) -> None:
    """Write a note for staff on an order."""
    with session(stage, as_json=as_json) as api:
        found = api.call("order.note", order_id=order_id, note=text)
        api.show(lambda console, post: tables.line(console, f"note {post['post_id']} by {post['author']}"), found)


pauses.add_to(app)


def main() -> None:
    app(prog_name="order")


if __name__ == "__main__":
    main()
