"""Bulk previews and runs through the API: what a preview says is what its run does, with the same rights, once."""

import json
from dataclasses import replace
from typing import Any

import pytest

from lambdas.bulk.pages import PageUnfinished
from lambdas.bulk.run_records import RunRecords
from lambdas.orders.model.checklist import ActionState
from lambdas.records.users.rights import ROLES, Grant, Right
from tests.support.build import NOW, Clock
from tests.unit.api.bulk.conftest import CLIENT, INVOICE, Desk

RETRY = {"verb": "retry", "order_queue_id": 1, "state": "failed"}


def test_a_preview_counts_what_goes_on_what_is_looked_up_and_what_is_refused_and_why(desk: Desk) -> None:
    for action_id in (CLIENT, CLIENT, INVOICE):
        desk.failed(action_id)
    waits = desk.order()

    found = desk.preview(verb="retry", order_ids=[*map(str, range(1001, 1004)), waits, "999999"])

    assert (found["complete"], found["orders"], found["acting"], found["refused"]) == (True, 5, 3, 2)
    assert [(each["does"], each["money"], each["orders"], each["sums"]) for each in found["effects"]] == [
        ("process again Provision Client (101)", "later", 2, [{"amount": "19.90", "currency": "USD"}]),
        ("process again Generate Invoice (103)", "looked_up", 1, [{"amount": "9.95", "currency": "USD"}]),
    ]
    assert {(each["kind"], *each["order_ids"]) for each in found["refusals"]} == {
        ("nothing_to_do", waits),
        ("order_not_found", "999999"),
    }
    assert found["summary"] == (
        "3 orders are acted on, 2 refused: 2 continue, and the 19.90 USD held for them is captured later, once, "
        "1 are looked up at the payment provider first (9.95 USD); none is charged twice"
    )


def test_a_preview_writes_nothing_on_orders_and_moves_no_money(desk: Desk) -> None:
    order_id = desk.failed(INVOICE)
    before = desk.row(order_id)

    for verb in ({"verb": "cancel"}, {"verb": "skip", "module": "generate_invoice"}, {"verb": "retry"}):
        desk.preview(**verb, order_ids=[order_id])

    assert desk.row(order_id) == before


def test_a_run_does_with_each_order_what_the_preview_said_and_signs_it(desk: Desk) -> None:
    orders = [desk.failed() for _ in range(3)]
    run_id = desk.begun(desk.preview(**RETRY))

    report = desk.carry_out(run_id)

    assert (report["state"], report["done"], report["left"]) == ("done", 3, 0)
    assert [each["order_id"] for each in report["outcomes"]] == orders
    for order_id in orders:
        order = desk.row(order_id)
        assert (order.changed_by, order.changed_how) == (f"web (bulk {run_id})", "process")
        assert order.changed_because == "the panel is back"
        assert order.actions[str(CLIENT)].requested_at == NOW


def test_the_execution_is_given_ids_of_the_run_and_its_pages_and_nothing_else(desk: Desk) -> None:
    for _ in range(26):
        desk.failed()
    run_id = desk.begun(desk.preview(**RETRY))

    assert desk.inputs() == [{"run_id": run_id, "start": 1, "pages": [0, 1]}]


def test_the_same_preview_run_again_is_the_same_run(desk: Desk) -> None:
    desk.failed()
    preview = desk.preview(**RETRY)

    first, second = desk.begun(preview), desk.begun(preview)

    assert first == second
    assert len(desk.inputs()) == 1


def test_a_preview_that_nothing_fits_says_so_and_is_not_run(desk: Desk) -> None:
    preview = desk.preview(**RETRY)

    assert (preview["orders"], preview["summary"]) == (0, "0 orders are acted on, 0 refused")
    answer = desk.run(preview)
    assert (answer.status, answer.body["type"].rpartition(":")[2]) == (409, "nothing_to_do")


