"""Gates: an action waits for its prereqs in other branches. Nobody must act, so a gate has no deadline but the prereqs' own."""

from lambdas.orders.model.queue import Action, Step
from lambdas.orders.model.waits import WaitKey, token_field
from statemachines.asl import (
    CONDITION_FAILED,
    DAY_SECONDS,
    GONE,
    NOW,
    TOKEN,
    UPDATE,
    State,
    catch,
    order_update,
    table_task,
)

_MET = {":done": {"S": "done"}, ":skipped": {"S": "skipped"}}


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
    """Wait until all `gates`, prereqs in other branches, are done or skipped.

    Longer than 30 lines, because a state is one declaration.
    """
    names = {
        "#key": WaitKey.gate(action.id),
        "#token": token_field(WaitKey.gate(action.id)),
        "#self": str(action.id),
        "#state": "state",
        **{f"#g{prereq}": str(prereq) for prereq in gates},
    }
    met = " AND ".join(f"actions.#g{prereq}.#state IN (:done, :skipped)" for prereq in gates)
    wait = {"token": {"S": TOKEN}, "since": {"N": NOW}, "owner": {"S": "prereqs"}}
    named = ", ".join(f"{other.name} ({other.id})" for other in step.actions if other.id in gates)
    why = f"waits for {named}: continues once that is done or skipped"
    values = {":step": {"N": str(step.id)}, **_MET, ":wait": {"M": wait}, ":token": {"S": TOKEN}, ":why": {"S": why}}
    still_time = ""
    if action.optional:
        still_time, others, states = _still_time(action, step)
        names, values = names | others, values | states
    update = order_update(
        f"step_id = :step AND NOT ({met}){still_time}",
        "waits.#key = if_not_exists(waits.#key, :wait), #token = :token, actions.#self.reason = :why",
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
