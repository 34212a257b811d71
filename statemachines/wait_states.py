"""Waits: a state that writes its task token on the order and parks there, with an owner and a deadline.

No Lambda is involved, and the token never leaves the table (design section 6). Where the condition fails, the order is not
here any more or needs nothing: the machine continues, and the next state finds out which.
"""

from lambdas.orders.model.queue import Action, Step
from lambdas.orders.model.waits import DUE_SHARDS, WaitKey
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

# Of `due_shard` in lambdas/orders/model/waits.py.
_SHARD = f"{{% $string($number($states.context.Execution.Input.order_id) % {DUE_SHARDS}) %}}"
WEEK_SECONDS = 7 * DAY_SECONDS
_MET = {":done": {"S": "done"}, ":skipped": {"S": "skipped"}}
_STILL_TO_DO = (
    "step_id = :step AND NOT actions.#key.#state IN (:done, :skipped)"
    " AND attribute_not_exists(actions.#key.requested_at)"
)


def wait_for_action(action: Action, step: Step, *, run_state: str, wait_state: str, leave: str) -> State:
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
        catch(["ActionSkipped", CONDITION_FAILED], run_state),
        catch(["States.Timeout"], wait_state),
    ]
    return {**parked, "Next": run_state, "Catch": catches}


def _to_do(action: Action) -> str:
    """The reason that the wait shows if no run gave one."""
    if action.automatic:
        return "its runs came to no end: process this action again, or skip it"
    return f"done by hand, by {action.owner}: process this action once it is done, or skip it"


def holding_up(action: Action, step: Step) -> tuple[list[int], list[int]]:
    """The actions that keep the step open while an optional action waits at its gate: required ones, and optional prereqs.

    Where nothing does, the action must not wait at all: it would hold up a step that is done.
    """
    required = [other.id for other in step.actions if not other.optional]
    tries = [other.id for other in step.actions if other.optional and other.automatic and other.id in action.prereqs]
    return required, tries


def gate(
    action: Action, step: Step, gates: tuple[int, ...], *, entry: str, gate_state: str, passed: str, leave: str
) -> State:
    """Wait for prereqs in other branches. No person is waited for here, so there is no deadline but the prereqs' own.

    Longer than 30 lines, because a state is one declaration.
    """
    names = {
        "#key": WaitKey.gate(action.id),
        "#self": str(action.id),
        "#state": "state",
        **{f"#g{prereq}": str(prereq) for prereq in gates},
    }
    met = " AND ".join(f"actions.#g{prereq}.#state IN (:done, :skipped)" for prereq in gates)
    wait = {"token": {"S": TOKEN}, "since": {"N": NOW}, "owner": {"S": "prereqs"}}
    named = ", ".join(f"{other.name} ({other.id})" for other in step.actions if other.id in gates)
    why = f"waits for {named}: this goes on once that is done or skipped"
    values = {":step": {"N": str(step.id)}, **_MET, ":wait": {"M": wait}, ":why": {"S": why}}
    still_time = ""
    if action.optional:
        still_time, others, states = _still_time(action, step)
        names, values = names | others, values | states
    update = order_update(
        f"step_id = :step AND NOT ({met}){still_time}",
        "waits.#key = :wait, actions.#self.reason = :why",
        names=names,
        values=values,
    )
    task = table_task(
        f"{action.name}: waits for {', '.join(map(str, gates))}",
        f"{UPDATE}.waitForTaskToken",
        update,
        seconds=30 * DAY_SECONDS,
    )
    catches = [
        catch(GONE, leave),
        catch([CONDITION_FAILED], entry),
        catch(["ActionSkipped"], passed),
        catch(["States.Timeout"], gate_state),
    ]
    return {**task, "Next": entry, "Catch": catches}


def _still_time(action: Action, step: Step) -> tuple[str, State, State]:
    """Something keeps the step open while an optional action waits: a condition, with the names and values in it."""
    required, tries = holding_up(action, step)
    open_ones = [f"NOT actions.#g{other}.#state IN (:done, :skipped)" for other in required]
    open_ones += [f"actions.#g{other}.#state IN (:pending, :running)" for other in tries]
    names = {f"#g{other}": str(other) for other in (*required, *tries)}
    values = {":pending": {"S": "pending"}, ":running": {"S": "running"}} if tries else {}
    return f" AND ({' OR '.join(open_ones)})", names, values


def wait_for_undo(action: Action, *, undo_state: str) -> State:
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
    return {**parked, "Next": undo_state, "Catch": [catch(["States.Timeout", CONDITION_FAILED], undo_state)]}


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
    """`soonest_seconds`: the order is looked at for overdue waits then, at the latest (lambdas/watch/sweeper.py).

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
        f"{also}waits.#key = :wait, due_shard = :shard, due_at = if_not_exists(due_at, :soonest)",
        names={"#key": key, **(names or {})},
        values={
            ":wait": {"M": wait},
            ":shard": {"S": _SHARD},
            ":soonest": {"N": in_seconds(soonest_seconds)},
            **values,
        },
    )
    return table_task(comment, f"{UPDATE}.waitForTaskToken", update, seconds=seconds)
