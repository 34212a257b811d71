"""Claim, run, settle: the way of every run of an action. It knows nothing of any module.

*Claim* is one conditional write that also returns the order; an action that is done or skipped answers at once. *Run* is the
module's; its effects can be repeated without harm. *Settle* writes the outcome if the claim is still this run's. An order
that was canceled or moved meanwhile keeps the record of an effect that landed late, and what can be undone is undone.
"""

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any, Protocol

from botocore.exceptions import ClientError

from lambdas.actions._frame.module import Done, Module, Tools, UnexpectedError, Waiting
from lambdas.actions._frame.outcome import OUTSIDE_ERRORS, classed, config_of, failed
from lambdas.actions._frame.skipped import settle_skipped
from lambdas.actions._frame.undo import undo_action
from lambdas.orders.decisions import claims, progress
from lambdas.orders.decisions.claims import ActionBusy, ActionUnasked, OrderCanceled, OrderMoved
from lambdas.orders.errors import OrderChangedError
from lambdas.orders.model.checklist import ChecklistAction
from lambdas.orders.model.order import Order
from lambdas.orders.model.steps import StepStatus
from lambdas.orders.store import save
from lambdas.runtime.retry_budget import retry_budget
from lambdas.runtime.telemetry import MetricUnit, logger, metrics

GRACE_SECONDS = 5  # between a Lambda's time-out and the moment its claim lapses


class ActionWaits(Exception):
    """Tells the machine to wait for a person; the class name is the error name in the machine."""


class OrderTableError(Exception):
    """The order table refuses this function, so the order cannot be told; the machine tells it. Holds the error's code only."""


class Context(Protocol):
    """What is used of a Lambda context."""

    aws_request_id: str

    def get_remaining_time_in_millis(self) -> int: ...


def run_action(
    module: Module[Any],
    order_id: str,
    action_id: int,
    context: Context,
    use: Tools,
    *,
    by_machine: bool = True,
    only_if_asked: bool = False,
) -> dict[str, Any]:
    """Claim, run, settle one action. Returns nothing of the order: machines get ids only."""
    try:
        with retry_budget(context):
            claimed = _claim(order_id, action_id, context, use, by_machine=by_machine, only_if_asked=only_if_asked)
            return _run_settle(module, claimed, order_id, action_id, use)
    except (
        *OUTSIDE_ERRORS,
        OrderChangedError,
    ) as error:  # of the order table; the claim sees to the rest
        failure = classed(error)
        if isinstance(failure, UnexpectedError) and isinstance(error, ClientError):
            raise OrderTableError(error.response.get("Error", {}).get("Code", "")) from None
        raise failure from None


def _run_settle(
    module: Module[Any], claimed: Order | None, order_id: str, action_id: int, use: Tools
) -> dict[str, Any]:
    if claimed is None:
        settle_skipped(module, order_id, action_id, use)
        return {"settled_before": True}
    _refuse_too_early(claimed, action_id, use)
    try:
        outcome = module.run(claimed, config_of(module, claimed, action_id), replace(use, action_id=action_id))
    except Exception as error:  # noqa: BLE001 - `classed` decides what it is
        failure = classed(error)
        settled = _settle(claimed, action_id, use, lambda order: failed(order, action_id, use, failure))
        metrics.add_metric("ActionFailed", MetricUnit.Count, 1)
        logger.warning("action failed", reason=str(failure), kind=type(failure).__name__)
        _leave_if_gone(claimed, settled)
        raise failure from None
    by = claimed.actions[str(action_id)].by
    settled = _settle(claimed, action_id, use, lambda order: _ended(order, action_id, use, outcome, by))
    word = "done" if isinstance(outcome, Done) else "waits"
    metrics.add_metric(f"Action{word.capitalize()}", MetricUnit.Count, 1)
    logger.info(f"action {word}", reason=outcome.reason)
    if settled.step_status is StepStatus.CANCELED:
        undo_action(module, order_id, action_id, use)
    _leave_if_gone(claimed, settled)
    if isinstance(outcome, Waiting):
        raise ActionWaits(outcome.reason)
    return {"settled_before": False}


