"""Starts, continues, stops and shows runs."""

from collections.abc import Callable
from dataclasses import dataclass

from lambdas.bulk.errors import (
    BulkRunNotFoundError,
    NothingToRunError,
    NotYourRunError,
    PreviewGoneError,
    PreviewUnfinishedError,
)
from lambdas.bulk.machine import BulkMachine
from lambdas.bulk.preview import Preview, first_digest, next_digest
from lambdas.bulk.preview_records import PreviewRecords
from lambdas.bulk.previewing import Previews
from lambdas.bulk.run import GOING, Run, RunState
from lambdas.bulk.run_records import RunRecords
from lambdas.records.users.api_user import ApiUser

_STARTS_WITHIN_SECONDS = 60  # as Step Functions lets see it
_LIST_READS = 10  # pages of runs that one call looks through for some that the user sees


@dataclass(frozen=True)
class Runs:
    """`now` gives Unix seconds."""

    records: RunRecords
    machine: BulkMachine
    now: Callable[[], int]

    def start(self, previews: Previews, token: str, user: ApiUser, reason: str) -> Run:
        """Run the preview. The same token again answers with the same run.

        Raises PreviewGoneError, PreviewUnfinishedError or NothingToRunError.
        """
        begun = self.records.find(token.partition(".")[0][:64])
        if begun is not None and begun.by == user.name:
            self._start_if_lost(begun)
            return self.as_it_stands(begun)
        preview = previews.find(token, user.name)
        if not preview.is_complete:
            raise PreviewUnfinishedError
        if not preview.planned:
            raise NothingToRunError
        run = self._add(preview, previews.records, reason)
        self.machine.start(run)
        return run

    def _add(self, preview: Preview, previews: PreviewRecords, reason: str) -> Run:
        pages = previews.pages(preview)
        digest = first_digest(preview.by, preview.instruction)
        for page in pages:
            digest = next_digest(digest, page)
        if digest != preview.digest:
            raise PreviewGoneError
        run = Run(
            run_id=preview.preview_id,
            by=preview.by,
            reason=reason,
            instruction=preview.instruction,
            pages=preview.pages,
            orders=preview.planned,
            effects=preview.effects,
            refusals=preview.refusals,
            refused=preview.refused,
            places=preview.places,
            refused_places=preview.refused_places,
            begun_at=self.now(),
        )
        return self.records.add(run, pages, previewed_at=preview.made_at)

    def _start_if_lost(self, run: Run) -> None:
        """Start the execution of a run whose process died before it did."""
        if run.state is RunState.RUNNING and self.machine.is_running(run) is None:
            self.machine.start(run)

    def get(self, run_id: str, user: ApiUser) -> Run:
        """Raises BulkRunNotFoundError, also for a run with orders where the user may not act on many."""
        run = self.records.find(run_id)
        if run is None or not run.is_visible_to(user):
            raise BulkRunNotFoundError
        return self.as_it_stands(run).shown_to(user)

    def list_runs(self, user: ApiUser, *, behind: str = "", most: int = 20) -> tuple[tuple[Run, ...], str]:
        """The latest runs that the user may see, and where to continue; empty: none follows."""
        found: list[Run] = []
        for _ in range(_LIST_READS):
            page, behind = self.records.latest(behind=behind, most=most)
            seen = [run for run in page if run.is_visible_to(user)]
            found += [self.as_it_stands(run).shown_to(user) for run in seen]
            if found or not behind:
                break
        return tuple(found), behind

    def as_it_stands(self, run: Run) -> Run:
        """The run, which is unfinished or stopped if its machine ended without closing it. Nothing is written."""
        if run.state not in GOING or self._is_running(run):
            return run
        current = self.records.find(run.run_id) or run  # its machine may have closed it just now
        if current.state not in GOING:
            return current
        stopped = current.state is RunState.STOPPING
        return current.changed(state=RunState.STOPPED if stopped else RunState.UNFINISHED)

    def _is_running(self, run: Run) -> bool:
        running = self.machine.is_running(run)
        return self.now() < run.begun_at + _STARTS_WITHIN_SECONDS if running is None else running

    def resume(self, run_id: str, user: ApiUser) -> Run:
        """Continue a run that was stopped or is unfinished, with the orders that have no outcome. Raises as `get`, and
        NotYourRunError."""
        run = self.get(run_id, user)
        if run.by != user.name:
            raise NotYourRunError(run.by)
        if run.state in GOING or run.state is RunState.DONE:
            return run
        starts = run.starts

        def change(current: Run) -> Run:
            if current.starts != starts:
                return current  # another call did it
            return current.changed(
                state=RunState.RUNNING,
                starts=starts + 1,
                begun_at=self.now(),
                ended_at=None,
                stopped_by="",
                stopped_at=None,
                stopped_because="",
            )

        resumed = self.records.change(run_id, change)
        if resumed is None:
            raise BulkRunNotFoundError
        self.machine.start(resumed)
        return resumed

    def stop(self, run_id: str, user: ApiUser, because: str) -> Run:
        """Begin no further order. An order that is being acted on is finished. Raises as `get`."""
        self.get(run_id, user)

        def change(current: Run) -> Run:
            if current.state is not RunState.RUNNING:
                return current
            return current.changed(
                state=RunState.STOPPING, stopped_by=user.name, stopped_at=self.now(), stopped_because=because
            )

        stopped = self.records.change(run_id, change)
        if stopped is None:
            raise BulkRunNotFoundError
        return self.as_it_stands(stopped).shown_to(user)
