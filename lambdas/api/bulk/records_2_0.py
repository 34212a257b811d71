"""Previews and runs as API 2.0 answers them: the same names, all values text."""

from typing import Any

from lambdas.api.bulk import views
from lambdas.api.bulk.results import RunReport
from lambdas.api.http.values_2_0 import as_text
from lambdas.bulk.preview import Preview


def preview(found: Preview) -> Any:
    return as_text(views.preview_view(found))


def run(found: RunReport) -> Any:
    return as_text(views.run_view(found))


def outcomes(found: RunReport) -> Any:
    return as_text(views.outcomes_view(found))
