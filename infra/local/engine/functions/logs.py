"""Keeps an invocation's log lines apart, without waiting for a handler that logs nothing.

AWS: each line is in the log between its invocation's START and END.
The engine waits up to 50 ms for a first line after every invocation. It takes the lines that arrived by then, so a late line
turns up in the next invocation's log. Here the worker ends each invocation's output with a mark, and reading stops there.
A worker that lives writes its mark sooner or later, however busy the machine is, so it is waited for; but not
for ever, since a handler may have put something else in the place of `sys.stderr`.

https://docs.aws.amazon.com/lambda/latest/dg/python-logging.html
"""

import queue
import time
from collections.abc import Callable
from typing import Any

from ministack.core import lambda_runtime

from infra.local.engine.functions.environment import is_python
from infra.local.engine.patching import edit_text, wrap

END_MARK = "\x1eend of invocation\x1e"
_LIVING_SECONDS = 30.0
_LOOK_SECONDS = 0.25  # after its end, what a worker wrote is in the pipe already


def apply() -> None:
    """Read a worker's log up to the mark."""
    edit_text(
        lambda_runtime,
        "_PYTHON_WORKER_SCRIPT",
        (
            "        _real_stdout.flush()\n\nrun()\n",
            f"        sys.stderr.write({END_MARK!r} + '\\n')\n"
            "        sys.stderr.flush()\n"
            "        _real_stdout.flush()\n\nrun()\n",
        ),
    )
    wrap(lambda_runtime.Worker, "_drain_stderr_bounded", _up_to_mark)


def _up_to_mark(original: Callable[..., str]) -> Callable[..., str]:
    def drain(worker: Any, *args: float, **kwargs: float) -> str:
        if type(worker) is not lambda_runtime.Worker or not is_python(worker.config.get("Runtime", "python")):
            return original(worker, *args, **kwargs)
        lines: list[str] = []
        deadline = time.monotonic() + _LIVING_SECONDS
        while True:
            lives = worker._proc is not None and worker._proc.poll() is None
            try:
                line: str = worker._stderr_queue.get(timeout=_LOOK_SECONDS)
            except queue.Empty:
                if lives and time.monotonic() < deadline:
                    continue
                break
            # A handler may end with a line that has no newline: the mark is then on the same line.
            if line.endswith(END_MARK):
                lines.extend([line.removesuffix(END_MARK)] if line != END_MARK else [])
                break
            lines.append(line)
        return "\n".join(lines)

    return drain
