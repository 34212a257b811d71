"""The widget's function that acts: harmless acts alone, each with a reason, on the revision that the viewer saw.

A call names nobody. So money, skips, moves, cancels, pauses and acts on many orders need the desk or the API, which know
who asks.
"""

from collections.abc import Mapping
from typing import Any

from lambdas.desk.acts.act import NOTE, PROCESS
from lambdas.desk.acts.carry_out import NOTICES, carry_out
from lambdas.desk.acts.note import add_note
from lambdas.desk.acts.seen import changes_since
from lambdas.desk.acts.wish import Wish
from lambdas.desk.widget.call import ForgedCallError, WidgetCall, is_description
from lambdas.desk.widget.drawing import HARMLESS, message
from lambdas.desk.widget.parts import WidgetParts, widget_parts
from lambdas.desk.widget.staff import CONSOLE
from lambdas.orders.errors import OrderError, RevisionDiffersError
from lambdas.runtime.cold_start import prepare
from lambdas.runtime.retry_budget import retry_budget
from lambdas.runtime.telemetry import MetricUnit, log_unexpected, logger, metrics
from lambdas.web.http import RefusedError

_AGAIN = "Refresh the widget to see the order as it is now."


@metrics.log_metrics
def handler(event: dict[str, Any], context: Any) -> str | dict[str, str]:
    """HTML of a pop-up that says what was done, or why nothing was."""
    if is_description(event):
        return {"markdown": "Acts on orders for the widgets of the order desk. It is called by their buttons alone."}
    with retry_budget(context):
        return act(event, widget_parts(), request_id=context.aws_request_id)


def act(event: Mapping[str, Any], parts: WidgetParts, *, request_id: str) -> str:
    """Every refusal is a message. Nothing is done on another revision than the one that the button was drawn for."""
    try:
        call = WidgetCall.of(event)
        return _act(call, parts)
    except ForgedCallError as forged:
        return message("Nothing was done", f"{forged}. Load the dashboard again.")
    except RevisionDiffersError:
        order = parts.desk.order(CONSOLE, call.order_id)
        return message("Nothing was done: the order changed", _AGAIN, tuple(changes_since(call.seen, order)))
    except RefusedError as refused:
        return message("Nothing was done", refused.text)
    except OrderError as error:
        logger.info("act refused", kind=error.kind, act=call.act, order_id=call.order_id)
        return message("Nothing was done", f"{error.message[:1].upper()}{error.message[1:]}.")
    except Exception as error:  # noqa: BLE001 - the viewer gets a message, the log the place
        log_unexpected("unexpected error in a widget's act", error, request_id=request_id)
        return message("Something went wrong", f"The error is logged under number {request_id}. {_AGAIN}")


def _act(call: WidgetCall, parts: WidgetParts) -> str:
    if call.act not in HARMLESS:
        return message(
            "Nothing was done", "This is done by a runbook, at /desk or by the API, which know who asks for it."
        )
    if call.revision == "0":
        return message("Nothing was done", f"The button does not name the order's revision. {_AGAIN}")
    wish = _wish(call)
    reason = "" if wish.what == NOTE else wish.reason  # a note says why itself
    carry_out(parts.desk, CONSOLE, wish)
    if wish.what == PROCESS:  # all others keep their reason themselves
        add_note(parts.desk, CONSOLE, call.order_id, f"{NOTICES[call.act]} {reason}", once=wish.once)
    metrics.add_metric("DeskWidgetActs", MetricUnit.Count, 1)
    logger.info("act carried out", act=call.act, user=CONSOLE.name, order_id=call.order_id)
    return message("Done", f"{NOTICES[call.act]} {_AGAIN}")


def _wish(call: WidgetCall) -> Wish:
    typed = call.inputs_of(f"{call.act}-{call.wait or call.action_id}")
    return Wish(
        what=call.act,
        order_id=call.order_id,
        revision=int(call.revision),
        action_id=int(call.action_id),
        wait=call.wait,
        typed={name: text for name, text in typed.items() if text},
        once=f"widget-{call.revision}",
    )


prepare(widget_parts)