def test_an_old_preview_an_altered_one_and_another_users_are_refused_alike(desk: Desk) -> None:
    desk.failed()
    preview = desk.preview(**RETRY)
    token = desk.caller.api.users.add("eve", (Grant(rights=frozenset(Right)),), now=0)
    altered = {"preview": preview["preview"][:-1] + ("0" if preview["preview"][-1] != "0" else "1")}
    sent = {"preview": preview["preview"], "reason": "mine"}

    answers = [desk.run(altered), desk.caller.as_named("eve", token, "order.bulk_run", sent)]
    clock = desk.caller.api.backend.service.now
    assert isinstance(clock, Clock)
    clock.time += 31 * 60
    answers.append(desk.run(preview))

    assert {(answer.status, answer.body["type"].rpartition(":")[2]) for answer in answers} == {(409, "preview_gone")}
    assert len({answer.body["detail"] for answer in answers}) == 1
    assert desk.inputs() == []


def test_a_preview_whose_pages_were_altered_is_refused(desk: Desk) -> None:
    desk.failed()
    preview = desk.preview(**RETRY)
    guards = desk.caller.api.backend.limits.expiring
    key = {"pk": {"S": f"bulk_preview#{preview['preview'].partition('.')[0]}"}, "sk": {"S": "page#00000"}}
    guards.client.update_item(
        TableName=guards.name,
        Key=key,
        UpdateExpression="SET orders[0][1] = :revision",
        ExpressionAttributeValues={":revision": {"N": "77"}},
    )

    assert desk.run(preview).body["type"].endswith("preview_gone")


def test_an_order_that_moved_on_is_reported_and_left_alone(desk: Desk) -> None:
    canceled, done_by_hand, same = desk.failed(), desk.failed(), desk.failed()
    run_id = desk.begun(desk.preview(**RETRY))
    assert desk.caller.call("order.cancel", {"order_id": canceled}).status == 200
    call = {"order_id": done_by_hand, "order_action_id": CLIENT}
    assert desk.caller.call("order.process", call).status == 200
    assert desk.caller.call("order.update", {"order_id": same, "priority": 3}).status == 200
    before = {order_id: desk.row(order_id) for order_id in (canceled, done_by_hand)}

    report = desk.carry_out(run_id)

    found = {each["order_id"]: each for each in report["outcomes"]}
    assert {order_id: each["outcome"] for order_id, each in found.items()} == {
        canceled: "changed",
        done_by_hand: "changed",
        same: "done",  # another priority changes nothing of what happens
    }
    assert "it moved on since the preview: nothing of it failed" in found[canceled]["text"]
    assert {order_id: desk.row(order_id) for order_id in before} == before


def test_an_order_whose_money_is_another_now_is_reported_and_left_alone(desk: Desk) -> None:
    order_id = desk.failed()
    run_id = desk.begun(desk.preview(verb="cancel", order_ids=[order_id]))
    desk.change(order_id, lambda order: order.changed(hold=order.hold and order.hold.changed(captured=True)))

    (found,) = desk.carry_out(run_id)["outcomes"]

    assert found["outcome"] == "changed"
    assert (
        "which named: cancel the order, money releases 9.95 USD; now it would be: cancel the order, money returns"
        in found["text"]
    )
    assert desk.row(order_id).canceled_at is None


def test_an_order_written_between_the_look_and_the_act_is_looked_at_again(desk: Desk) -> None:
    """The act is written upon the order that was looked at, or not at all."""
    order_id = desk.failed()
    run_id = desk.begun(desk.preview(**RETRY))
    service = desk.caller.api.backend.service
    raced = _Raced(service.store, lambda: desk.caller.call("order.cancel", {"order_id": order_id}))

    desk.work(service=replace(service, store=raced)).act_on_page(run_id, 0)

    (found,) = desk.report(run_id)["outcomes"]
    assert found["outcome"] == "changed"
    assert desk.row(order_id).actions[str(CLIENT)].requested_at is None


def test_a_run_that_is_stopped_begins_no_further_order_and_goes_on_where_it_stood(desk: Desk) -> None:
    orders = [desk.failed() for _ in range(4)]
    run_id = desk.begun(desk.preview(**RETRY))
    with pytest.raises(PageUnfinished):
        desk.work(time_for=2).act_on_page(run_id, 0)
    stopped = desk.caller.call("order.bulk_stop", {"bulk_run_id": run_id, "reason": "look first"})
    assert (stopped.body["state"], stopped.body["stopped_by"], stopped.body["done"]) == ("stopping", "web", 2)

    desk.work().act_on_page(run_id, 0)
    desk.stop_executions()
    desk.end(run_id)
    assert (desk.report(run_id)["state"], desk.report(run_id)["left"]) == ("stopped", 2)

    resumed = desk.caller.call("order.bulk_run", {"bulk_run_id": run_id})
    assert resumed.body["state"] == "running"
    assert {each["start"] for each in desk.inputs()} == {1, 2}
    report = desk.carry_out(run_id)
    assert (report["state"], report["done"]) == ("done", 4)
    assert [each["order_id"] for each in report["outcomes"]] == orders


