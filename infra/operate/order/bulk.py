"""`order bulk`: one verb on many orders. It shows a preview and does nothing more, unless it is called with --execute."""

import time
from typing import Annotated, Any

import typer

from infra.operate.order import tables
from infra.operate.order.session import REFUSED, AsJson, Session, Stage, session

app = typer.Typer(no_args_is_help=True, help="One verb on many orders: a preview, and with --execute the run of it.")

_POLL_SECONDS = 1.0
_GOING = ("running", "stopping")
_PAGE = 1000
_RunId = Annotated[str, typer.Argument(help="The run, as `order bulk do --execute` named it.")]


@app.command("do")
def do(
    *,
    verb: Annotated[str, typer.Argument(help="process, retry, skip, cancel, restart, move or assign.")],
    orders: Annotated[list[str] | None, typer.Argument(help="The orders, by number; or a filter.")] = None,
    queue: Annotated[int | None, typer.Option(help="Only orders of this queue.")] = None,
    step: Annotated[int | None, typer.Option(help="Only orders in this step.")] = None,
    state: Annotated[str | None, typer.Option(help="failed, waiting, overdue or stopped.")] = None,
    waits_in: Annotated[str | None, typer.Option(help="Only orders of which this module failed or waits.")] = None,
    because: Annotated[
        str | None, typer.Option(help="Only orders that failed or wait for a reason with this text.")
    ] = None,
    since: Annotated[int | None, typer.Option(help="Only orders received then or later, in Unix seconds.")] = None,
    until: Annotated[int | None, typer.Option(help="Only orders received then or earlier.")] = None,
    action: Annotated[int | None, typer.Option(help="The action to process or skip, by its id.")] = None,
    module: Annotated[str | None, typer.Option(help="The module of the actions to process or skip.")] = None,
    to_step: Annotated[str | None, typer.Option(help="With move: the step's name.")] = None,
    user: Annotated[str | None, typer.Option(help="With assign: who gets what waits.")] = None,
    execute: Annotated[bool, typer.Option("--execute", help="Run what the preview shows.")] = False,
    reason: Annotated[str, typer.Option(help="Why; needed with --execute.")] = "",
    yes: Annotated[bool, typer.Option("--yes", help="Ask nothing before the run.")] = False,
    wait: Annotated[bool, typer.Option(help="Wait for the run's end.")] = True,
    stage: Stage = "local",
    as_json: AsJson = False,
) -> None:
    """Preview a verb on many orders. With --execute, ask, and run it."""
    # Longer than 30 lines, because each option is a line.
    if execute and not reason.strip():
        raise typer.BadParameter("say why with --reason", param_hint="--reason")
    selection = {"order_ids": orders or None, "order_queue_id": queue, "order_step_id": step, "state": state}
    times = {"waits_in_module": waits_in, "waits_because": because, "min_ts": since, "max_ts": until}
    target = {"order_action_id": action, "module": module, "step_name": to_step, "user": user}
    with session(stage, as_json=as_json) as api:
        preview = _whole_preview(api, {"verb": verb, **selection, **times, **target})
        if not (execute and as_json):
            api.show(tables.preview, preview)
        if not execute:
            if not as_json:
                tables.line(api.console, "nothing was done; --execute --reason '...' runs it")
            return
        if not yes:
            typer.confirm(f"{preview['acting']} orders: run it?", abort=True, err=True)
        begun = api.call("order.bulk_run", preview=preview["preview"], reason=reason)
        _report(api, begun["bulk_run_id"], wait=wait)


@app.command("show")
def show(run_id: _RunId, wait: bool = False, stage: Stage = "local", as_json: AsJson = False) -> None:
    """Show a run and the outcome of each of its orders."""
    with session(stage, as_json=as_json) as api:
        _report(api, run_id, wait=wait)


@app.command("list")
def list_runs(
    *,
    limit: Annotated[int, typer.Option(help="How many at most.")] = 20,
    cursor: Annotated[str | None, typer.Option(help="next_cursor of the page before.")] = None,
    stage: Stage = "local",
    as_json: AsJson = False,
) -> None:
    """List the runs that you may see, the latest first."""
    with session(stage, as_json=as_json) as api:
        api.show(tables.runs, api.call("order.bulk_list", limit=limit, cursor=cursor))


@app.command("stop")
def stop(
    run_id: _RunId,
    reason: Annotated[str, typer.Option(help="Why.")] = "",
    stage: Stage = "local",
    as_json: AsJson = False,
) -> None:
    """Begin no further order of a run."""
    with session(stage, as_json=as_json) as api:
        api.show(tables.run, api.call("order.bulk_stop", bulk_run_id=run_id, reason=reason or None))


@app.command("resume")
def resume(run_id: _RunId, wait: bool = True, stage: Stage = "local", as_json: AsJson = False) -> None:
    """Continue a stopped or unfinished run of your own."""
    with session(stage, as_json=as_json) as api:
        api.call("order.bulk_run", bulk_run_id=run_id)
        _report(api, run_id, wait=wait)


def _whole_preview(api: Session, asked: dict[str, Any]) -> dict[str, Any]:
    found = api.call("order.bulk_preview", **asked)
    while not found["complete"]:
        found = api.call("order.bulk_preview", preview=found["preview"])
    return found


def _report(api: Session, run_id: str, *, wait: bool) -> None:
    """Show the run, at its end if it is waited for. The exit code is 1 if it ended and not all of its orders are done."""
    found = api.call("order.bulk_get", bulk_run_id=run_id, limit=1)
    while wait and found["state"] in _GOING:
        time.sleep(_POLL_SECONDS)
        found = api.call("order.bulk_get", bulk_run_id=run_id, limit=1)
    found = _with_all_outcomes(api, run_id)
    api.show(tables.run, found)
    if found["state"] not in _GOING and found["done"] < found["orders"]:
        raise typer.Exit(REFUSED)


def _with_all_outcomes(api: Session, run_id: str) -> dict[str, Any]:
    found = api.call("order.bulk_get", bulk_run_id=run_id, limit=_PAGE)
    while found["next_cursor"]:
        page = api.call("order.bulk_get", bulk_run_id=run_id, limit=_PAGE, cursor=found["next_cursor"])
        found = {**page, "outcomes": [*found["outcomes"], *page["outcomes"]]}
    return found
