"""The writes by which an order comes to an end, and the read that finds out where it is."""

from typing import Any

from lambdas.orders.model.queue import Action, Step
from statemachines.asl import (
    CONDITION_FAILED,
    NOW,
    UPDATE,
    State,
    catch,
    order_update,
    table_task,
)


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


def unwound() -> State:
    """The canceled order holds nothing any more."""
    update = order_update(
        "step_status = :canceled",
        "unwound_at = :now, activity = :now, waits = :none",  # an undo that was waited for may have found nothing to do
        values={":canceled": {"N": "3"}, ":now": {"N": NOW}, ":none": {"M": {}}},
        remove="due_shard, due_at",
    )
    return {**table_task("Everything that could be taken back has been", UPDATE, update), "End": True}


def find_step(*, first: str, then: str) -> State:
    """Read where the order is now: somebody canceled or moved it, or an attempt to complete it was refused. The rounds are
    counted; there is no count yet when an order comes by for the first time, and that is an error of the expression."""
    read: dict[str, Any] = {"ConsistentRead": True, "ProjectionExpression": "step_id"}
    task = table_task("Where is the order now?", "arn:aws:states:::aws-sdk:dynamodb:getItem", read)
    return {
        **task,
        "Output": "{% $number($states.result.Item.step_id.N) %}",
        "Assign": {"rounds": "{% $rounds + 1 %}"},
        "Next": then,
        "Catch": [catch(["States.QueryEvaluationError"], first)],
    }


_ENTER = "step_id = :entered, step_status = :status, queue_step = :queue_step, activity = :now"


def _entering(step: Step, queue_id: int) -> State:
    return {
        ":entered": {"N": str(step.id)},
        ":status": {"N": str(int(step.status))},
        ":queue_step": {"S": f"{queue_id}#{step.id}"},
        ":now": {"N": NOW},
    }
