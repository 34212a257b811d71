"""Previews and runs as API 2.0 answers them: the same names, all values text."""

from typing import Any

from lambdas.api.bulk import views
from lambdas.api.bulk.results import RunPage, RunReport
from lambdas.api.http.values_2_0 import as_text
from lambdas.bulk.preview import Preview


def preview(found: Preview) -> Any:
    return as_text(views.preview_view(found))


def run(found: RunReport) -> Any:
    return as_text(views.run_view(found))


def runs(found: RunPage) -> Any:
    """By id; `[]` if there are none."""
    by_id = {report.run.run_id: views.run_view(report) for report in found.reports}
    return as_text({"bulk_runs": by_id or [], "next_cursor": found.next_cursor})


def outcomes(found: RunReport) -> Any:
    return as_text(views.outcomes_view(found))
