"""The list of runs: the latest first, in pages, and only to who may act on many wherever a run has orders."""

from typing import Any

import pytest

from lambdas.bulk.run_records import RunRecords
from lambdas.records.users.rights import ROLES, Grant, Right
from tests.support.build import Clock
from tests.unit.api.bulk.conftest import Desk

EVERYTHING = frozenset(Right)


@pytest.fixture
def clock(desk: Desk) -> Clock:
    now = desk.caller.api.backend.service.now
    assert isinstance(now, Clock)
    return now


def listed(desk: Desk, **parameters: Any) -> tuple[list[str], str | None]:
    answer = desk.caller.call("order.bulk_list", parameters)
    assert answer.status == 200, answer.body
    return [run["bulk_run_id"] for run in answer.body["bulk_runs"]], answer.body["next_cursor"]


def a_run(desk: Desk, **asked: Any) -> str:
    return desk.begun(desk.preview(**{"verb": "retry", "order_ids": [desk.failed()], **asked}))


def test_runs_are_listed_the_latest_first_with_their_counts_and_in_pages(desk: Desk, clock: Clock) -> None:
    runs = []
    for _ in range(3):
        runs.append(a_run(desk))
        clock.time += 60
    desk.carry_out(runs[2])
    assert listed(desk) == (runs[::-1], None)

    first, cursor = listed(desk, limit=2)
    rest, end = listed(desk, limit=2, cursor=cursor)

    assert (first, rest, end) == ([runs[2], runs[1]], [runs[0]], None)
    (latest, *_) = desk.caller.call("order.bulk_list", {}).body["bulk_runs"]
    assert (latest["state"], latest["done"], latest["reason"]) == ("done", 1, "the panel is back")
    by_id = desk.caller.data("order.bulk_list", {})["bulk_runs"]
    assert set(by_id) == set(runs)


def test_the_same_run_begun_twice_is_listed_once(desk: Desk, clock: Clock) -> None:
    preview = desk.preview(verb="retry", order_ids=[desk.failed()])
    run_id = desk.begun(preview)
    clock.time += 7
    assert desk.begun(preview) == run_id

    assert listed(desk) == ([run_id], None)


def test_a_run_that_a_process_died_before_it_wrote_is_not_listed(desk: Desk) -> None:
    records = RunRecords(desk.caller.api.backend.records)
    records._table.put_new({"pk": "bulk_runs", "sk": "00000000001." + "0" * 16, "run_id": "0" * 16})
    run_id = a_run(desk)

    assert listed(desk) == ([run_id], None)


def test_a_user_of_some_queues_sees_no_run_of_others_however_many_there_are(desk: Desk, clock: Clock) -> None:
    for _ in range(5):
        a_run(desk)
        clock.time += 1
    token = desk.caller.api.users.add("x", (Grant(rights=EVERYTHING, queues=frozenset({2})),), now=0)

    answer = desk.caller.as_named("x", token, "order.bulk_list", {"limit": 1})

    assert (answer.status, answer.body) == (200, {"bulk_runs": [], "next_cursor": None})


@pytest.mark.parametrize("role", ["viewer", "operator", "sales", "billing"])
def test_who_may_not_act_on_many_sees_no_list(desk: Desk, role: str) -> None:
    token = desk.caller.api.users.add("x", (Grant(rights=ROLES[role]),), now=0)

    assert desk.caller.as_named("x", token, "order.bulk_list", {}).status == 403


def test_orders_that_a_preview_refused_are_not_shown_to_who_may_not_see_them(desk: Desk) -> None:
    """Each run is shown by where it acts. Its refusals may name orders of other queues."""
    here = desk.failed()
    there = desk.order()
    desk.change(there, lambda order: order.changed(order_queue_id=2))
    run_id = a_run(desk, order_ids=[here, there])
    assert [each["order_ids"] for each in desk.report(run_id)["refusals"]] == [[there]]
    token = desk.caller.api.users.add("x", (Grant(rights=EVERYTHING, queues=frozenset({1})),), now=0)

    (seen,) = desk.caller.as_named("x", token, "order.bulk_list", {}).body["bulk_runs"]
    got = desk.caller.as_named("x", token, "order.bulk_get", {"bulk_run_id": run_id}).body

    assert (seen["refusals"], seen["refused_before"]) == ([], 1)
    assert there not in str(got)


@pytest.mark.parametrize("wrong", [{"limit": 0}, {"limit": 101}, {"cursor": "~"}, {"cursor": "1"}])
def test_what_is_no_page_is_refused(desk: Desk, wrong: dict[str, Any]) -> None:
    assert desk.caller.call("order.bulk_list", wrong).status == 400
