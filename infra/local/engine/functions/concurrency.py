"""Lambda's concurrency is bounded, and a busy moment queues.

AWS: an account runs a bounded number of invocations at a time, asynchronous ones wait in a queue.
The engine starts one more interpreter for every invocation that finds no idle one (a thousand workers and 22 GB in
one measured run). Here at most `ORDERQ_LAMBDA_CONCURRENCY` invocations run at a time,
`ORDERQ_LAMBDA_FUNCTION_CONCURRENCY` of one function; more wait, and are throttled as on AWS only after
`ORDERQ_LAMBDA_QUEUE_SECONDS`.

An invocation which a running function waits for takes no place: it would wait for the place of its own caller.

https://docs.aws.amazon.com/lambda/latest/dg/lambda-concurrency.html
"""

import contextvars
import threading
import time
from collections import defaultdict
from collections.abc import Callable
from typing import Any

from ministack.services import lambda_svc

from infra.local.engine.patching import wrap
from infra.local.engine.settings import SETTINGS

Execute = Callable[[dict[str, Any], Any, str], dict[str, Any]]
_asynchronous = contextvars.ContextVar("orderq_asynchronous", default=False)


class Places:
    """The places at which functions may run: so many in all, so many for each function."""

    def __init__(self, total: int, per_function: int, patience_seconds: float) -> None:
        self._total = threading.BoundedSemaphore(total)
        self._lock = threading.Lock()
        self._of_function: defaultdict[str, threading.BoundedSemaphore] = defaultdict(
            lambda: threading.BoundedSemaphore(per_function)
        )
        self._patience_seconds = patience_seconds

    def take(self, function: str) -> bool:
        """Wait for a place; False when none came free in time."""
        with self._lock:
            own = self._of_function[function]
        deadline = time.monotonic() + self._patience_seconds
        # A function's own place first: those who wait for it must not hold one that others could use.
        if not own.acquire(timeout=self._patience_seconds):
            return False
        if self._total.acquire(timeout=max(0.0, deadline - time.monotonic())):
            return True
        own.release()
        return False

    def leave(self, function: str) -> None:
        """Give the place back."""
        self._total.release()
        self._of_function[function].release()


def apply() -> None:
    """Bound the workers of all functions."""
    places = Places(SETTINGS.lambda_concurrency, SETTINGS.lambda_function_concurrency, SETTINGS.lambda_queue_seconds)
    wrap(lambda_svc, "_execute_function_warm", lambda original: _bounded(original, places))
    wrap(lambda_svc, "invoke_async_with_retry", _marked_asynchronous)


def _bounded(original: Execute, places: Places) -> Execute:
    def execute(func: dict[str, Any], event: Any, request_id: str) -> dict[str, Any]:
        if _awaited_by_a_function():
            return original(func, event, request_id)
        config = func.get("config") or func
        name = str(config.get("FunctionName"))
        if not places.take(name):
            throttled: dict[str, Any] = lambda_svc._throttle_response(
                reason_code="ConcurrentInvocationLimitExceeded",
                msg=f"Rate Exceeded: no place for {name} in {SETTINGS.lambda_queue_seconds} seconds",
            )
            return throttled
        try:
            return original(func, event, request_id)
        finally:
            places.leave(name)

    return execute


def _awaited_by_a_function() -> bool:
    # The depth is 1 for a call from outside and grows with each function on the way.
    return lambda_svc._invoke_depth.get() > 1 and not _asynchronous.get()


def _marked_asynchronous(original: Callable[..., None]) -> Callable[..., None]:
    def invoke(*args: Any, **kwargs: Any) -> None:
        token = _asynchronous.set(True)
        try:
            # Runs in a thread of its own, which takes this context with it.
            original(*args, **kwargs)
        finally:
            _asynchronous.reset(token)

    return invoke
