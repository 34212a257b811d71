"""An execution has room for 25,000 events in its history (https://docs.aws.amazon.com/step-functions/latest/dg/service-quotas.html),
which has to do for an order that waits a year and is tried again every day, each time until its retries are used up."""

import pytest

from lambdas.orders.model.queue import Queue, load_queues
from tests.unit.statemachines.graphs import Machine, compiled, lambdas, states

MOST_EVENTS = 25_000
DAYS = 365
ENTERED_AND_EXITED = 2
TRY = 3  # scheduled, started, failed
WAIT = ENTERED_AND_EXITED + 4  # scheduled, started, submitted, succeeded or timed out
SILENCE = ENTERED_AND_EXITED + TRY


def events_of_a_day(run: Machine) -> int:
    """Of one try of a run or an undo that fails in the way that is tried again most often, up to its next wait."""
    tries = 1 + max(int(retry["MaxAttempts"]) for retry in run["Retry"])
    return ENTERED_AND_EXITED + TRY * tries + SILENCE + WAIT


@pytest.mark.parametrize("queue", load_queues().values(), ids=lambda queue: queue.key)
def test_an_order_that_is_tried_again_daily_for_a_year_does_not_fill_its_history(queue: Queue) -> None:
    machine = compiled(queue)
    everything_once = sum(WAIT for _ in states(machine)) + sum(events_of_a_day(run) for _, run in lambdas(machine))
    worst = max(events_of_a_day(run) for _, run in lambdas(machine))

    assert DAYS * worst + everything_once < MOST_EVENTS
