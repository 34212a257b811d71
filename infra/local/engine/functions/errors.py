"""A function's exception keeps its class, and costs the function no warm worker; a worker that fails takes no other with it.

AWS: an unhandled exception is answered with `errorType` (the class's name), `errorMessage`, `requestId` and
`stackTrace`; Step Functions matches `errorType` in Retry and Catch; the execution environment stays and serves the
next invocation. A handler module that cannot be imported fails with `Runtime.ImportModuleError`, any other error at
import with the exception's class. A process that ends before it answered is `Runtime.ExitError`.
The engine answers `Runtime.HandlerError` for every exception and kills the worker. When a worker fails, it kills all workers
of the function: callers who come at once after a deployment end each other's workers again and again, and nobody is answered.

https://docs.aws.amazon.com/lambda/latest/dg/python-exceptions.html
https://docs.aws.amazon.com/step-functions/latest/dg/concepts-error-handling.html
"""

from typing import Any

from ministack.core import lambda_runtime
from ministack.services import lambda_svc

from infra.local.engine.patching import edit_text, rewrite

_HANDLER_ERROR = (
    '            _real_stdout.write(json.dumps({"status": "error", "error": str(e), '
    '"trace": traceback.format_exc()}) + "\\n")\n'
)
_HANDLER_ERROR_CORRECTED = """\
            _frames = traceback.format_list(traceback.extract_tb(e.__traceback__)[1:])
            _real_stdout.write(json.dumps({"status": "ok", "result": None, "function_error": {
                "errorMessage": str(e),
                "errorType": type(e).__name__,
                "requestId": context.aws_request_id,
                "stackTrace": _frames,
            }}) + "\\n")
"""
_INIT_ERROR = '_real_stdout.write(json.dumps({"status": "error", "error": str(e)}) + "\\n")'
_INIT_ERROR_CORRECTED = (
    '_real_stdout.write(json.dumps({"status": "error", "error": str(e), "module": module_name, '
    '"error_type": type(e).__name__, "trace": traceback.format_exc()}) + "\\n")'
)
_WARM_OK = '        if result.get("status") == "ok":\n'
_WARM_OK_CORRECTED = """\
        if result.get("function_error"):
            return _orderq_function_error(result)
        if result.get("status") == "ok":
"""
_DIED = '            error_type = "Runtime.HandlerError"\n'
_DIED_CORRECTED = """\
            error_type = "Runtime.ExitError" if error_msg == "Worker process died" else "Runtime.HandlerError"
"""
_ALL_ENDED = (
    "        invalidate_worker(func_name, qualifier=qualifier, account=get_account_id(), region=get_region())\n"
    "        worker = None  # invalidate_worker already dropped it from the pool\n"
)
_ALL_ENDED_CORRECTED = """\
        _orderq_end_worker(worker)
        worker = None
"""


def apply() -> None:
    """Keep exception classes and warm workers."""
    edit_text(
        lambda_runtime,
        "_PYTHON_WORKER_SCRIPT",
        (_HANDLER_ERROR, _HANDLER_ERROR_CORRECTED),
        (_INIT_ERROR, _INIT_ERROR_CORRECTED),
    )
    rewrite(
        lambda_runtime.Worker,
        "_spawn",
        (
            "raise RuntimeError(f\"Worker init failed: {response.get('error')}\")",
            "raise _orderq_init_error(response)",
        ),
        _orderq_init_error=init_error,
    )
    rewrite(
        lambda_svc,
        "_execute_function_warm",
        (_WARM_OK, _WARM_OK_CORRECTED),
        ('            "log": "",\n', '            "log": getattr(e, "log", ""),\n'),
        (_DIED, _DIED_CORRECTED),
        (_ALL_ENDED, _ALL_ENDED_CORRECTED),
        _orderq_function_error=function_error,
        _orderq_end_worker=end_worker,
    )


def end_worker(worker: Any) -> None:
    """End this worker alone. It may be out of the pool already, if its function was changed meanwhile."""
    with lambda_runtime._lock:
        for key, workers in lambda_runtime._workers.items():
            lambda_runtime._workers[key] = [each for each in workers if each is not worker]
    lambda_runtime.kill_workers([worker])


def function_error(result: dict[str, Any]) -> dict[str, Any]:
    """The engine's result for an invocation whose handler raised."""
    error = result["function_error"]
    trace = f"[ERROR] {error['errorType']}: {error['errorMessage']}\nTraceback (most recent call last):\n"
    lines = [result.get("log", ""), trace + "".join(error["stackTrace"])]
    return {"body": error, "error": True, "log": "\n".join(line for line in lines if line)}


def init_error(response: dict[str, Any]) -> Exception:
    """An exception whose class bears AWS's name for the failure; the engine reports that name as `errorType`."""
    name, message = str(response.get("error_type")), str(response.get("error"))
    if name in ("ImportError", "ModuleNotFoundError"):
        name, message = "Runtime.ImportModuleError", f"Unable to import module '{response.get('module')}': {message}"
    failure: Exception = type(name, (RuntimeError,), {"log": f"[ERROR] {response.get('trace', '')}"})(message)
    return failure