def _refuse_too_early(claimed: Order, action_id: int, use: Tools) -> None:
    """The machine's gates see to prereqs of the same step; a move, or an optional prereq elsewhere, may leave one open.

    One that the order was moved past while it ran is waited for too: it may be done in a moment, else it is passed over, and
    the action goes on by itself. An optional action has had its try with that, so that nothing waits for it any more.
    """
    action = claimed.actions[str(action_id)]
    before = (claimed.actions[str(key)] for key in action.prereqs if str(key) in claimed.actions)
    busy = [prereq for prereq in before if claims.is_busy(prereq, use.now())]
    needed = busy or progress.unmet_prereqs(claimed, action)
    if not needed:
        return
    reason = _waits_for(claimed, needed)
    if action.optional and not busy:
        _settle(claimed, action_id, use, lambda order: progress.failed(order, action_id, now=use.now(), reason=reason))
    else:
        _settle(claimed, action_id, use, lambda order: claims.unclaimed(order, action_id, reason=reason))
    raise (ActionBusy if busy else ActionUnasked)(reason)


def _waits_for(order: Order, needed: Sequence[ChecklistAction]) -> str:
    """What must come first, and how a person makes it so: an action can be processed or skipped in its own step only."""
    names = ", ".join(f"{prereq.name} ({prereq.action_id})" for prereq in needed)
    steps = {step.step_id: step.name for step in order.checklist_steps}
    elsewhere = dict.fromkeys(steps[prereq.step_id] for prereq in needed if prereq.step_id != order.step_id)
    places = f" in {' and '.join(elsewhere)}, where the order has to be moved to for that" if elsewhere else ""
    return f"waits for {names}: process or skip that{places}, then process this action; or skip this one"


def _claim(
    order_id: str, action_id: int, context: Context, use: Tools, *, by_machine: bool, only_if_asked: bool
) -> Order | None:
    """The order, claimed for this run. Where the machine is ahead of the order, the order catches up: an optional action
    of the step before it may have died without a word. A machine that is started again begins behind the order."""
    now = use.now()
    ends_at = now + context.get_remaining_time_in_millis() // 1000 + GRACE_SECONDS
    try:
        return use.orders.claim(
            order_id,
            action_id,
            claim=context.aws_request_id,
            now=now,
            ends_at=ends_at,
            only_if_asked=only_if_asked,
        )
    except OrderMoved:
        order = use.orders.get(order_id)
        if not by_machine or not progress.machine_is_ahead(order, action_id):
            raise
        save(use.orders, order, lambda current: progress.advanced(current, machine_went_on=True))
        return use.orders.claim(order_id, action_id, claim=context.aws_request_id, now=now, ends_at=ends_at)


def _settle(claimed: Order, action_id: int, use: Tools, change: Callable[[Order], Order]) -> Order:
    """Write the outcome, unless another run took the action over after this one's time was up."""
    key = str(action_id)
    claim = claimed.actions[key].claim
    return save(use.orders, claimed, lambda now: change(now) if now.actions[key].claim == claim else now)


def _ended(order: Order, action_id: int, use: Tools, outcome: Done | Waiting, by: str) -> Order:
    if isinstance(outcome, Waiting):
        return progress.waiting(order, action_id, now=use.now(), reason=outcome.reason, result=outcome.result)
    return progress.done(
        order,
        action_id,
        now=use.now(),
        reason=outcome.reason,
        result=outcome.result,
        client_id=outcome.client_id,
        info=outcome.info,
        by=by,
    )


def _leave_if_gone(claimed: Order, settled: Order) -> None:
    if settled.step_status is StepStatus.CANCELED:
        raise OrderCanceled(f"order {claimed.order_id} was canceled while the action ran")
    if settled.epoch != claimed.epoch:
        raise OrderMoved(f"order {claimed.order_id} was moved while the action ran")
