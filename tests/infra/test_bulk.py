"""The machine of bulk runs: within AWS's limits, and never ended by one page."""

import json

from infra.bulk import definition
from lambdas.bulk.errors import MOST_ORDERS
from lambdas.bulk.preview import PAGE_ORDERS
from tests.infra.template import Synthesized

EVENTS_OF_A_PAGE = (
    8  # iteration started and succeeded; state entered, scheduled, started, succeeded, exited; and one more
)
EVENTS_OF_A_RETRY = 3
MOST_EVENTS, MOST_INPUT_BYTES, MOST_INLINE_WORKERS = 25_000, 256 * 1024, 40


def test_the_largest_run_fits_into_one_execution() -> None:
    pages = -(-MOST_ORDERS // PAGE_ORDERS)
    (_, retry) = definition()["States"]["Pages"]["ItemProcessor"]["States"]["Act on orders"]["Retry"]

    assert pages * (EVENTS_OF_A_PAGE + EVENTS_OF_A_RETRY * retry["MaxAttempts"]) < MOST_EVENTS
    assert len(json.dumps({"run_id": "0" * 16, "start": 1, "pages": list(range(pages))})) < MOST_INPUT_BYTES / 10
    assert definition()["States"]["Pages"]["MaxConcurrency"] <= MOST_INLINE_WORKERS


def test_a_page_that_fails_ends_neither_the_others_nor_the_run() -> None:
    page = definition()["States"]["Pages"]["ItemProcessor"]["States"]

    assert page["Act on orders"]["Catch"] == [{"ErrorEquals": ["States.ALL"], "Next": "Leave page"}]
    assert page["Leave page"]["End"] is True


def test_runs_are_paced_as_the_stage_says(stage: Synthesized) -> None:
    workers = definition()["States"]["Pages"]["MaxConcurrency"]
    pace = float(stage.functions["BulkWorker"]["Environment"]["Variables"]["PACE_SECONDS"])

    assert pace * stage.settings.bulk_orders_per_second == workers
