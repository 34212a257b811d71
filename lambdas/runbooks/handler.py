"""The function behind all runbooks. It takes the id of an automation, and does what that was started for.

A refusal is an answer, not an error of the function: the document's next step fails with its text. An error is raised, and
Systems Manager begins the step again.
"""

from collections.abc import Callable
from dataclasses import replace
from functools import cache
from typing import Any

from lambdas.orders.card_numbers.numbers import has_card_number
from lambdas.orders.contact.text import line
from lambdas.orders.contact.unfit import UnfitError
from lambdas.orders.errors import OrderError
from lambdas.runbooks.errors import WrongParameterError
from lambdas.runbooks.of_dead_letters import replay_dead_letters
from lambdas.runbooks.of_many_orders import act_on_many
from lambdas.runbooks.of_one_order import act_on_order
from lambdas.runbooks.of_pauses import pause_or_resume
from lambdas.runbooks.parts import RunbookParts, RunbookSettings, runbook_parts
from lambdas.runbooks.runbook import Verb
from lambdas.runbooks.starter import Automations, Started
from lambdas.runtime.asker import asked_by
from lambdas.runtime.aws import systems_manager
from lambdas.runtime.cold_start import prepare
from lambdas.runtime.retry_budget import retry_budget
from lambdas.runtime.telemetry import MetricUnit, log_unexpected, logger, metrics

DONE, REFUSED = "done", "refused"
_MOST_CHARACTERS = 4_000
_MARGIN_MS = 45_000  # of the function's time, for what was begun last


class RunbookFailedError(Exception):
    """An unexpected error. Systems Manager begins the step again, once."""

    def __init__(self) -> None:
        super().__init__("a runbook failed unexpectedly; the log of its function says where")


Act = Callable[[RunbookParts, Started], str]
_ACTS: dict[Verb, Act] = {
    Verb.RETRY: act_on_order,
    Verb.SKIP: act_on_order,
    Verb.CANCEL: act_on_order,
    Verb.RESTART: act_on_order,
    Verb.WINDOW: act_on_many,
    Verb.BULK: act_on_many,
    Verb.PAUSE: pause_or_resume,
    Verb.RESUME: pause_or_resume,
    Verb.DEAD_LETTERS: replay_dead_letters,
}


@cache
def _parts() -> RunbookParts:
    return runbook_parts(RunbookSettings.from_environment())


@metrics.log_metrics
def handler(event: dict[str, Any], context: Any) -> dict[str, str]:
    """Take `execution_id`. Answer with `outcome` and `text`."""
    parts = replace(_parts(), has_time=lambda: bool(context.get_remaining_time_in_millis() > _MARGIN_MS))
    account = str(context.invoked_function_arn).split(":")[4]
    automations = Automations(systems_manager(), parts.settings.stack_name, account)
    with retry_budget(context):
        return run(event, parts, automations)


def run(event: Any, parts: RunbookParts, automations: Automations) -> dict[str, str]:
    """Do what the automation was started for."""
    execution_id = event.get("execution_id") if isinstance(event, dict) else None
    verb = ""
    try:
        started = automations.find(execution_id)
        verb = started.runbook.verb.value
        _check_reason(started)
        with asked_by(started.by):
            text = _ACTS[started.runbook.verb](parts, started)
    except OrderError as refused:
        logger.info("runbook refused", kind=refused.kind, runbook=verb)
        metrics.add_metric("RunbooksRefused", MetricUnit.Count, 1)
        return _answer(REFUSED, refused.message)
    except Exception as error:  # noqa: BLE001 - its own text may quote data of an order, and the console would show it
        log_unexpected("unexpected error in a runbook", error, runbook=verb)
        raise RunbookFailedError from None
    logger.info("runbook done", runbook=verb, user=started.by, automation=started.execution_id)
    return _answer(DONE, text)


def _check_reason(started: Started) -> None:
    """Raises WrongParameterError for what must not be kept with an order."""
    reason = started.values.text("Reason")
    if has_card_number(reason):
        raise WrongParameterError("Reason", "contains a card number, which must not be kept here; leave it out")
    try:
        line(reason)
    except UnfitError as unfit:
        raise WrongParameterError("Reason", str(unfit)) from None


def _answer(outcome: str, text: str) -> dict[str, str]:
    """Braces are set apart: Systems Manager would read two of them as a variable."""
    plain = f"{text[:1].upper()}{text[1:]}.".replace("{{", "{ {").replace("}}", "} }")
    return {"outcome": outcome, "text": plain[:_MOST_CHARACTERS]}


prepare(_parts)
