"""The writes by which an order comes to an end, and the read that finds out where it is."""

from typing import Any

from lambdas.orders.queue import Action, Step
from statemachines.asl import (
    CONDITION_FAILED,
    DAY_SECONDS,
    NOW,
    UPDATE,
    State,
    catch,
    in_seconds,
    order_update,
    table_task,
)

ERASED_AFTER_SECONDS = 90 * DAY_SECONDS  # an expired lead has no reason to keep personal data (order-systems 4.12)


def complete(step: Step, required: tuple[Action, ...], *, queue_id: int, otherwise: str) -> State:
    """Enter Complete, under the condition that each required action is done or skipped (design, promise 5)."""
    names = {f"#a{action.id}": str(action.id) for action in required}
    met = "".join(f" AND actions.{name}.#state IN (:done, :skipped)" for name in names)
    outcomes = {":done": {"S": "done"}, ":skipped": {"S": "skipped"}} if required else {}
    update = order_update(
        f"step_status = :ordinary{met}",
        f"{_ENTER}, completed_at = :now",
        names={"#state": "state", **names} if required else None,
        values={":ordinary": {"N": "0"}, **_entering(step, queue_id), **outcomes},
    )
    task = table_task("Final: every required action is done or was skipped", UPDATE, update)
    return {**task, "End": True, "Catch": [catch([CONDITION_FAILED], otherwise)]}


def expire_lead(leads: Step, canceled: Step, *, queue_id: int, then: str, otherwise: str) -> State:
    """Cancel a lead nobody submitted, unless a submit is under way or came first; it is erased some time later."""
    update = order_update(
        "step_id = :leads AND (attribute_not_exists(attempt) OR attempt.claim_ends_at < :now)",
        f"{_ENTER}, epoch = epoch + :one, canceled_at = :now, canceled_because = :because, waits = :none,"
        " expires_at = :erase",
        values={
            ":leads": {"N": str(leads.id)},
            ":because": {"S": "the lead expired"},
            ":none": {"M": {}},
            ":erase": {"N": in_seconds(ERASED_AFTER_SECONDS)},
            **_entering(canceled, queue_id),
        },
        remove="due_shard, due_at",
    )
    task = table_task("Nobody submitted the lead in time", UPDATE, update)
    return {**task, "Next": then, "Catch": [catch([CONDITION_FAILED], otherwise)]}


def unwound() -> State:
    """The canceled order holds nothing any more."""
    update = order_update(
        "step_status = :canceled",
        "unwound_at = :now, activity = :now, waits = :none",  # an undo that was waited for may have found nothing to do
        values={":canceled": {"N": "3"}, ":now": {"N": NOW}, ":none": {"M": {}}},
        remove="due_shard, due_at",
    )
    return {**table_task("Everything that could be taken back has been", UPDATE, update), "End": True}


def find_step(*, then: str) -> State:
    """Read where the order is now: somebody canceled or moved it, or an attempt to complete it was refused."""
    read: dict[str, Any] = {"ConsistentRead": True, "ProjectionExpression": "step_id"}
    task = table_task("Where is the order now?", "arn:aws:states:::aws-sdk:dynamodb:getItem", read)
    return {
        **task,
        "Output": "{% $number($states.result.Item.step_id.N) %}",
        "Assign": {"rounds": "{% $rounds + 1 %}"},
        "Next": then,
    }


_ENTER = "step_id = :entered, step_status = :status, queue_step = :queue_step, activity = :now"


def _entering(step: Step, queue_id: int) -> State:
    return {
        ":entered": {"N": str(step.id)},
        ":status": {"N": str(int(step.status))},
        ":queue_step": {"S": f"{queue_id}#{step.id}"},
        ":now": {"N": NOW},
    }
