"""Many orders at once: a preview, the run of a preview, its outcomes, and its stop."""

from lambdas.api.auth.caller import Caller
from lambdas.api.backend import Backend
from lambdas.api.bulk import records_2_0 as answers
from lambdas.api.bulk import views
from lambdas.api.bulk.requests import (
    BulkGetRequest,
    BulkListRequest,
    BulkPreviewRequest,
    BulkRunRequest,
    BulkStopRequest,
)
from lambdas.api.bulk.results import RunPage, RunReport
from lambdas.api.method import Method, Rights
from lambdas.bulk.errors import BulkRunNotFoundError
from lambdas.bulk.instruction import RIGHT_OF, BulkVerb
from lambdas.bulk.machine import BulkMachine
from lambdas.bulk.preview import Preview
from lambdas.bulk.preview_records import PreviewRecords
from lambdas.bulk.previewing import Previews
from lambdas.bulk.run import OutcomeKind, Run
from lambdas.bulk.run_records import RunRecords
from lambdas.bulk.running import Runs
from lambdas.records.pauses.pause import PauseRecords
from lambdas.records.users.api_user import ApiUserRecords
from lambdas.records.users.rights import Right
from lambdas.runtime.settings import Settings

_OUTCOMES, _LISTED = 100, 20  # of one answer


class BulkSettings(Settings):
    """`bulk_machine`: ARN of the state machine of runs."""

    bulk_machine: str


def _previews(backend: Backend) -> Previews:
    return Previews(
        service=backend.service,
        records=PreviewRecords(backend.limits.expiring),
        users=ApiUserRecords(backend.records),
        now=backend.service.now,
        paused=PauseRecords(backend.records, backend.service.now).active,
    )


def _runs(backend: Backend) -> Runs:
    machine = BulkMachine(BulkSettings.from_environment().bulk_machine)
    return Runs(RunRecords(backend.records), machine, backend.service.now)


def _preview(backend: Backend, request: BulkPreviewRequest, caller: Caller) -> Preview:
    previews = _previews(backend)
    if request.preview:
        return previews.resume(caller.user, request.preview)
    return previews.begin(caller.user, request.instruction, request.selection)


def _preview_rights(request: BulkPreviewRequest) -> Rights:
    """Each order is judged again, where it is."""
    verb = (RIGHT_OF[BulkVerb(request.verb)],) if request.verb else ()
    return (Right.VIEW, Right.BULK, *verb)


def _run(backend: Backend, request: BulkRunRequest, caller: Caller) -> RunReport:
    runs = _runs(backend)
    if request.preview:
        return _report(
            runs, runs.start(_previews(backend), request.preview, caller.user, (request.reason or "").strip())
        )
    try:
        return _report(runs, runs.resume(request.bulk_run_id or "", caller.user))
    except BulkRunNotFoundError as missing:
        raise caller.not_found(missing) from None


def _get(backend: Backend, request: BulkGetRequest, caller: Caller) -> RunReport:
    runs = _runs(backend)
    try:
        run = runs.get(request.bulk_run_id, caller.user)
    except BulkRunNotFoundError as missing:
        raise caller.not_found(missing) from None
    kind = None if request.outcome is None else OutcomeKind(request.outcome)
    limit = request.limit or _OUTCOMES
    found, behind = runs.records.outcomes(run.run_id, behind=request.cursor or "", limit=limit, kind=kind)
    return RunReport(run, runs.records.counts(run.run_id), found, behind)


def _list(backend: Backend, request: BulkListRequest, caller: Caller) -> RunPage:
    runs = _runs(backend)
    found, behind = runs.list_runs(caller.user, behind=request.cursor or "", most=request.limit or _LISTED)
    return RunPage(tuple(_report(runs, run) for run in found), behind)


def _stop(backend: Backend, request: BulkStopRequest, caller: Caller) -> RunReport:
    runs = _runs(backend)
    try:
        return _report(runs, runs.stop(request.bulk_run_id, caller.user, (request.reason or "").strip()))
    except BulkRunNotFoundError as missing:
        raise caller.not_found(missing) from None


def _report(runs: Runs, run: Run) -> RunReport:
    return RunReport(run, runs.records.counts(run.run_id))


_EVERY = (Right.VIEW, Right.BULK)
_EXAMPLE = "00000000000000aa"

METHODS: dict[str, Method] = {
    "order.bulk_preview": Method(
        title="Preview one verb on many orders",
        request=BulkPreviewRequest,
        rights=_preview_rights,
        verb=_preview,
        answer=answers.preview,
        view=views.preview_view,
        example={"verb": "retry", "order_queue_id": 1, "state": "failed"},
    ),
    "order.bulk_run": Method(
        title="Run a preview on its orders, or continue a run",
        request=BulkRunRequest,
        rights=_EVERY,
        verb=_run,
        answer=answers.run,
        view=views.run_view,
        example={"preview": f"{_EXAMPLE}.{_EXAMPLE}{_EXAMPLE}", "reason": "the gateway is back"},
    ),
    "order.bulk_get": Method(
        title="Get a run and the outcomes of its orders",
        request=BulkGetRequest,
        rights=_EVERY,
        verb=_get,
        answer=answers.outcomes,
        view=views.outcomes_view,
        reads=True,
        example={"bulk_run_id": _EXAMPLE},
    ),
    "order.bulk_list": Method(
        title="List the runs, the latest first",
        request=BulkListRequest,
        rights=_EVERY,
        verb=_list,
        answer=answers.runs,
        view=views.runs_view,
        reads=True,
    ),
    "order.bulk_stop": Method(
        title="Stop a run",
        request=BulkStopRequest,
        rights=_EVERY,
        verb=_stop,
        answer=answers.run,
        view=views.run_view,
        example={"bulk_run_id": _EXAMPLE, "reason": "something is wrong"},
    ),
}
