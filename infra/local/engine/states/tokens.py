"""Refuses answers to a task token whose task is over or never existed.

AWS: an answer to a task that has been answered, has timed out, or whose execution or branch was stopped is refused with
`TaskTimedOut`; a text that never was a token with `InvalidToken`; an output that is not JSON with `InvalidOutput`.
The engine answers `TaskDoesNotExist` in the first two cases, or accepts the answer, also a second one which then counts.

https://docs.aws.amazon.com/step-functions/latest/apireference/API_SendTaskSuccess.html
"""

import json
import threading
import time
from collections.abc import Callable
from typing import Any

from ministack.services import stepfunctions

from infra.local.engine.patching import wrap

Answer = Callable[[dict[str, Any]], Any]
_issued: set[str] = set()
_answering = threading.Lock()


def issue(token: str) -> None:
    """Remember that this was a token."""
    _issued.add(token)


def close(info: dict[str, Any]) -> bool:
    """Take no more answers; whether there is one already. An answer that was accepted must not be lost to a timeout."""
    with _answering:
        info["closed"] = True
        return bool(info["event"].is_set())


def apply() -> None:
    """Refuse late and wrong answers as AWS does."""
    for name in ("_send_task_success", "_send_task_failure", "_send_task_heartbeat"):
        wrap(stepfunctions, name, _only_open_tasks)
    wrap(stepfunctions, "_send_task_success", _only_json)
    wrap(stepfunctions, "_send_task_heartbeat", _stamped)


def _only_open_tasks(original: Answer) -> Answer:
    def answer(data: dict[str, Any]) -> Any:
        token = data.get("taskToken", "")
        with _answering:
            info = stepfunctions._task_tokens.get(token)
            if info and not info["event"].is_set() and not info.get("closed"):
                return original(data)
        if info or token in _issued:
            message = "Task Timed Out: 'Provided task does not exist anymore'"
            return stepfunctions.error_response_json("TaskTimedOut", message, 400)
        return stepfunctions.error_response_json("InvalidToken", "Invalid Token: 'Invalid token'", 400)

    return answer


def _only_json(original: Answer) -> Answer:
    def answer(data: dict[str, Any]) -> Any:
        try:
            json.loads(data.get("output", ""))
        except ValueError:
            return stepfunctions.error_response_json("InvalidOutput", "Invalid Output: not valid JSON", 400)
        return original(data)

    return answer


def _stamped(original: Answer) -> Answer:
    def beat(data: dict[str, Any]) -> Any:
        answer = original(data)
        if info := stepfunctions._task_tokens.get(data.get("taskToken", "")):
            info["beat_at"] = time.monotonic()
        return answer

    return beat
