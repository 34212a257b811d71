"""Waits: a state that writes its task token on the order and parks there, with an owner and a deadline.

No Lambda is involved, and the token never leaves the table (design section 6). Where the condition fails, the order is not
here any more or needs nothing: the machine continues, and the next state finds out which.
"""

from lambdas.orders.model.queue import Action, Step
from lambdas.orders.model.waits import DUE_SHARDS, WaitKey, token_field
from statemachines.asl import (
    CONDITION_FAILED,
    DAY_SECONDS,
    GONE,
    NOW,
    TOKEN,
    UPDATE,
    State,
    catch,
    in_seconds,
    order_update,
    table_task,
)
from statemachines.states.state_names import ActionStates

# Of `due_shard` in lambdas/orders/model/waits.py.
_SHARD = f"{{% $string($number($states.context.Execution.Input.order_id) % {DUE_SHARDS}) %}}"
WEEK_SECONDS = 7 * DAY_SECONDS
_MET = {":done": {"S": "done"}, ":skipped": {"S": "skipped"}}
_STILL_TO_DO = (
    "step_id = :step AND NOT actions.#key.#state IN (:done, :skipped)"
    " AND attribute_not_exists(actions.#key.requested_at)"
)


def wait_for_action(action: Action, step: Step, names: ActionStates, *, leave: str) -> State:
    """Park until somebody processes or skips the action; weekly it parks again, so that no token grows old.

    A run that was asked for already needs no waiting: the condition fails, and the run's claim sees to the rest.
    """
    due_seconds = action.due_hours * 3600
    parked = _park(
        str(action.id),
        comment=f"{action.name}: waits for {action.owner}",
        owner=action.owner,
        due_seconds=due_seconds,
        seconds=max(due_seconds, WEEK_SECONDS),
        soonest_seconds=min(other.due_hours for other in step.actions) * 3600,
        condition=_STILL_TO_DO,
        also="actions.#key.#state = :waiting, actions.#key.reason = if_not_exists(actions.#key.reason, :reason), ",
        names={"#state": "state"},
        values={":step": {"N": str(step.id)}, **_MET, ":waiting": {"S": "waiting"}, ":reason": {"S": _to_do(action)}},
    )
    catches = [
        catch(GONE, leave),
        catch(["ActionSkipped", CONDITION_FAILED], names.run),
        catch(["States.Timeout"], names.wait),
    ]
    return {**parked, "Next": names.run, "Catch": catches}


def _to_do(action: Action) -> str:
    """The reason that the wait shows if no run gave one."""
    if action.automatic:
        return "its runs came to no end: process this action again, or skip it"
    return f"done by hand, by {action.owner}: process this action once it is done, or skip it"


def wait_for_undo(action: Action, names: ActionStates) -> State:
    """Park until somebody asks for the undo to be tried again; after a day at most, it is tried again automatically."""
    parked = _park(
        WaitKey.undo(action.id),
        comment=f"{action.name}: undoing failed, waits for {action.owner}",
        owner=action.owner,
        due_seconds=DAY_SECONDS,
        seconds=DAY_SECONDS,
        soonest_seconds=DAY_SECONDS,
        condition="step_status = :canceled AND NOT actions.#action.#state IN (:undone)",  # a late run undoes itself
        names={"#action": str(action.id), "#state": "state"},
        values={":canceled": {"N": "3"}, ":undone": {"S": "undone"}},
    )
    return {**parked, "Next": names.run, "Catch": [catch(["States.Timeout", CONDITION_FAILED], names.run)]}


def _park(
    key: str,
    *,
    comment: str,
    owner: str,
    due_seconds: int,
    seconds: int,
    soonest_seconds: int,
    condition: str,
    values: State,
    also: str = "",
    names: State | None = None,
) -> State:
    """A wait that is on the order already stays as it is, with its beginning and its deadline: only its token is new.
    All that ends a wait removes it.

    `soonest_seconds`: the order is looked at for overdue waits then, at the latest (lambdas/watch/sweeper.py).

    Longer than 30 lines, because a state is one declaration.
    """
    wait = {
        "token": {"S": TOKEN},
        "since": {"N": NOW},
        "due_at": {"N": in_seconds(due_seconds)},
        "owner": {"S": owner},
    }
    update = order_update(
        condition,
        f"{also}waits.#key = if_not_exists(waits.#key, :wait), #token = :token,"
        " due_shard = :shard, due_at = if_not_exists(due_at, :soonest)",
        names={"#key": key, "#token": token_field(key), **(names or {})},
        values={
            ":wait": {"M": wait},
            ":token": {"S": TOKEN},
            ":shard": {"S": _SHARD},
            ":soonest": {"N": in_seconds(soonest_seconds)},
            **values,
        },
    )
    return table_task(comment, f"{UPDATE}.waitForTaskToken", update, seconds=seconds)
