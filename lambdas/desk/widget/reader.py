"""The widget that shows: worklist, board, orders of a step, one order. It changes nothing."""

from collections.abc import Callable, Mapping
from typing import Any

from lambdas.desk.pages.board import read_board
from lambdas.desk.pages.order_list import read_orders
from lambdas.desk.pages.order_page import view_of
from lambdas.desk.pages.search import find_orders
from lambdas.desk.pages.worklist import ALL, read_worklist
from lambdas.desk.widget.call import ForgedCallError, WidgetCall, is_description
from lambdas.desk.widget.drawing import Endpoints, drawn, message
from lambdas.desk.widget.parts import WidgetParts, widget_parts
from lambdas.desk.widget.runbooks import runbook_addresses
from lambdas.desk.widget.staff import CONSOLE, SHOWN, console_links, partition_of
from lambdas.orders.errors import OrderError
from lambdas.runtime.cold_start import prepare
from lambdas.runtime.retry_budget import retry_budget
from lambdas.runtime.telemetry import MetricUnit, log_unexpected, logger, metrics
from lambdas.web.http import RefusedError

DESCRIPTION = """## Order desk
Shows orders. Parameters: `show` is `worklist`, `board` (at first), `step` with `queue` and `step`,
`find` with `query`, or `order` with `order_id`.
Buttons that act call another function, so that IAM decides who may act.
"""


@metrics.log_metrics
def handler(event: dict[str, Any], context: Any) -> str | dict[str, str]:
    """HTML of the page. The console calls it for a viewer who may invoke this function."""
    if is_description(event):
        return {"markdown": DESCRIPTION}
    with retry_budget(context):
        return show(event, widget_parts(), reader=context.invoked_function_arn, request_id=context.aws_request_id)


def show(event: Mapping[str, Any], parts: WidgetParts, *, reader: str, request_id: str) -> str:
    """Every refusal is a message in the widget."""
    metrics.add_metric("DeskWidgets", MetricUnit.Count, 1)
    try:
        call = WidgetCall.of(_parameters(event))
        page = _PAGES.get(call.show)
        if page is None:
            return message("Page not found", "The widget's parameter show is worklist, board, step, find or order.")
        return page(call, parts, parts.endpoints(reader))
    except ForgedCallError as forged:
        return message("Not shown", f"{forged}. Load the dashboard again.")
    except RefusedError as refused:
        return message(refused.title, refused.text)
    except OrderError as error:
        logger.info("widget refused", kind=error.kind)
        return message("Not possible", f"{error.message[:1].upper()}{error.message[1:]}.")
    except Exception as error:  # noqa: BLE001 - the viewer gets a message, the log the place
        log_unexpected("unexpected error in a widget", error, request_id=request_id)
        return message("Something went wrong", f"The error is logged under number {request_id}.")


def _parameters(event: Mapping[str, Any]) -> Mapping[str, Any]:
    """A button's JSON, or the parameters that the widget was configured with."""
    context = event.get("widgetContext")
    configured = context.get("params") if isinstance(context, Mapping) else None
    return {**configured, **event} if isinstance(configured, Mapping) else event


def _board(call: WidgetCall, parts: WidgetParts, endpoints: Endpoints) -> str:
    return drawn("board.html", call, endpoints, queues=read_board(parts.desk, CONSOLE))


def _worklist(call: WidgetCall, parts: WidgetParts, endpoints: Endpoints) -> str:
    """Of everybody: a call does not say whose teams are the viewer's."""
    return drawn("worklist.html", call, endpoints, work=read_worklist(parts.desk, CONSOLE, ALL, call.cursor))


def _step(call: WidgetCall, parts: WidgetParts, endpoints: Endpoints) -> str:
    found = read_orders(parts.desk, CONSOLE, int(call.queue), int(call.step), call.cursor)
    return drawn("orders.html", call, endpoints, list=found)


def _find(call: WidgetCall, parts: WidgetParts, endpoints: Endpoints) -> str:
    found = find_orders(parts.desk, CONSOLE, call.query or call.inputs_of("desk").get("query", ""), call.cursor)
    if found.only:
        return _order(call.changed(order_id=found.only), parts, endpoints)
    return drawn("found.html", call, endpoints, found=found)


def _order(call: WidgetCall, parts: WidgetParts, endpoints: Endpoints) -> str:
    order = parts.desk.order(CONSOLE, call.order_id)
    machine = parts.machines.get(str(order.order_queue_id), "")
    links = console_links(order, machine, parts.region)
    runbook = runbook_addresses(parts.stack_name, partition_of(machine), parts.region)
    view = view_of(parts.desk, SHOWN, order)
    shown = {"order": view, "notice": "", "refusal": None, "typed": {}, "wish": None}
    return drawn("order.html", call, endpoints, links=links, runbook=runbook, **shown)


_PAGES: dict[str, Callable[[WidgetCall, WidgetParts, Endpoints], str]] = {
    "board": _board,
    "worklist": _worklist,
    "step": _step,
    "find": _find,
    "order": _order,
}

prepare(widget_parts)