def test_a_process_that_dies_between_an_act_and_its_outcome_repeats_no_act(desk: Desk) -> None:
    order_id = desk.failed()
    run_id = desk.begun(desk.preview(**RETRY))
    with pytest.raises(_Died):
        desk.work(runs=_Dying(desk.caller.api.backend.records)).act_on_page(run_id, 0)
    asked = desk.row(order_id)
    assert asked.actions[str(CLIENT)].requested_at == NOW
    desk.fail(order_id)  # it ran, and failed again

    desk.work().act_on_page(run_id, 0)

    assert [each["outcome"] for each in desk.report(run_id)["outcomes"]] == ["done"]
    assert desk.row(order_id).actions[str(CLIENT)].requested_at is None


def test_a_page_acted_on_twice_at_once_acts_once(desk: Desk) -> None:
    order_id = desk.failed()
    run_id = desk.begun(desk.preview(**RETRY))
    service = desk.caller.api.backend.service
    raced = _Raced(service.store, lambda: desk.work().act_on_page(run_id, 0))

    desk.work(service=replace(service, store=raced)).act_on_page(run_id, 0)

    assert [each["outcome"] for each in desk.report(run_id)["outcomes"]] == ["done"]
    assert desk.row(order_id).revision == 5  # created, submitted, failed, asked for: once


def test_a_run_whose_machine_was_aborted_shows_as_unfinished_and_can_go_on(desk: Desk) -> None:
    desk.failed()
    run_id = desk.begun(desk.preview(**RETRY))
    assert desk.report(run_id)["state"] == "running"

    desk.stop_executions()

    assert desk.report(run_id)["state"] == "unfinished"
    assert desk.caller.call("order.bulk_run", {"bulk_run_id": run_id}).body["state"] == "running"
    assert desk.carry_out(run_id)["state"] == "done"


def test_an_older_start_does_not_close_a_run_that_was_continued(desk: Desk) -> None:
    desk.failed()
    run_id = desk.begun(desk.preview(**RETRY))
    desk.stop_executions()
    desk.caller.call("order.bulk_run", {"bulk_run_id": run_id})

    desk.end(run_id, start=1)

    assert desk.report(run_id)["state"] == "running"


def test_rights_are_those_of_the_starter_when_the_run_comes_to_an_order(desk: Desk) -> None:
    orders = [desk.failed(), desk.failed()]
    token = desk.caller.api.users.add("ann", (Grant(rights=ROLES["supervisor"]),), now=0)
    preview = desk.caller.as_named("ann", token, "order.bulk_preview", {**RETRY}).body
    sent = {"preview": preview["preview"], "reason": "the panel is back"}
    run_id = desk.caller.as_named("ann", token, "order.bulk_run", sent).body["bulk_run_id"]
    with pytest.raises(PageUnfinished):
        desk.work(time_for=1).act_on_page(run_id, 0)
    desk.caller.api.users.revoke("ann")

    report = desk.carry_out(run_id)

    assert [(each["order_id"], each["outcome"]) for each in report["outcomes"]] == [
        (orders[0], "done"),
        (orders[1], "refused"),
    ]
    assert desk.row(orders[0]).changed_by == f"ann (bulk {run_id})"
    assert "has not the right" in report["outcomes"][1]["text"]


@pytest.mark.parametrize(("role", "allowed"), [("operator", False), ("viewer", False), ("supervisor", True)])
def test_many_at_once_is_for_supervisors(desk: Desk, role: str, allowed: bool) -> None:
    token = desk.caller.api.users.add("x", (Grant(rights=ROLES[role]),), now=0)

    answer = desk.caller.as_named("x", token, "order.bulk_preview", RETRY)

    assert (answer.status == 200) is allowed


