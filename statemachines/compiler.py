"""A queue in, its state machine out: a pure function with the same output for the same queue, byte by byte.

The shape is design section 6: a box (`Parallel`) per step, a run and a wait per action, a router for orders that were
canceled or moved, and the way back for canceled ones. The happy path of an all-automatic queue costs one transition per
box and per action, and three more: start, Leads, Complete.
"""

import json
from typing import Any

from lambdas.orders.queue import Action, Queue, Step
from statemachines import ends, runs, waits
from statemachines.asl import GONE, State, catch
from statemachines.checks import check

START, ROUTER, GO_TO_STEP, NO_SUCH_STEP = "start", "find_step", "go_to_step", "no_such_step"
EXPIRE, UNWOUND, COMPLETE_ALREADY = "expire_lead", "unwound", "complete_already"
UNDOING_MODULES = ("add_services", "generate_invoice")  # those whose file declares `undo`; a test compares


def compile_queue(queue: Queue) -> dict[str, Any]:
    """The queue's machine. Raises QueueError, naming what is wrong with the queue."""
    check(queue)
    boxes = [step for step in queue.ordinary_steps if step.actions]
    after_leads = [*(step.name for step in boxes), queue.complete.name]
    required = tuple(action for step in boxes for action in step.actions)
    named = _names(queue)
    machine_states: dict[str, State] = {START: _choice(queue, "$states.context.Execution.Input.step_id", ROUTER)}
    machine_states[queue.leads.name] = waits.wait_for_submit(
        queue.leads, submitted=after_leads[0], expired=EXPIRE, router=ROUTER
    )
    for step, then in zip(boxes, after_leads[1:], strict=True):
        machine_states[step.name] = _box(step, named, then)
    machine_states[queue.complete.name] = ends.complete(
        queue.complete, required, queue_id=queue.order_queue_id, otherwise=ROUTER
    )
    machine_states[EXPIRE] = ends.expire_lead(
        queue.leads,
        queue.canceled,
        queue_id=queue.order_queue_id,
        then=queue.canceled.name,
        otherwise=queue.leads.name,
    )
    machine_states[ROUTER] = ends.find_step(then=GO_TO_STEP)
    machine_states[GO_TO_STEP] = _choice(queue, "$states.input", NO_SUCH_STEP)
    machine_states[COMPLETE_ALREADY] = {"Type": "Succeed"}
    machine_states[NO_SUCH_STEP] = {
        "Type": "Fail",
        "Error": "NoSuchStep",
        "Cause": "The order is in a step that this machine does not have",
    }
    machine_states[queue.canceled.name] = _way_back(queue, required, named)
    return {
        "Comment": f"Order queue {queue.order_queue_id}, {queue.name}. Compiled from {queue.key}/queue.toml; do not edit.",
        "QueryLanguage": "JSONata",
        "StartAt": START,
        "States": machine_states,
    }


def to_json(machine: dict[str, Any]) -> str:
    return json.dumps(machine, indent=2, ensure_ascii=False) + "\n"


def _names(queue: Queue) -> dict[int, str]:
    """The state of each action: its module, with its id where a queue uses the module more than once."""
    modules = [action.module for action in queue.actions]
    return {
        action.id: action.module if modules.count(action.module) == 1 else f"{action.module}_{action.id}"
        for action in queue.actions
    }


def _choice(queue: Queue, step_id: str, otherwise: str) -> State:
    """To the box of a step. Steps without actions have none: an order in one goes on to the next that has."""
    goals: dict[str, list[int]] = {}
    following = queue.complete.name
    for step in reversed(queue.ordinary_steps):
        following = step.name if step.actions else following
        goals.setdefault(following, []).append(step.id)
    goals.setdefault(queue.leads.name, []).append(queue.leads.id)
    goals.setdefault(COMPLETE_ALREADY, []).append(queue.complete.id)
    goals.setdefault(queue.canceled.name, []).append(queue.canceled.id)
    choices = [
        {"Condition": f"{{% {step_id} in [{', '.join(map(str, sorted(ids)))}] %}}", "Next": goal}
        for goal, ids in sorted(goals.items(), key=lambda item: min(item[1]))
    ]
    return {"Type": "Choice", "Choices": choices, "Default": otherwise}


def _box(step: Step, named: dict[int, str], then: str) -> State:
    """One step: its actions one after the other; out of it early only with the error that says why."""
    leave = f"leave_{step.id}"
    branch: dict[str, State] = {}
    for action, following in zip(step.actions, [*_entries(step.actions[1:], named), None], strict=True):
        name = named[action.id]
        onward = {"Next": following} if following else {"End": True}
        branch[name] = runs.run(action, onward=onward, on_failure=f"{name}_wait", leave=leave)
        branch[f"{name}_wait"] = waits.wait_for_action(
            action, step, run_state=name, wait_state=f"{name}_wait", leave=leave
        )
    branch[leave] = {"Type": "Fail", "Error": "{% $states.input.Error %}", "Cause": "{% $states.input.Cause %}"}
    return {
        "Type": "Parallel",
        "Comment": f"Step {step.id}",
        "Branches": [{"StartAt": _entries(step.actions[:1], named)[0], "States": branch}],
        "Next": then,
        "Catch": [catch(GONE, ROUTER)],
    }


def _entries(actions: tuple[Action, ...], named: dict[int, str]) -> list[str]:
    """Automatic actions are entered at their run, manual ones at their wait."""
    return [named[action.id] if action.automatic else f"{named[action.id]}_wait" for action in actions]


def _way_back(queue: Queue, required: tuple[Action, ...], named: dict[int, str]) -> State:
    """Canceled: undo in reverse what declares an undo, then say that nothing is left."""
    undoing = [action for action in reversed(required) if action.module in UNDOING_MODULES]
    order = [*(f"undo_{named[action.id]}" for action in undoing), UNWOUND]
    branch: dict[str, State] = {}
    for action, name, following in zip(undoing, order, order[1:], strict=False):
        branch[name] = runs.undo(action, onward={"Next": following}, on_failure=f"{name}_wait")
        branch[f"{name}_wait"] = waits.wait_for_undo(action, undo_state=name)
    branch[UNWOUND] = ends.unwound()
    return {
        "Type": "Parallel",
        "Comment": f"Step {queue.canceled.id}: final; takes back what the order did",
        "Branches": [{"StartAt": order[0], "States": branch}],
        "End": True,
    }
