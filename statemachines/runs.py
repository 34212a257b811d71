"""Run and undo: the states that call an action's Lambda."""

from lambdas.orders.queue import Action
from statemachines.asl import GONE, ORDER_ID, State, catch, retry

RUN_SECONDS = 60  # longer than any action's Lambda may take

RUN_RETRIES = [
    retry(["TransientError", "ActionBusy"], first_seconds=2, attempts=8),
    retry(["ThrottledError", "Lambda.TooManyRequestsException"], first_seconds=5, attempts=6),
    retry(
        ["Lambda.ServiceException", "Lambda.AWSLambdaException", "Lambda.SdkClientException", "Sandbox.Timedout"],
        first_seconds=2,
        attempts=6,
    ),
]


def run(action: Action, *, onward: State, on_failure: str, leave: str) -> State:
    """Run the action's module. Whatever goes wrong ends at its wait, but for an order that is no longer here."""
    catches = [catch(GONE, leave), catch(["States.ALL"], on_failure)]
    return {**_call(action, f"{action.name}: claim, run, settle"), "Catch": catches, **onward}


def undo(action: Action, *, onward: State, on_failure: str) -> State:
    """Take back what the action did; waits for a person if that fails."""
    task = _call(action, f"{action.name}: take back what it did", undo=True)
    return {**task, "Catch": [catch(["States.ALL"], on_failure)], **onward}


def _call(action: Action, comment: str, *, undo: bool = False) -> State:
    payload: State = {"order_id": ORDER_ID, "action_id": action.id}
    return {
        "Type": "Task",
        "Comment": comment,
        "Resource": "arn:aws:states:::lambda:invoke",
        "Arguments": {
            "FunctionName": f"${{{action.module}}}",
            "Payload": {**payload, "undo": True} if undo else payload,
        },
        "TimeoutSeconds": RUN_SECONDS,
        "Retry": RUN_RETRIES,
    }
