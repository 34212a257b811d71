"""`Parallel` in JSONata mode, with branches that do not see each other.

AWS: each branch has its own context (`$states.context.State`, `.Task.Token`) and its own variables, which start as
the outer ones; when one branch fails, all are stopped at once and the state fails with that branch's error. In
JSONata mode `Arguments`, `Output` and `Assign` apply. Each state within a branch is in the history.
The engine gives all branches one context, so that two branches which wait at the same time can be handed the same
token; waits for every branch to end before it reports a failure, which is for ever when one waits for a token;
ignores the three fields; and leaves the states of branches out of the history.

`Map` is left as it is: the one of bulk runs (infra/bulk.py) waits for no token, and each of its iterations catches every error.

https://docs.aws.amazon.com/step-functions/latest/dg/state-parallel.html
https://docs.aws.amazon.com/step-functions/latest/dg/workflow-variables.html
"""

import contextvars
import copy
import json
from concurrent.futures import FIRST_EXCEPTION, Future, ThreadPoolExecutor, wait
from typing import Any

from ministack.services import stepfunctions as sf

from infra.local.engine.patching import replace
from infra.local.engine.states import scope as states_scope

Json = dict[str, Any]


def apply() -> None:
    """Run branches, and the states in them, as AWS does."""
    replace(sf, "_run_parallel_branches", run_branches)
    replace(sf, "_run_sub_machine", run_states)


def run_branches(state: Json, raw_input: Any, execution: Json, ctx: Json) -> tuple[Any, str | None]:
    """One attempt of a `Parallel` state: its output and the next state."""
    jsonata = _is_jsonata(state, ctx)
    if jsonata:
        effective = sf._apply_jsonata_arguments(state, raw_input, ctx)
    else:
        effective = sf._apply_parameters(state, sf._apply_input_path(state, raw_input, ctx), ctx)
    results = _results(state.get("Branches", []), effective, execution, ctx)
    if jsonata:
        output = sf._apply_jsonata_output(state, raw_input, ctx, result=results, default=results)
        sf._apply_state_assign(state, raw_input, ctx, result=results)
    else:
        output = sf._apply_result_path(state, raw_input, sf._apply_result_selector(state, results))
        output = sf._apply_output_path(state, output, ctx)
    return output, sf._next_or_end(state)


def _results(branches: list[Json], effective: Any, execution: Json, ctx: Json) -> list[Any]:
    parent = states_scope.current()
    scope = parent.child()
    pool = ThreadPoolExecutor(max_workers=max(1, len(branches)), thread_name_prefix="branch")
    try:
        futures = [
            pool.submit(
                contextvars.copy_context().run, _run_branch, scope, branch, effective, execution, _own_context(ctx)
            )
            for branch in branches
        ]
        wait(futures, return_when=FIRST_EXCEPTION)
    finally:
        # What has not ended by now is not waited for: a branch may be within a Lambda, whose result no longer counts.
        scope.stop()
        parent.forget(scope)
        pool.shutdown(wait=False)
    parent.check()
    _raise_first_error(futures)
    return [future.result() for future in futures]


def _raise_first_error(futures: list[Future[Any]]) -> None:
    errors = [future.exception() for future in futures if future.done()]
    for error in errors:
        if error is not None and not isinstance(error, states_scope.Stopped):
            raise error if isinstance(error, sf._ExecutionError) else sf._ExecutionError("States.Runtime", str(error))


def _own_context(ctx: Json) -> Json:
    return {**ctx, "State": dict(ctx["State"]), "variables": dict(ctx.get("variables") or {})}


def _run_branch(scope: states_scope.Scope, branch: Json, effective: Any, execution: Json, ctx: Json) -> Any:
    states_scope.enter(scope)
    return run_states(branch.get("States", {}), branch.get("StartAt"), effective, execution, ctx)


def run_states(states: Json, start_at: str | None, effective: Any, execution: Json, ctx: Json) -> Any:
    """Walk the states of a branch; its output."""
    scope = states_scope.current()
    name, data = start_at, copy.deepcopy(effective)
    while name:
        scope.check()
        state = states.get(name)
        if not state:
            raise sf._ExecutionError("States.Runtime", f"State '{name}' not found")
        kind = state.get("Type")
        ctx["State"] = {"Name": name, "EnteredTime": sf.now_iso(), "RetryCount": 0}
        _add_event(execution, kind, "Entered", name, input=data)
        data, following = _run_state(kind, state, data, execution, ctx)
        scope.check()
        _add_event(execution, kind, "Exited", name, output=data)
        name = following
    return data


def _run_state(kind: Any, state: Json, data: Any, execution: Json, ctx: Json) -> tuple[Any, str | None]:
    if kind == "Succeed":
        return succeed(state, data, ctx), None
    if kind == "Fail":
        raise sf._ExecutionError(*sf._fail_state_error(state, data, ctx))
    if kind in ("Task", "Parallel", "Map"):
        result: tuple[Any, str | None] = getattr(sf, f"_execute_{kind.lower()}")(state, data, execution, ctx)
    elif kind in ("Pass", "Choice", "Wait"):
        result = getattr(sf, f"_execute_{kind.lower()}")(state, data, ctx)
    else:
        raise sf._ExecutionError("States.Runtime", f"Unknown state type: {kind}")
    return result


def succeed(state: Json, data: Any, ctx: Json) -> Any:
    """The output of a `Succeed` state."""
    if _is_jsonata(state, ctx):
        return sf._apply_jsonata_output(state, data, ctx, default=data)
    return sf._apply_output_path(state, sf._apply_input_path(state, data, ctx), ctx)


def _is_jsonata(state: Json, ctx: Json) -> bool:
    return bool(sf._state_query_language(state, ctx) == "JSONata")


def _add_event(execution: Json, kind: Any, what: str, name: str, **data: Any) -> None:
    details = {"name": name, **{key: json.dumps(value) for key, value in data.items()}}
    sf._add_event(execution, f"{kind}State{what}", {f"state{what}EventDetails": details})
