"""Run and undo: the states that call an action's Lambda."""

from lambdas.orders.model.modules import load_modules
from lambdas.orders.model.queue import Action, Step
from lambdas.orders.model.steps import StepStatus
from statemachines import retries
from statemachines.asl import (
    CONDITION_FAILED,
    GONE,
    NOW,
    ORDER_ID,
    UPDATE,
    State,
    catch,
    order_update,
    table_task,
)

MARGIN_SECONDS = 10  # of the state over its Lambda, so that the Lambda is the first to give up

# What a run says itself (lambdas/actions/_frame/run.py); the order has its reason then.
_ANSWERED = [
    "ActionWaits",
    "ActionUnasked",
    "ActionBusy",
    "TransientError",
    "ThrottledError",
    "PermanentError",
    "UnexpectedError",
]


_MAY_PASS = ["TransientError", "ThrottledError"]


def run(action: Action, step: Step, *, onward: State, on_failure: str, on_silence: str, leave: str) -> State:
    """Run the action's module. Whatever goes wrong ends at its wait, but for an order that is no longer here."""
    catches = [catch(GONE, leave), catch(_ANSWERED, on_failure), catch(["States.ALL"], on_silence)]
    return {**_call(action, f"step {step.name}"), "Catch": catches, **onward}


def try_once(action: Action, *, on_failure: str, on_passing: str, on_silence: str) -> State:
    """Run an optional action: it never holds anything up, so whatever goes wrong ends its branch quietly.

    `on_passing`: where a failure leads that may pass and was retried often enough.
    """
    task = _call(action, "optional, ends quietly")
    others = [error for error in _ANSWERED if error not in _MAY_PASS]
    catches = [catch(_MAY_PASS, on_passing), catch([*GONE, *others], on_failure), catch(["States.ALL"], on_silence)]
    return {**task, "Catch": catches, "End": True}


def given_up(action: Action, *, then: str) -> State:
    """Write that no further retry follows: the failure of an optional action becomes work for its owner."""
    update = order_update(
        "actions.#key.#state = :failed",
        "activity = :now",
        remove="actions.#key.retryable",
        names={"#key": str(action.id), "#state": "state"},
        values={":failed": {"S": "failed"}, ":now": {"N": NOW}},
    )
    task = table_task(f"{action.name}: failed in every try", UPDATE, update)
    return {**task, "Next": then, "Catch": [catch(["States.ALL"], then)]}


def silent_run(action: Action, step: Step, *, then: str, otherwise: str) -> State:
    """Its runs gave no answer. A claim of theirs may still live; nothing waits for it. `otherwise`: where to go if the
    order is not here any more, or the action is done after all: there is nobody to wait for."""
    return _silent(
        action,
        f"{action.name}: its runs gave no answer",
        "step_id = :step AND NOT actions.#key.#state IN (:done, :skipped)",
        {":step": {"N": str(step.id)}, ":done": {"S": "done"}, ":skipped": {"S": "skipped"}},
        then=then,
        otherwise=otherwise,
    )


def passed(action: Action, step: Step, *, onward: State, otherwise: str) -> State:
    """Continue past an action whose function is silent but that is met: a person skipped it or did its work.

    Otherwise the machine would call the function again and again. A skipped action that captures money is not passed: its
    function must release the hold. `otherwise`: the state for that case, for an order that left the step, and for a silent table.
    """
    facts = load_modules().get(action.module)
    met = ["done"] if facts and facts.money == "captures" else ["done", "skipped"]
    update = order_update(
        f"step_id = :step AND actions.#key.#state IN ({', '.join(f':{state}' for state in met)})",
        "activity = :now",
        names={"#key": str(action.id), "#state": "state"},
        values={":step": {"N": str(step.id)}, ":now": {"N": NOW}, **{f":{state}": {"S": state} for state in met}},
    )
    task = table_task("Met without an answer", UPDATE, update)
    del task["Retry"]  # a definition has 1 MB, and coming round is a retry
    return {**task, **onward, "Catch": [catch(["States.ALL"], otherwise)]}


def silent_undo(action: Action, *, then: str, otherwise: str) -> State:
    """Its undo gave no answer. `otherwise`: where to go if all is taken back after all."""
    return _silent(
        action,
        f"{action.name}: its undo gave no answer",
        "step_status = :canceled AND NOT actions.#key.#state IN (:undone)",
        {":canceled": {"N": str(int(StepStatus.CANCELED))}, ":undone": {"S": "undone"}},
        then=then,
        otherwise=otherwise,
    )


def _silent(action: Action, comment: str, condition: str, values: State, *, then: str, otherwise: str) -> State:
    """Write on the order what its function could not: a module that cannot be loaded, a process that dies each time, an access
    denied. A request for the run is spent: it would have the wait give way to the next such run at once. Nor does the machine
    retry it any more."""
    update = order_update(
        condition,
        "actions.#key.#state = :failed, actions.#key.failed_last = :yes, actions.#key.#at = :now,"
        " actions.#key.reason = :reason, activity = :now",
        remove="actions.#key.requested_at, actions.#key.retryable",
        names={"#key": str(action.id), "#state": "state", "#at": "at"},
        values={
            **values,
            ":failed": {"S": "failed"},
            ":yes": {"N": "1"},
            ":now": {"N": NOW},
            ":reason": {"S": _SILENCE},
        },
    )
    catches = [catch([CONDITION_FAILED], otherwise), catch(["States.ALL"], then)]
    return {**table_task(comment, UPDATE, update), "Next": then, "Catch": catches}


_SILENCE = (
    "{% $states.input.Error = 'ActionBusy' ? 'a run of it has not ended yet: process this action again in a minute'"
    " : 'its function gave no answer (' & $states.input.Error & '): read its log and fix the cause, then"
    " process this action again' %}"
)


def undo(action: Action, *, onward: State, on_failure: str, on_silence: str) -> State:
    """Take back what the action did; waits for a person if that fails."""
    task = _call(action, "take back", undo=True)
    said_why = [error for error in _ANSWERED if error != "ActionBusy"]  # it leaves no reason on the order
    return {**task, "Catch": [catch(said_why, on_failure), catch(["States.ALL"], on_silence)], **onward}


def _call(action: Action, comment: str, *, undo: bool = False) -> State:
    payload: State = {"order_id": ORDER_ID, "action_id": action.id}
    return {
        "Type": "Task",
        "Comment": f"Action {action.id}, module {action.module}: {comment}",
        "Resource": "arn:aws:states:::lambda:invoke",
        "Arguments": {
            "FunctionName": f"${{{action.module}}}",
            "Payload": {**payload, "undo": True} if undo else payload,
        },
        "TimeoutSeconds": action.timeout_seconds + MARGIN_SECONDS,
        "Retry": retries.of_action(action),
    }
