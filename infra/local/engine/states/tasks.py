"""A task's time limits, and a new task token for each attempt.

AWS: in JSONata mode `TimeoutSeconds` and `HeartbeatSeconds` may be expressions; a retried `.waitForTaskToken` task
gets a new token; a Lambda function that fails in a `.waitForTaskToken` task fails the task; `HeartbeatSeconds`
without a heartbeat is `States.HeartbeatTimeout`. The result of a task whose execution or branch was stopped is
ignored.
The engine takes both fields as they are, keeps one token for all attempts, swallows the function's error and waits
for ever, and ignores `HeartbeatSeconds`.

AWS: SDK integrations spell members of attribute values in their own way (`Bool`); what the service writes (`BOOL`) is
States.Runtime. The engine takes it.

https://docs.aws.amazon.com/step-functions/latest/dg/state-task.html
https://docs.aws.amazon.com/step-functions/latest/dg/connect-to-resource.html
"""

import threading
import time
from collections.abc import Callable
from typing import Any

from ministack.services import stepfunctions

from infra.local.engine.patching import rewrite, wrap
from infra.local.engine.states import scope as states_scope
from infra.local.engine.states import tokens

Call = Callable[..., Any]
_NEW_TOKEN = '    if is_callback:\n        ctx["Task"] = {"Token": new_uuid()}\n\n'
_ATTEMPT = '        ctx["State"]["RetryCount"] = sum(retry_counts.values())\n'
_ATTEMPT_WITH_TOKEN = f'{_ATTEMPT}        if is_callback:\n            ctx["Task"] = {{"Token": new_uuid()}}\n'
_SWALLOWED = "        except _ExecutionError:\n            pass\n"
_RAISED = "        except _ExecutionError:\n            _task_tokens.pop(token, None)\n            raise\n"


def apply() -> None:
    """Run tasks as AWS does."""
    rewrite(stepfunctions, "_execute_task", (_NEW_TOKEN, ""), (_ATTEMPT, _ATTEMPT_WITH_TOKEN))
    rewrite(
        stepfunctions,
        "_invoke_with_callback",
        (_SWALLOWED, _RAISED),
        (
            "    if not evt.wait(timeout=timeout):\n",
            "    if not _orderq_wait_for_answer(evt, token, timeout, state_def):\n",
        ),
        _orderq_wait_for_answer=wait_for_answer,
    )
    wrap(stepfunctions, "_execute_task", _with_evaluated_limits)
    wrap(stepfunctions, "_invoke_resource", _unless_stopped)
    wrap(stepfunctions, "_invoke_with_callback", _issuing)


def _with_evaluated_limits(original: Call) -> Call:
    def execute(state: dict[str, Any], raw_input: Any, execution: dict[str, Any], ctx: dict[str, Any]) -> Any:
        for field in ("TimeoutSeconds", "HeartbeatSeconds"):
            if isinstance(state.get(field), str):
                value = stepfunctions._jsonata_state_field(state, field, "number", raw_input, ctx)
                state = {**state, field: value}
        return original(state, raw_input, execution, ctx)

    return execute


def _unless_stopped(original: Call) -> Call:
    def invoke(resource: str, arguments: Any) -> Any:
        scope = states_scope.current()
        scope.check()
        if ":aws-sdk:dynamodb:" in resource:
            refuse_other_members((arguments or {}).get("ExpressionAttributeValues", {}))
        try:
            return original(resource, arguments)
        finally:
            # Over whatever the task answered or raised.
            scope.check()

    return invoke


def refuse_other_members(values: dict[str, Any]) -> None:
    """Fail as AWS does for a member of an attribute value that its SDK integration spells otherwise than the service."""
    for value in values.values():
        if other := value.keys() & {"BOOL", "NULL", "SS", "NS", "BS", "B"}:
            text = f"The field {sorted(other)[0]!r} is not supported by Step Functions"
            raise stepfunctions._ExecutionError("States.Runtime", text)
        if isinstance(inner := value.get("M"), dict):
            refuse_other_members(inner)
        if isinstance(each := value.get("L"), list):
            refuse_other_members(dict(enumerate(each)))  # type: ignore[arg-type]


def _issuing(original: Call) -> Call:
    def invoke(resource: str, arguments: Any, token: str, state: dict[str, Any]) -> Any:
        tokens.issue(token)
        try:
            return original(resource, arguments, token, state)
        finally:
            stepfunctions._task_tokens.pop(token, None)

    return invoke


def wait_for_answer(event: threading.Event, token: str, timeout: float, state: dict[str, Any]) -> bool:
    """Wait until the token is answered; False when `TimeoutSeconds` pass first."""
    scope = states_scope.current()
    info = stepfunctions._task_tokens[token]
    ends_at = time.monotonic() + timeout
    heartbeat = state.get("HeartbeatSeconds")
    info.setdefault("beat_at", time.monotonic())
    while True:
        beat_by = info["beat_at"] + heartbeat if heartbeat else ends_at
        if scope.wait_for(event, max(0.0, min(ends_at, beat_by) - time.monotonic())):
            return True
        now = time.monotonic()
        beat_missed = heartbeat and now >= info["beat_at"] + heartbeat
        if now < ends_at and not beat_missed:
            continue
        if tokens.close(info):
            return True
        if now >= ends_at:
            return False
        raise stepfunctions._ExecutionError("States.HeartbeatTimeout", f"No heartbeat for {heartbeat} seconds")
