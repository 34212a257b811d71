"""`order.numbers`: what became of orders day by day, how long their steps took, and the money in them."""

from datetime import date, timedelta
from typing import Annotated, Any

from pydantic import Field

from lambdas.api.auth.caller import Caller
from lambdas.api.auth.visibility import visible_queues
from lambdas.api.backend import Backend
from lambdas.api.errors import MalformedRequestError
from lambdas.api.http.parameters import Absent, Count, Request
from lambdas.api.http.values_2_0 import as_text
from lambdas.api.method import Method
from lambdas.api.orders.numbers_views import FoundNumbers, QueueNumbers, numbers_view
from lambdas.orders.errors import Problem, QueueNotFoundError
from lambdas.orders.model.queue import Queue
from lambdas.read_models.numbers.days import DayNumbers
from lambdas.read_models.numbers.facts import day_of
from lambdas.read_models.numbers.waiting import count_waiting
from lambdas.read_models.worklist.store import WorklistStore
from lambdas.records.step_counts import StepCounts
from lambdas.records.users.rights import Right

MOST_DAYS, USUAL_DAYS = 31, 30
Day = Annotated[Annotated[str, Field(pattern=r"^[0-9]{4}-[0-9]{2}-[0-9]{2}$")] | None, Absent]


class NumbersRequest(Request):
    """`order.numbers`, ours."""

    order_queue_id: Count = Field(default=None, description="Only this queue; all that the user sees, if left out.")
    first_day: Day = Field(
        default=None, description="The first day, in UTC, such as 2026-11-01; 30 days in all, if left out."
    )
    last_day: Day = Field(
        default=None, description="The last day, in UTC; today, if left out. At most 31 days are read at once."
    )


def _numbers(backend: Backend, request: NumbersRequest, caller: Caller) -> FoundNumbers:
    now = backend.service.now()
    first, last = _period(request, day_of(now))
    counts, days, worklist = StepCounts(backend.records), DayNumbers(backend.desk), WorklistStore(backend.desk)
    found = (
        QueueNumbers(
            queue,
            counts.of_queue(queue.order_queue_id),
            days.of_days(queue.order_queue_id, first, last),
            count_waiting(worklist, queue.order_queue_id, now),
            caller.user.may_in(Right.MONEY, queue.order_queue_id, queue.brand_id),
        )
        for queue in _queues(backend, request, caller)
    )
    return FoundNumbers(first, last, tuple(found))


def _queues(backend: Backend, request: NumbersRequest, caller: Caller) -> list[Queue]:
    wanted = request.order_queue_id
    if wanted is not None:
        queue = backend.queues.get(wanted)
        if queue is None:
            raise caller.not_found(QueueNotFoundError(wanted, list(backend.queues)))
        caller.admit_to_record(queue.order_queue_id, queue.brand_id)
        return [queue]
    visible = visible_queues(backend, caller)
    return [queue for queue_id, queue in sorted(backend.queues.items()) if queue_id in visible]


def _period(request: NumbersRequest, today: str) -> tuple[str, str]:
    last = _day("last_day", request.last_day or today)
    first = _day("first_day", request.first_day) if request.first_day else last - timedelta(days=USUAL_DAYS - 1)
    if first > last:
        raise MalformedRequestError(Problem("first_day", "must not be behind last_day"))
    if (last - first).days >= MOST_DAYS:
        raise MalformedRequestError(Problem("first_day", f"must be at most {MOST_DAYS - 1} days before last_day"))
    return first.isoformat(), last.isoformat()


def _day(field: str, text: str) -> date:
    try:
        day = date.fromisoformat(text)
    except ValueError:
        raise MalformedRequestError(Problem(field, "must be a day such as 2026-11-27")) from None
    if day.year < 1970:
        raise MalformedRequestError(Problem(field, "must be a day since 1970"))
    return day


def _answer(found: FoundNumbers) -> Any:
    return as_text(numbers_view(found))


METHODS: dict[str, Method] = {
    "order.numbers": Method(
        title="Count orders by queue, step and day: begun, submitted, completed, canceled, times in steps, waits and money",
        request=NumbersRequest,
        rights=(Right.VIEW,),
        verb=_numbers,
        answer=_answer,
        view=numbers_view,
        reads=True,
        example={"order_queue_id": 1},
    ),
}
