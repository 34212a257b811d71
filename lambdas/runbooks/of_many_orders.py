"""Runbooks on many orders: a preview, and the run of it. Nothing is done but with the token of a preview of the same person."""

from datetime import datetime

from lambdas.access.console_user import console_user
from lambdas.bulk.errors import PREVIEW_MINUTES
from lambdas.bulk.instruction import BulkVerb, Instruction
from lambdas.bulk.preview import Preview
from lambdas.bulk.previewing import distinct
from lambdas.bulk.selection import OrderState, Selection, Window
from lambdas.bulk.summary import sentence
from lambdas.orders.model.steps import StepStatus
from lambdas.orders.table.list_filters import OrderFilter
from lambdas.runbooks.errors import WrongParameterError
from lambdas.runbooks.parameters import Values
from lambdas.runbooks.parts import RunbookParts
from lambdas.runbooks.runbook import Verb
from lambdas.runbooks.starter import Started

_SHOWN = 15  # effects and refusals, which an output has room for


def act_on_many(parts: RunbookParts, started: Started) -> str:
    """Show what would be done, or do it. Raises OrderError."""
    return _preview(parts, started) if started.values.is_yes("Preview") else _run(parts, started)


def _preview(parts: RunbookParts, started: Started) -> str:
    user, token = console_user(started.by), started.values.text("PreviewToken")
    previews = parts.previews
    preview = previews.resume(user, token) if token else previews.begin(user, *_asked(started))
    while not preview.is_complete and parts.has_time():
        preview = previews.resume(user, preview.token)
    return _shown(preview)


def _run(parts: RunbookParts, started: Started) -> str:
    values = started.values
    token, reason = values.text("PreviewToken"), values.text("Reason")
    if not token:
        raise WrongParameterError("PreviewToken", "is missing; start this with Preview: yes, and look at what it shows")
    if not reason:
        raise WrongParameterError("Reason", "is missing; say why, for those who look at the orders later")
    run = parts.runs.start(parts.previews, token, console_user(started.by), reason)
    return (
        f"run {run.run_id} of {run.orders} orders is {run.state.value}; `order bulk show {run.run_id}` or order.bulk_get shows "
        "what became of each, order.bulk_stop stops it"
    )


def _asked(started: Started) -> tuple[Instruction, Selection]:
    values = started.values
    return (_of_window if started.runbook.verb is Verb.WINDOW else _of_bulk)(values)


def _of_window(values: Values) -> tuple[Instruction, Selection]:
    window = Window(begins_at=_moment(values, "From"), ends_at=_moment(values, "Until"))
    if window.begins_at >= window.ends_at:
        raise WrongParameterError("Until", "must be later than From")
    verb, module = BulkVerb(values.text("Verb")), values.text("Module") or None
    instruction = Instruction(verb=verb, module=module if verb is BulkVerb.RETRY else None)
    return instruction, Selection(listed=_listed(values), waits_in_module=module, window=window)


def _of_bulk(values: Values) -> tuple[Instruction, Selection]:
    verb, module = BulkVerb(values.text("Verb")), values.text("Module") or None
    on_actions = verb in (BulkVerb.RETRY, BulkVerb.SKIP)
    action_id, step_id, user = values.number("ActionId"), values.number("ToStepId"), values.text("User")
    if verb is BulkVerb.SKIP and action_id is None and module is None:
        raise WrongParameterError("ActionId", "is missing; skip needs it, or Module")
    if action_id is not None and not on_actions:
        raise WrongParameterError("ActionId", "goes with skip and retry alone; leave it out")
    if (step_id is not None) is not (verb is BulkVerb.MOVE):
        raise WrongParameterError("ToStepId", "goes with move, which needs it, and with no other verb")
    if bool(user) is not (verb is BulkVerb.ASSIGN):
        raise WrongParameterError("User", "goes with assign, which needs it, and with no other verb")
    instruction = Instruction(
        verb=verb, order_action_id=action_id, module=module if on_actions else None, step_id=step_id, user=user
    )
    return instruction, _selection(values, module)


def _selection(values: Values, module: str | None) -> Selection:
    numbers = distinct([number for several in values.listed("OrderIds") for number in several.split(",")])
    state = values.text("State")
    named = [name for name in ("QueueId", "StepId") if values.text(name)] + (["State"] if state != "any" else [])
    if numbers:
        if named:
            raise WrongParameterError("OrderIds", f"name the orders already; leave out {', '.join(named)}")
        return Selection(order_ids=numbers)
    if not named and not module:
        raise WrongParameterError(
            "OrderIds", "are missing; name the orders, or a filter by QueueId, StepId, State or Module"
        )
    return Selection(
        listed=_listed(values), state=None if state == "any" else OrderState(state), waits_in_module=module
    )


def _listed(values: Values) -> OrderFilter:
    """Orders in ordinary steps, or in the step that is named."""
    step_id = values.number("StepId")
    return OrderFilter(
        order_queue_id=values.number("QueueId"),
        order_step_id=step_id,
        step_status=StepStatus.ORDINARY if step_id is None else None,
    )


def _moment(values: Values, name: str) -> int:
    try:
        return int(datetime.fromisoformat(values.text(name)).timestamp())
    except ValueError:
        raise WrongParameterError(name, "is no moment that there is, such as 2026-11-27T14:00Z") from None


def _shown(preview: Preview) -> str:
    parts = [f"nothing was done. {sentence(preview.effects, preview.refused)}"]
    parts += [f"{group.orders}: {group.does} (money: {group.money.value})" for group in preview.effects[:_SHOWN]]
    parts += [
        f"{group.orders} refused: {group.reason} (such as {', '.join(group.order_ids[:5])})"
        for group in preview.refusals[:_SHOWN]
    ]
    if not preview.is_complete:
        parts.append(
            f"not all orders were looked at: start this with Preview: yes and PreviewToken: {preview.token} to continue"
        )
    elif preview.planned:
        parts.append(
            f"to do it, start this within {PREVIEW_MINUTES} minutes with Preview: no, a Reason, and "
            f"PreviewToken: {preview.token}"
        )
    return "; ".join(parts)
