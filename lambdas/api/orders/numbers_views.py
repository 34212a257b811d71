"""Numbers as callers get them. Times in seconds, money as decimal text."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated, TypedDict

from typing_extensions import Doc

from lambdas.orders.model.money import format_cents
from lambdas.orders.model.queue import Queue
from lambdas.read_models.numbers.summary import Numbers, by_name, money, step_times, sum_of
from lambdas.read_models.numbers.waiting import Waiting


class StepTimeView(TypedDict):
    """Times are exact to an eighth, because they are counted in buckets."""

    order_step_id: Annotated[int, Doc("The step's id.")]
    left: Annotated[int, Doc("How many orders left it.")]
    median_seconds: Annotated[int, Doc("The time in it that half of them did not exceed.")]
    p90_seconds: Annotated[int, Doc("The time in it that nine of ten did not exceed.")]


class MoneyView(TypedDict):
    """Decimal text."""

    currency: Annotated[str, Doc("ISO 4217 code, such as USD.")]
    submitted: Annotated[str, Doc("Total of the orders submitted.")]
    price_per_order: Annotated[
        str | None, Doc("Their average total; null if none was submitted, or in several currencies.")
    ]
    captured: Annotated[str, Doc("Payments of orders.")]
    returned: Annotated[str, Doc("Payments of canceled orders, which were undone.")]
    canceled: Annotated[str, Doc("Total of orders canceled before they were invoiced.")]
    outstanding: Annotated[str, Doc("Submitted less captured and canceled. Negative if earlier orders were paid.")]


class CountsView(TypedDict):
    begun: Annotated[int, Doc("Leads begun.")]
    returned: Annotated[
        int,
        Doc(
            "Leads that their buyers took up again after an hour or more; one that is taken up on two days counts on both."
        ),
    ]
    lost: Annotated[int, Doc("Leads canceled or expired.")]
    submitted: Annotated[int, Doc("Orders submitted.")]
    completed: Annotated[int, Doc("Orders completed.")]
    canceled: Annotated[int, Doc("Submitted orders canceled.")]
    waits: Annotated[dict[str, int], Doc("Waits for people that began, by team.")]
    overdue: Annotated[dict[str, int], Doc("Waits that became overdue, by team.")]
    times: Annotated[list[StepTimeView], Doc("How long orders were in steps that they left.")]
    money: Annotated[
        list[MoneyView] | None, Doc("By currency; null for a user without the right `money` in the queue.")
    ]


class DayView(CountsView):
    day: Annotated[str, Doc("In UTC, such as 2026-11-27.")]


class StepCountView(TypedDict):
    order_step_id: Annotated[int, Doc("The step's id.")]
    name: Annotated[str, Doc("The step's name.")]
    orders: Annotated[int, Doc("Orders in it now.")]


class TeamView(TypedDict):
    team: Annotated[str, Doc("The team.")]
    waiting: Annotated[int, Doc("What waits for it now.")]
    overdue: Annotated[int, Doc("How much of that is overdue.")]


class QueueNumbersView(TypedDict):
    order_queue_id: Annotated[int, Doc("The queue.")]
    name: Annotated[str, Doc("Its name.")]
    steps: Annotated[list[StepCountView], Doc("Its steps, and how many orders are in them now.")]
    teams: Annotated[list[TeamView], Doc("What waits now, by team, as order.worklist lists it.")]
    more_waits: Annotated[bool, Doc("Whether more waits than was counted by team, which is 2,000 at most.")]
    period: Annotated[CountsView, Doc("All days together.")]
    days: Annotated[list[DayView], Doc("Each day, the first one first.")]


class NumbersView(TypedDict):
    """A change is counted a moment after it was made."""

    first_day: Annotated[str, Doc("The first day.")]
    last_day: Annotated[str, Doc("The last day.")]
    queues: Annotated[list[QueueNumbersView], Doc("The queues that the user sees.")]


@dataclass(frozen=True)
class QueueNumbers:
    queue: Queue
    orders: Mapping[int, int]
    days: Mapping[str, Numbers]
    waiting: Waiting
    with_money: bool


@dataclass(frozen=True)
class FoundNumbers:
    first_day: str
    last_day: str
    queues: tuple[QueueNumbers, ...]


def numbers_view(found: FoundNumbers) -> NumbersView:
    return {
        "first_day": found.first_day,
        "last_day": found.last_day,
        "queues": [_queue_view(each) for each in found.queues],
    }


def _queue_view(found: QueueNumbers) -> QueueNumbersView:
    queue, shows = found.queue, found.with_money
    return {
        "order_queue_id": queue.order_queue_id,
        "name": queue.name,
        "steps": [
            {"order_step_id": step.id, "name": step.name, "orders": found.orders.get(step.id, 0)}
            for step in queue.steps
        ],
        "teams": [
            {"team": team, "waiting": waiting, "overdue": found.waiting.overdue.get(team, 0)}
            for team, waiting in sorted(found.waiting.teams.items())
        ],
        "more_waits": found.waiting.more,
        "period": _counts_view(sum_of(found.days.values()), shows=shows),
        "days": [{"day": day, **_counts_view(numbers, shows=shows)} for day, numbers in found.days.items()],
    }


def _counts_view(numbers: Numbers, *, shows: bool) -> CountsView:
    return {
        "begun": numbers.get("begun", 0),
        "returned": numbers.get("returned", 0),
        "lost": numbers.get("lost", 0),
        "submitted": numbers.get("submitted", 0),
        "completed": numbers.get("completed", 0),
        "canceled": numbers.get("canceled", 0),
        "waits": by_name(numbers, "waits"),
        "overdue": by_name(numbers, "overdue"),
        "times": [
            {
                "order_step_id": each.step_id,
                "left": each.left,
                "median_seconds": each.median_seconds,
                "p90_seconds": each.p90_seconds,
            }
            for each in step_times(numbers)
        ],
        "money": _money_views(numbers) if shows else None,
    }


def _money_views(numbers: Numbers) -> list[MoneyView]:
    sums, submitted = money(numbers), numbers.get("submitted", 0)
    one = submitted if len(sums) == 1 else 0
    return [
        {
            "currency": each.currency,
            "submitted": format_cents(each.submitted, each.currency),
            "price_per_order": format_cents(round(each.submitted / one), each.currency) if one else None,
            "captured": format_cents(each.captured, each.currency),
            "returned": format_cents(each.returned, each.currency),
            "canceled": format_cents(each.canceled, each.currency),
            "outstanding": format_cents(each.outstanding, each.currency),
        }
        for each in sums
    ]