def test_orders_where_the_user_lacks_the_right_are_refused_one_by_one_and_unseen_ones_are_not_there(desk: Desk) -> None:
    order_id = desk.failed()
    here = Grant(rights=frozenset({Right.VIEW}), queues=frozenset({1}))
    elsewhere = Grant(rights=frozenset(Right), queues=frozenset({2}))
    seeing = desk.caller.api.users.add("seeing", (here, elsewhere), now=0)
    blind = desk.caller.api.users.add("blind", (elsewhere,), now=0)
    asked = {"verb": "cancel", "order_ids": [order_id, "999999"]}

    told = desk.caller.as_named("seeing", seeing, "order.bulk_preview", asked).body["refusals"]
    nothing = desk.caller.as_named("blind", blind, "order.bulk_preview", asked).body["refusals"]

    assert [(each["kind"], each["order_ids"]) for each in told] == [
        ("not_allowed", [order_id]),
        ("order_not_found", ["999999"]),
    ]
    assert [(each["kind"], each["order_ids"]) for each in nothing] == [("order_not_found", [order_id, "999999"])]


def test_a_run_is_shown_and_stopped_only_by_who_may_act_on_many_wherever_it_has_orders(desk: Desk) -> None:
    desk.failed()
    run_id = desk.begun(desk.preview(**RETRY))
    token = desk.caller.api.users.add("x", (Grant(rights=frozenset(Right), queues=frozenset({2})),), now=0)

    for method in ("order.bulk_get", "order.bulk_stop", "order.bulk_run"):
        theirs = desk.caller.as_named("x", token, method, {"bulk_run_id": run_id})
        nothing = desk.caller.as_named("x", token, method, {"bulk_run_id": "0" * 16})
        assert (theirs.status, theirs.body["detail"]) == (nothing.status, nothing.body["detail"])
        assert theirs.status == 403


def test_nobody_goes_on_with_anothers_run(desk: Desk) -> None:
    desk.failed()
    run_id = desk.begun(desk.preview(**RETRY))
    desk.stop_executions()
    token = desk.caller.api.users.add("bob", (Grant(rights=frozenset(Right)),), now=0)

    answer = desk.caller.as_named("bob", token, "order.bulk_run", {"bulk_run_id": run_id})

    assert (answer.status, answer.body["type"].rpartition(":")[2]) == (403, "not_your_run")


def test_skipping_what_takes_money_needs_the_right_to_money_in_bulk_too(desk: Desk) -> None:
    order_id = desk.failed(INVOICE)
    token = desk.caller.api.users.add("ann", (Grant(rights=ROLES["supervisor"]),), now=0)
    asked = {"verb": "skip", "module": "generate_invoice", "order_ids": [order_id]}

    refused = desk.caller.as_named("ann", token, "order.bulk_preview", asked).body
    allowed = desk.preview(**asked)

    assert [each["kind"] for each in refused["refusals"]] == ["not_allowed"]
    assert [(each["does"], each["money"]) for each in allowed["effects"]] == [
        ("skip Generate Invoice (103)", "looked_up")
    ]


def test_each_verb_leaves_on_the_order_what_its_single_call_leaves(desk: Desk) -> None:
    skipped, canceled, moved = desk.failed(), desk.failed(), desk.failed()
    stopped = desk.order()
    desk.change(stopped, lambda order: order.changed(machine_stopped_at=NOW, machine_stopped_because="stopped"))
    for asked in (
        {"verb": "skip", "order_action_id": CLIENT, "order_ids": [skipped]},
        {"verb": "cancel", "order_ids": [canceled]},
        {"verb": "restart", "order_ids": [stopped]},
    ):
        report = desk.carry_out(desk.begun(desk.preview(**asked)))
        assert (report["state"], report["done"]) == ("done", 1), report

    assert desk.row(skipped).actions[str(CLIENT)].state is ActionState.SKIPPED
    assert "the panel is back" in desk.row(skipped).actions[str(CLIENT)].reason
    assert desk.row(canceled).canceled_because == "the panel is back"
    assert desk.row(stopped).machine_run == 2
    refused = desk.preview(verb="move", step_name="Complete", order_ids=[moved])
    assert [each["kind"] for each in refused["refusals"]] == ["move_refused"]


