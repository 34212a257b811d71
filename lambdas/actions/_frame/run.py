"""Claims, runs and settles an action. It knows nothing of any module.

*Claim* is one conditional write that also returns the order; an action that is done or skipped answers at once. *Run* is the
module's; its effects can be repeated without harm. *Settle* writes the outcome if the claim is still this run's. An order
that was canceled or moved in the meantime keeps the record of a late effect. An effect that can be undone is undone.
"""

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any, Protocol

from botocore.exceptions import ClientError

from lambdas.actions._frame.failures import OUTSIDE_ERRORS, classed, config_of, failed
from lambdas.actions._frame.module import Done, Module, Tools, UnexpectedError, Waiting
from lambdas.actions._frame.paused import ActionWaits, hold_back, pause_of
from lambdas.actions._frame.skipped import release_skipped
from lambdas.actions._frame.undo import undo_action
from lambdas.orders.decisions import claims, outcomes, progress
from lambdas.orders.decisions.claims import ActionBusy, ActionUnasked, OrderCanceled, OrderMoved
from lambdas.orders.errors import OrderChangedError
from lambdas.orders.model.checklist import ChecklistAction
from lambdas.orders.model.order import Order
from lambdas.orders.model.steps import StepStatus
from lambdas.orders.store import save
from lambdas.runtime.retry_budget import retry_budget
from lambdas.runtime.telemetry import MetricUnit, logger, metrics

GRACE_SECONDS = 5  # Between a Lambda's time-out and the end of its claim.


class OrderTableError(Exception):
    """The order table refuses this function, so the machine writes the failure. The message is the error's code only."""


class Context(Protocol):
    """The part of a Lambda context that is used."""

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
    """Claim, run and settle one action. Return nothing of the order: machines get ids only."""
    try:
        with retry_budget(context):
            if pause := pause_of(module, order_id, use):
                # Never claimed: what is not held back is not here any more, is done, or runs already.
                claims.refuse_claim(hold_back(pause, order_id, action_id, use, by_machine=by_machine), action_id)
                claimed = None
            else:
                claimed = _claim(order_id, action_id, context, use, by_machine=by_machine, only_if_asked=only_if_asked)
            return _run_and_settle(module, claimed, order_id, action_id, use)
    except (
        *OUTSIDE_ERRORS,
        OrderChangedError,
    ) as error:  # Of the order table. Every other error is settled on the order.
        failure = classed(error)
        if isinstance(failure, UnexpectedError) and isinstance(error, ClientError):
            raise OrderTableError(error.response.get("Error", {}).get("Code", "")) from None
        raise failure from None


def _run_and_settle(
    module: Module[Any], claimed: Order | None, order_id: str, action_id: int, use: Tools
) -> dict[str, Any]:
    if claimed is None:
        release_skipped(module, order_id, action_id, use)
        return {"settled_before": True}
    _refuse_too_early(claimed, action_id, use)
    try:
        outcome = module.run(claimed, config_of(module, claimed, action_id), replace(use, action_id=action_id))
    except Exception as error:  # noqa: BLE001 - `classed` decides what it is
        failure = classed(error)
        settled = _settle(claimed, action_id, use, lambda order: failed(order, action_id, failure, now=use.now()))
        metrics.add_metric("ActionFailed", MetricUnit.Count, 1)
        logger.warning("action failed", reason=str(failure), kind=type(failure).__name__)
        _raise_if_gone(claimed, settled)
        raise failure from None
    by = claimed.actions[str(action_id)].by
    settled = _settle(claimed, action_id, use, lambda order: _with_outcome(order, action_id, outcome, by, use.now()))
    word = "done" if isinstance(outcome, Done) else "waits"
    metrics.add_metric(f"Action{word.capitalize()}", MetricUnit.Count, 1)
    logger.info(f"action {word}", reason=outcome.reason)
    if settled.step_status is StepStatus.CANCELED:
        undo_action(module, order_id, action_id, use)
    _raise_if_gone(claimed, settled)
    if isinstance(outcome, Waiting):
        raise ActionWaits(outcome.reason)
    return {"settled_before": False}


def _refuse_too_early(claimed: Order, action_id: int, use: Tools) -> None:
    """Raise ActionBusy or ActionUnasked while a prereq is open.

    The machine's gates wait for prereqs of the same step. A move, or an optional prereq of another step, may leave one open.
    A prereq that still runs after the order was moved past it is waited for too: it may be done in a moment. Otherwise it is
    passed over, and the action continues automatically. An optional action has had its try, so nothing waits for it.
    """
    action = claimed.actions[str(action_id)]
    before = (claimed.actions[str(key)] for key in action.prereqs if str(key) in claimed.actions)
    busy = [prereq for prereq in before if claims.is_busy(prereq, use.now())]
    needed = busy or progress.unmet_prereqs(claimed, action)
    if not needed:
        return
    reason = _waits_for(claimed, needed)
    if action.optional and not busy:
        _settle(claimed, action_id, use, lambda order: outcomes.failed(order, action_id, now=use.now(), reason=reason))
    else:
        _settle(claimed, action_id, use, lambda order: claims.unclaimed(order, action_id, reason=reason))
    raise (ActionBusy if busy else ActionUnasked)(reason)


def _waits_for(order: Order, needed: Sequence[ChecklistAction]) -> str:
    """The actions that must come first, and what a person can do: process or skip each of them in its own step."""
    names = ", ".join(f"{prereq.name} ({prereq.action_id})" for prereq in needed)
    steps = {step.step_id: step.name for step in order.checklist_steps}
    elsewhere = dict.fromkeys(steps[prereq.step_id] for prereq in needed if prereq.step_id != order.step_id)
    places = f" in {' and '.join(elsewhere)}, where the order must be moved first" if elsewhere else ""
    return f"waits for {names}: process or skip that{places}, then process this action; or skip this one"


def _claim(
    order_id: str, action_id: int, context: Context, use: Tools, *, by_machine: bool, only_if_asked: bool
) -> Order | None:
    """Claim the action for this run and return the order; None if the action is done or skipped.

    If the machine is ahead of the order, the order catches up first: an optional action of the step before may have died
    unnoticed. A machine that is started again begins behind the order.
    """
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
    """Write the outcome, unless another run took over the action after this run's claim lapsed."""
    key = str(action_id)
    claim = claimed.actions[key].claim
    return save(use.orders, claimed, lambda now: change(now) if now.actions[key].claim == claim else now)


def _with_outcome(order: Order, action_id: int, outcome: Done | Waiting, by: str, now: int) -> Order:
    if isinstance(outcome, Waiting):
        return outcomes.waiting(
            order, action_id, now=now, reason=outcome.reason, result=outcome.result, look_at=outcome.look_at
        )
    return outcomes.done(
        order,
        action_id,
        now=now,
        reason=outcome.reason,
        result=outcome.result,
        client_id=outcome.client_id,
        info=outcome.info,
        capture_id=outcome.capture_id,
        by=by,
    )


def _raise_if_gone(claimed: Order, settled: Order) -> None:
    if settled.step_status is StepStatus.CANCELED:
        raise OrderCanceled(f"order {claimed.order_id} was canceled while the action ran")
    if settled.epoch != claimed.epoch:
        raise OrderMoved(f"order {claimed.order_id} was moved while the action ran")
