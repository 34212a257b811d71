"""The queue's Step Functions machine: start an execution, answer a task token.

Only the relay starts and answers. Both may be repeated: an execution is named after its order, a token is answered once.
"""

import json
from collections.abc import Mapping
from enum import Enum
from typing import TYPE_CHECKING, Protocol

from lambdas.orders.decisions.progress import unmet_prereqs
from lambdas.orders.model.checklist import ActionState, ChecklistAction
from lambdas.orders.model.executions import Execution, earlier_name, execution_name
from lambdas.orders.model.order import Order
from lambdas.orders.model.steps import StepStatus
from lambdas.orders.model.waits import WaitKey, WaitKind
from lambdas.runtime.aws import lambda_functions, step_functions

if TYPE_CHECKING:
    from mypy_boto3_stepfunctions.client import SFNClient


_CLOCKS_SECONDS = 60  # that clocks may differ


class Answer(Enum):
    """The answer to a waiting state. The values are the error names that the machine's `Catch` knows."""

    GO_ON = ""
    CANCELED = "OrderCanceled"
    MOVED = "OrderMoved"
    SKIPPED = "ActionSkipped"


def starts(old: Order | None, new: Order) -> bool:
    """Whether the order needs an execution that it did not have before."""
    return new.machine_run > (old.machine_run if old else 0)


def answers(old: Order, new: Order) -> dict[str, Answer]:
    """Token -> answer, for each wait that was removed from the order. The decision that removed it gives the answer.

    If a step is done and prereqs of a gate are not, the gate is that of an optional action, and its branch ends quietly.
    """
    left = {"", *(wait.token for wait in new.waits.values())}
    return {wait.token: _answer(WaitKey(key), old, new) for key, wait in old.waits.items() if wait.token not in left}


def _answer(key: WaitKey, old: Order, new: Order) -> Answer:
    if new.step_status is StepStatus.CANCELED and old.step_status is not StepStatus.CANCELED:
        return Answer.CANCELED
    if key.kind is WaitKind.LEADS:
        return Answer.GO_ON
    if new.epoch != old.epoch:
        return Answer.MOVED
    action = new.actions.get(key.action_key)
    if action is None or key.kind not in (WaitKind.ACTION, WaitKind.GATE):
        return Answer.GO_ON
    too_late = key.kind is WaitKind.GATE and bool(unmet_prereqs(new, action))
    over = action.state is ActionState.SKIPPED or action.step_id != new.step_id or too_late
    return Answer.SKIPPED if over else Answer.GO_ON


def requests(old: Order | None, new: Order) -> tuple[ChecklistAction, ...]:
    """Requested actions that no waiting state will run, so that they run beside the machine.

    Those are optional ones done by hand, done ones that may run again, and those that the machine has passed or not reached.
    """
    if old is None:
        return ()
    woken = {key for key, wait in old.waits.items() if key not in new.waits}
    return tuple(
        action
        for key, action in new.actions.items()
        if action.requested_at not in (None, old.actions[key].requested_at) and key not in woken
    )


def is_decided(old: Order, new: Order) -> bool:
    """Whether the change is a decision that the order's machine must act on."""
    changed = [(old.actions[key], action) for key, action in new.actions.items() if key in old.actions]
    return new.epoch != old.epoch or any(
        (after.requested_at is not None and after.requested_at != before.requested_at)
        or (after.state is ActionState.SKIPPED is not before.state)
        for before, after in changed
    )


class ModuleGoneError(LookupError):
    """An order names a module that has no function any more."""


class MachineGoneError(LookupError):
    """An order is of a queue that has no machine any more."""


class Machine(Protocol):
    def start(self, order: Order) -> bool:
        """Start the order's execution. False: its name was given before. Raises MachineGoneError."""
        ...

    def answer(self, token: str, answer: Answer) -> bool:
        """Wake a waiting state. False: none waits with this token any more."""
        ...

    def run(self, order: Order, action: ChecklistAction) -> None: ...

    def execution(self, order: Order) -> Execution | None:
        """The order's present execution; None if there is none. Eventually consistent."""
        ...


class StepFunctionsMachine:
    """Machines by `order_queue_id`, functions by module. They receive ids and nothing else (design, promise 7)."""

    def __init__(
        self,
        machine_arns: Mapping[str, str],
        function_arns: Mapping[str, str] | None = None,
        client: "SFNClient | None" = None,
    ) -> None:
        self._arns = machine_arns
        self._functions = function_arns or {}
        self._given = client

    @property
    def _client(self) -> "SFNClient":
        """Made when it is first needed: the API starts without one."""
        return self._given or step_functions()

    def start(self, order: Order) -> bool:
        if str(order.order_queue_id) not in self._arns:
            raise MachineGoneError(f"queue {order.order_queue_id} has no machine")
        try:
            self._client.start_execution(
                stateMachineArn=self._arns[str(order.order_queue_id)],
                name=execution_name(order),
                input=json.dumps({"order_id": order.order_id}),
            )
        except self._client.exceptions.ExecutionAlreadyExists:
            return False
        return True

    def execution(self, order: Order) -> Execution | None:
        if str(order.order_queue_id) not in self._arns:
            return None
        found = self._described(order, execution_name(order))
        if found is not None:
            return found
        earlier = self._described(order, earlier_name(order))  # may be of another order of that number
        return earlier if earlier and earlier.started_at >= order.ts - _CLOCKS_SECONDS else None

    def _described(self, order: Order, name: str) -> Execution | None:
        arn = self._arns[str(order.order_queue_id)].replace(":stateMachine:", ":execution:")
        try:
            found = self._client.describe_execution(executionArn=f"{arn}:{name}")
        except self._client.exceptions.ExecutionDoesNotExist:
            return None
        stated = {"error": found.get("error", ""), "cause": found.get("cause", "")}
        return Execution(name=name, status=found["status"], started_at=int(found["startDate"].timestamp()), **stated)

    def answer(self, token: str, answer: Answer) -> bool:
        gone = (self._client.exceptions.TaskTimedOut, self._client.exceptions.TaskDoesNotExist)
        try:
            if answer is Answer.GO_ON:
                self._client.send_task_success(taskToken=token, output="{}")
            else:
                self._client.send_task_failure(taskToken=token, error=answer.value, cause="see the order")
        except gone:
            return False
        return True

    def run(self, order: Order, action: ChecklistAction) -> None:
        """Run an action beside the machine. Lambda keeps the request until the function took it; its claim lets one run in.

        Raises ModuleGoneError.
        """
        if action.module not in self._functions:
            raise ModuleGoneError(action.module)
        lambda_functions().invoke(
            FunctionName=self._functions[action.module],
            InvocationType="Event",
            Payload=json.dumps({"order_id": order.order_id, "action_id": action.action_id, "requested": True}),
        )