def test_all_that_waits_on_many_orders_is_given_to_one_person_who_may_see_them(desk: Desk) -> None:
    orders = [desk.failed(), desk.failed()]
    held = desk.failed()
    desk.caller.api.users.add("ann", (Grant(rights=ROLES["operator"]),), now=0)
    desk.caller.api.users.add("elsewhere", (Grant(rights=ROLES["operator"], queues=frozenset({2})),), now=0)
    desk.caller.api.users.add("bob", (Grant(rights=ROLES["operator"]),), now=0)
    assert desk.caller.call("order.assign", {"order_id": held, "user": "bob"}).status == 200
    asked = {"verb": "assign", "order_ids": [*orders, held]}

    for nobody in ("elsewhere", "nobody"):
        assert [each["kind"] for each in desk.preview(**asked, user=nobody)["refusals"]] == ["invalid"]
    preview = desk.preview(**asked, user="ann")
    assert [(each["kind"], each["order_ids"]) for each in preview["refusals"]] == [("assigned_to_other", [held])]
    run_id = desk.begun(preview)
    report = desk.carry_out(run_id)

    assert report["done"] == 2
    for order_id in orders:
        (assignment,) = desk.row(order_id).assigned.values()
        assert (assignment.to, assignment.by) == ("ann", f"web (bulk {run_id})")
    again = desk.preview(**asked, user="ann")
    assert (again["acting"], again["refused"]) == (0, 3)


