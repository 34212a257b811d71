"""Runs an execution's life: started once per name, timed out, ended once.

AWS: `StartExecution` with the name and input of a running execution answers 200 with that execution; names are 1-80
characters of a certain set; the input must be JSON. A machine's `TimeoutSeconds` ends the execution as `TIMED_OUT`. A
stopped or timed-out execution does nothing more, in no branch, and its status is final.
The engine refuses every repeated name, accepts any characters, and ignores `TimeoutSeconds`. It lets the branches of a stopped
execution run, and turns `ABORTED` into `FAILED` if such a branch fails. It numbers events of two branches alike, and sleeps
150 ms before each execution.

https://docs.aws.amazon.com/step-functions/latest/apireference/API_StartExecution.html
https://docs.aws.amazon.com/step-functions/latest/apireference/API_StopExecution.html
https://docs.aws.amazon.com/step-functions/latest/dg/statemachine-structure.html (TimeoutSeconds)
"""

import asyncio
import contextvars
import json
import re
import threading
from collections.abc import Callable
from typing import Any

from ministack import app
from ministack.services import stepfunctions

from infra.local.engine.patching import replace, rewrite, wrap
from infra.local.engine.states import scope as states_scope
from infra.local.engine.states.parallel import succeed

Call = Callable[..., Any]
_NAME = re.compile(r"[^\x00-\x1f\x7f-\x9f\s<>{}\[\]?*\"#%\\^|~`$&,;:/]{1,80}")
_scopes: dict[str, states_scope.Scope] = {}
_events_lock = threading.Lock()


def apply() -> None:
    """Start, time out and end executions as AWS does."""
    rewrite(
        stepfunctions,
        "_run_execution",
        ("    time.sleep(0.15)\n", ""),
        (
            "                current_input = _apply_input_path(state_def, current_input, ctx)\n"
            "                current_input = _apply_output_path(state_def, current_input, ctx)\n",
            "                current_input = _orderq_succeed(state_def, current_input, ctx)\n",
        ),
        _orderq_succeed=succeed,
    )
    wrap(stepfunctions, "_run_execution", _in_scope)
    wrap(stepfunctions, "_start_execution", _once_per_name)
    wrap(stepfunctions, "_stop_execution", _stopping_all)
    wrap(stepfunctions, "_fail_execution", _only_while_running)
    wrap(stepfunctions, "_add_event", _numbered)
    replace(stepfunctions, "_scaled_sleep", _sleep)
    wrap(stepfunctions, "reset", _stopping_everything)


def _in_scope(original: Call) -> Call:
    def run(arn: str) -> None:
        scope = _scopes[arn] = states_scope.Scope()
        states_scope.enter(scope)
        _time_out_later(arn)
        try:
            original(arn)
        except states_scope.Stopped:
            pass
        finally:
            scope.stop()
            if _scopes.get(arn) is scope:
                del _scopes[arn]

    return run


def _time_out_later(arn: str) -> None:
    execution = stepfunctions._executions.get(arn) or {}
    machine = stepfunctions._state_machines.get(execution.get("stateMachineArn", "")) or {}
    try:
        seconds = json.loads(machine.get("definition") or "{}").get("TimeoutSeconds")
    except ValueError:
        # The engine itself reports a definition that is not JSON.
        return
    loop: asyncio.AbstractEventLoop | None = app._MAIN_LOOP
    if seconds and loop:
        # On the loop, and in this context: the engine's stores are kept by account and region.
        context = contextvars.copy_context()
        loop.call_soon_threadsafe(lambda: loop.call_later(seconds, _time_out, arn, context=context))


def _time_out(arn: str) -> None:
    execution = stepfunctions._executions.get(arn)
    if not execution or execution["status"] != "RUNNING":
        return
    execution.update(status="TIMED_OUT", stopDate=stepfunctions.now_iso(), error="States.Timeout")
    details = {"error": "States.Timeout"}
    stepfunctions._add_event(execution, "ExecutionTimedOut", {"executionTimedOutEventDetails": details})
    stepfunctions._emit_execution_status_event(execution)
    _stop_scope(arn)


def _stop_scope(arn: str) -> None:
    if scope := _scopes.get(arn):
        scope.stop()


def _once_per_name(original: Call) -> Call:
    def start(data: dict[str, Any]) -> Any:
        if (name := data.get("name")) is not None and not _NAME.fullmatch(name):
            return stepfunctions.error_response_json("InvalidName", f"Invalid Name: '{name}'", 400)
        try:
            json.loads(data.get("input", "{}"))
        except ValueError:
            return stepfunctions.error_response_json(
                "InvalidExecutionInput", "Invalid State Machine Execution Input", 400
            )
        running = _running(data)
        if running and running["input"] == data.get("input", "{}"):
            return stepfunctions.json_response(
                {"executionArn": running["executionArn"], "startDate": running["startDate"]}
            )
        return original(data)

    return start


def _running(data: dict[str, Any]) -> dict[str, Any] | None:
    machine = stepfunctions._resolve_state_machine_arn(data.get("stateMachineArn", ""))
    if machine is None or not data.get("name"):
        return None
    arn = f"{machine.replace(':stateMachine:', ':execution:')}:{data['name']}"
    execution: dict[str, Any] | None = stepfunctions._executions.get(arn)
    return execution if execution and execution["status"] == "RUNNING" else None


def _stopping_all(original: Call) -> Call:
    def stop(data: dict[str, Any]) -> Any:
        answer = original(data)
        execution = stepfunctions._executions.get(data.get("executionArn"))
        if execution and execution["status"] == "ABORTED":
            _stop_scope(execution["executionArn"])
        return answer

    return stop


def _only_while_running(original: Call) -> Call:
    def fail(execution: dict[str, Any], error: str, cause: str) -> None:
        if execution["status"] == "RUNNING":
            original(execution, error, cause)

    return fail


def _numbered(original: Call) -> Call:
    def add(execution: dict[str, Any], event_type: str, details: dict[str, Any] | None = None) -> Any:
        # After the end only the event that reports the end itself may follow.
        if execution.get("status", "RUNNING") != "RUNNING" and not event_type.startswith("Execution"):
            return None
        with _events_lock:
            return original(execution, event_type, details)

    return add


def _sleep(seconds: float) -> None:
    scaled = seconds * stepfunctions._SFN_WAIT_SCALE
    if scaled > 0:
        states_scope.current().sleep(scaled)


def _stopping_everything(original: Call) -> Call:
    def reset() -> None:
        for scope in list(_scopes.values()):
            scope.stop()
        original()

    return reset
