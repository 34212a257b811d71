"""Waits: a state that writes its task token on the order and parks there, with an owner and a deadline.

No Lambda is involved, and the token never leaves the table (design section 6). Where the condition fails, the order is not
here any more or needs nothing: the machine goes on, and the next state finds out which.
"""

from lambdas.orders.queue import Action, Step
from statemachines.asl import (
    CONDITION_FAILED,
    DAY_SECONDS,
    GONE,
    NOW,
    UPDATE,
    State,
    catch,
    in_seconds,
    order_update,
    table_task,
)


def wait_for_action(action: Action, step: Step, *, run_state: str, wait_state: str, leave: str) -> State:
    """Park until somebody processes or skips the action; when the deadline passes, park again."""
    values = {
        ":step": {"N": str(step.id)},
        ":done": {"S": "done"},
        ":skipped": {"S": "skipped"},
        ":waiting": {"S": "waiting"},
    }
    parked = _park(
        str(action.id),
        comment=f"{action.name}: waits for {action.owner}",
        owner=action.owner,
        seconds=action.due_hours * 3600,
        condition="step_id = :step AND NOT actions.#key.#state IN (:done, :skipped)",
        also="actions.#key.#state = :waiting, ",
        names={"#state": "state"},
        values=values,
    )
    catches = [
        catch(GONE, leave),
        catch(["ActionSkipped", CONDITION_FAILED], run_state),
        catch(["States.Timeout"], wait_state),
    ]
    return {**parked, "Next": run_state, "Catch": catches}


def wait_for_undo(action: Action, *, undo_state: str) -> State:
    """Park until somebody asks for the undo to be tried again; a day at the most, then it is tried again by itself."""
    parked = _park(
        f"undo_{action.id}",
        comment=f"{action.name}: undoing failed, waits for {action.owner}",
        owner=action.owner,
        seconds=DAY_SECONDS,
        condition="step_status = :canceled",
        values={":canceled": {"N": "3"}},
    )
    return {**parked, "Next": undo_state, "Catch": [catch(["States.Timeout", CONDITION_FAILED], undo_state)]}


def wait_for_submit(leads: Step, *, submitted: str, expired: str, router: str) -> State:
    """A lead waits for its submit until it expires."""
    parked = _park(
        "leads",
        comment="A lead waits for its submit, or expires",
        owner="sales",
        seconds=(leads.expires_after_days or 365) * DAY_SECONDS,
        condition="step_id = :step",
        values={":step": {"N": str(leads.id)}},
    )
    catches = [catch([CONDITION_FAILED], submitted), catch(["States.Timeout"], expired), catch(GONE, router)]
    return {**parked, "Next": submitted, "Catch": catches}


def _park(
    key: str,
    *,
    comment: str,
    owner: str,
    seconds: int,
    condition: str,
    values: State,
    also: str = "",
    names: State | None = None,
) -> State:
    wait = {
        "token": {"S": "{% $states.context.Task.Token %}"},
        "since": {"N": NOW},
        "due_at": {"N": in_seconds(seconds)},
        "owner": {"S": owner},
    }
    update = order_update(
        condition,
        f"{also}waits.#key = :wait, due_shard = :shard, due_at = :due",
        names={"#key": key, **(names or {})},
        values={":wait": {"M": wait}, ":shard": {"S": "0"}, ":due": {"N": in_seconds(seconds)}, **values},
    )
    return table_task(comment, f"{UPDATE}.waitForTaskToken", update, seconds=seconds)