def test_a_long_preview_is_continued_by_its_token_and_not_run_before_it_is_whole(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("lambdas.bulk.previewing._BATCH", 2)
    monkeypatch.setattr("lambdas.bulk.previewing.Previews.__init__.__defaults__", (0.0,), raising=False)
    orders = [desk.failed() for _ in range(5)]
    for asked in (RETRY, {"verb": "retry", "order_ids": orders}):
        found = desk.preview(**asked)
        assert (found["complete"], found["orders"]) == (False, 2)
        assert desk.run(found).body["type"].endswith("preview_unfinished")
        while not found["complete"]:
            earlier = found["preview"]
            found = desk.preview(preview=earlier)
        assert (found["orders"], found["acting"]) == (5, 5)
        stale = desk.caller.call("order.bulk_preview", {"preview": earlier})
        assert stale.body["type"].endswith("preview_gone")
    report = desk.carry_out(desk.begun(found))
    assert [each["order_id"] for each in report["outcomes"]] == orders


def test_more_orders_than_one_run_takes_are_refused_with_how_to_narrow(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("lambdas.bulk.previewing.MOST_ORDERS", 2)
    for _ in range(3):
        desk.failed()

    answer = desk.caller.call("order.bulk_preview", RETRY)

    assert (answer.status, answer.body["type"].rpartition(":")[2]) == (422, "too_many_orders")
    assert "narrow it by order_queue_id, order_step_id, or min_ts and max_ts" in answer.body["detail"]


def test_outcomes_come_in_pages_and_by_kind(desk: Desk) -> None:
    orders = [desk.failed() for _ in range(5)]
    run_id = desk.begun(desk.preview(**RETRY))
    desk.caller.call("order.cancel", {"order_id": orders[1]})
    desk.carry_out(run_id)

    first = desk.report(run_id, limit=2)
    second = desk.report(run_id, limit=2, cursor=first["next_cursor"])
    last = desk.report(run_id, limit=2, cursor=second["next_cursor"])
    done = desk.report(run_id, limit=3, outcome="done")

    shown = [each["order_id"] for page in (first, second, last) for each in page["outcomes"]]
    assert shown == orders
    assert last["next_cursor"] is None
    assert [each["order_id"] for each in done["outcomes"]] == [orders[0], orders[2], orders[3]]
    rest = desk.report(run_id, outcome="done", cursor=done["next_cursor"])
    assert [each["order_id"] for each in rest["outcomes"]] == [orders[4]]


def test_one_bad_order_stops_no_other(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    orders = [desk.failed() for _ in range(3)]
    run_id = desk.begun(desk.preview(**RETRY))
    broken = {"pk": {"S": orders[1]}, "sk": {"S": "order"}}
    desk.caller.dynamodb.update_item(
        TableName="orders",
        Key=broken,
        UpdateExpression="SET step_status = :odd",
        ExpressionAttributeValues={":odd": {"S": "odd"}},
    )

    report = desk.carry_out(run_id)

    assert [each["outcome"] for each in report["outcomes"]] == ["done", "refused", "done"]
    assert report["state"] == "done"


def test_the_pace_is_kept(desk: Desk) -> None:
    for _ in range(3):
        desk.failed()
    run_id = desk.begun(desk.preview(**RETRY))

    desk.work(pace_seconds=30.0).act_on_page(run_id, 0)

    assert len(desk.paused_seconds) == 3
    assert all(29 < seconds <= 30 for seconds in desk.paused_seconds)


@pytest.mark.parametrize(
    ("asked", "told"),
    [
        ({"verb": "retry"}, "order_ids"),
        ({"verb": "retry", "min_ts": 1}, "order_ids"),
        ({"verb": "retry", "order_ids": ["1001"], "state": "failed"}, "leave out state"),
        ({"order_queue_id": 1}, "verb"),
        ({"verb": "explode", "order_queue_id": 1}, "verb"),
        ({"verb": "skip", "order_queue_id": 1}, "order_action_id or module"),
        ({"verb": "cancel", "order_queue_id": 1, "module": "generate_invoice"}, "not with cancel"),
        ({"verb": "move", "order_queue_id": 1}, "step_id"),
        ({"verb": "cancel", "order_queue_id": 1, "step_id": 12}, "step_id"),
        ({"verb": "assign", "order_queue_id": 1}, "assign needs user"),
        ({"verb": "retry", "order_queue_id": 1, "input": {"a": 1}}, "input goes with process only"),
        ({"preview": "0" * 16 + "." + "0" * 32, "verb": "retry"}, "send preview alone"),
        ({"verb": "retry", "order_ids": ["abc"]}, "order_ids"),
        ({"verb": "retry", "order_queue_id": ""}, "order_queue_id"),
    ],
)
def test_a_preview_that_says_too_little_or_too_much_is_refused(desk: Desk, asked: dict[str, Any], told: str) -> None:
    answer = desk.caller.call("order.bulk_preview", asked)

    assert answer.status == 400, answer.body
    assert told in answer.body["detail"]


def test_a_run_needs_a_reason(desk: Desk) -> None:
    preview = desk.preview(**RETRY)

    assert "reason" in desk.run(preview, reason="  ").body["detail"]


def test_api_2_0_speaks_of_runs_in_texts(desk: Desk) -> None:
    order_id = desk.failed()

    preview = desk.caller.data("order.bulk_preview", {"verb": "retry", "order_ids": order_id})
    run = desk.caller.data("order.bulk_run", {"preview": preview["preview"], "reason": "back"})
    desk.carry_out(run["bulk_run_id"])
    report = desk.caller.data("order.bulk_get", {"bulk_run_id": run["bulk_run_id"]})

    assert (preview["complete"], preview["acting"]) == ("1", "1")
    assert (report["done"], report["outcomes"][0]["order_id"]) == ("1", order_id)


class _Raced:
    """The store, where somebody else writes after the first look at an order."""

    def __init__(self, store: Any, rival: Any) -> None:
        self._store, self._rival = store, rival

    def __getattr__(self, name: str) -> Any:
        return getattr(self._store, name)

    def save(self, order: Any) -> Any:
        rival, self._rival = self._rival, None
        if rival:
            rival()
        return self._store.save(order)


class _Died(BaseException):
    """The process ended here."""


class _Dying(RunRecords):
    def add_outcome(self, run_id: str, outcome: Any) -> None:
        raise _Died


def test_a_preview_names_its_user_in_its_digest_and_no_personal_data_in_its_pages(desk: Desk) -> None:
    desk.failed()
    preview = desk.preview(**RETRY)
    guards = desk.caller.api.backend.limits.expiring
    stored = json.dumps(guards.client.scan(TableName=guards.name)["Items"], default=str)

    assert "lovelace" not in stored.lower()
    assert preview["preview"].partition(".")[2]
