"""The queue's Step Functions machine: start an execution, answer a task token.

Only the relay calls this. Both may be repeated: an execution is named after its order, a token is answered once.
"""

import json
from enum import Enum
from typing import TYPE_CHECKING, Protocol

from lambdas.orders.order import ActionState, Order
from lambdas.orders.progress import LEADS_WAIT
from lambdas.orders.queue import StepStatus
from lambdas.runtime.aws import step_functions

if TYPE_CHECKING:
    from mypy_boto3_stepfunctions.client import SFNClient


class Answer(Enum):
    """What a waiting state is told; the values are the error names the machine's `Catch` knows."""

    GO_ON = ""
    CANCELED = "OrderCanceled"
    MOVED = "OrderMoved"
    SKIPPED = "ActionSkipped"


def answers(old: Order, new: Order) -> dict[str, Answer]:
    """Token -> answer, for each wait that was on the order and no longer is: whoever took it off decided it."""
    left = {wait.token for wait in new.waits.values()}
    return {wait.token: _answer(key, old, new) for key, wait in old.waits.items() if wait.token not in left}


def _answer(key: str, old: Order, new: Order) -> Answer:
    if new.step_status is StepStatus.CANCELED and old.step_status is not StepStatus.CANCELED:
        return Answer.CANCELED
    if key == LEADS_WAIT:
        return Answer.GO_ON
    if new.epoch != old.epoch:
        return Answer.MOVED
    action = new.actions.get(key)
    return Answer.SKIPPED if action and action.state is ActionState.SKIPPED else Answer.GO_ON


class Machine(Protocol):
    def start(self, order: Order) -> None: ...
    def answer(self, token: str, answer: Answer) -> None: ...


class StepFunctionsMachine:
    """Machines by `order_queue_id`. Execution input is the order's id and step, nothing else (design, promise 7)."""

    def __init__(self, machine_arns: dict[str, str], client: "SFNClient | None" = None) -> None:
        self._arns = machine_arns
        self._client = client or step_functions()

    def start(self, order: Order) -> None:
        """Start the order's execution, named after it; one that was started before is left alone."""
        try:
            self._client.start_execution(
                stateMachineArn=self._arns[str(order.order_queue_id)],
                name=f"order-{order.order_id}",
                input=json.dumps({"order_id": order.order_id, "step_id": order.step_id}),
            )
        except self._client.exceptions.ExecutionAlreadyExists:
            return

    def answer(self, token: str, answer: Answer) -> None:
        """Wake a waiting state. One that no longer waits (answered, timed out, stopped) is left alone."""
        gone = (self._client.exceptions.TaskTimedOut, self._client.exceptions.TaskDoesNotExist)
        try:
            if answer is Answer.GO_ON:
                self._client.send_task_success(taskToken=token, output="{}")
            else:
                self._client.send_task_failure(taskToken=token, error=answer.value, cause="see the order")
        except gone:
            return
