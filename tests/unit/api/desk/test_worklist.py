"""What waits for somebody, as users of the API see it."""

import json
from dataclasses import replace

import pytest

from lambdas.orders.model.checklist import ActionState
from lambdas.orders.model.order import Wait
from tests.support.build import NOW
from tests.unit.api.desk.conftest import CALL_BACK, CARD_CHECK, Desk

DAY = 86_400
HOSTILE = '<cwdb-action action="call" endpoint="x">"Ada"</cwdb-action>'


def later(desk: Desk, seconds: int) -> Desk:
    """The same desk, some time on."""
    backend = desk.caller.api.backend
    service = replace(backend.service, now=lambda: NOW + seconds)
    api = replace(desk.caller.api, backend=replace(backend, service=service))
    return replace(desk, caller=replace(desk.caller, api=api))


def test_a_wait_is_shown_to_its_team_with_what_its_order_says(desk: Desk) -> None:
    order_id = desk.order(company="Lovelace Ltd")
    desk.park(order_id, listed_company=HOSTILE)

    (entry,) = desk.work("ada", team="fraud lead")
    assert desk.work("ada", my_teams=1) == desk.work("ada") == [entry]
    assert desk.work("ada", team="finance") == []
    assert entry["listed_company"] == HOSTILE
    assert {
        key: entry[key] for key in ("order_id", "wait", "kind", "action", "team", "assigned_to", "overdue", "step")
    } == {
        "order_id": order_id,
        "wait": CALL_BACK,
        "kind": "waiting",
        "action": "Identity Call-back",
        "team": "fraud lead",
        "assigned_to": None,
        "overdue": False,
        "step": "Verification",
    }


def test_a_lead_that_waits_for_its_buyer_waits_for_nobody_here(desk: Desk) -> None:
    desk.order()

    assert desk.work("ada") == []


def test_a_lead_to_review_a_stopped_machine_and_a_failure_wait(desk: Desk) -> None:
    review, stopped, failed = desk.order(), desk.order(), desk.order()
    desk.put(desk.stored(review).changed(review_at=NOW, review_because="too many declines"))
    desk.park(stopped)
    machine = Wait(token="", since=NOW, due_at=NOW + 60, owner="operations")
    desk.put(desk.stored(stopped).changed(machine_stopped_at=NOW, waits={"machine": machine}))
    desk.park(failed, CARD_CHECK)
    action = desk.stored(failed).actions[CARD_CHECK].changed(failed_last=True, reason="the bank said no")
    desk.put(desk.stored(failed).with_action(action))

    found = {(entry["order_id"], entry["kind"], entry["team"], entry["reason"]) for entry in desk.work("ada")}
    assert found == {
        (review, "review", "sales", "too many declines"),
        (stopped, "stopped", "operations", ""),
        (failed, "failed", "fraud lead", "the bank said no"),
    }
    assert desk.keys("ada", kind="review") == [(review, "review")]


def test_an_undo_that_failed_and_an_optional_action_that_failed_wait(desk: Desk) -> None:
    canceled, optional = desk.order(), desk.order()
    desk.park(canceled)
    undo = Wait(token="u", since=NOW, due_at=NOW + DAY, owner="fraud lead")
    desk.put(desk.stored(canceled).changed(waits={f"undo_{CALL_BACK}": undo}))
    desk.park(optional)
    order = desk.stored(optional)
    hardware = order.actions["3302"].changed(state=ActionState.FAILED, at=NOW, step_id=order.step_id)
    desk.put(order.with_action(hardware))

    kinds = {(entry["wait"], entry["kind"]) for entry in desk.work("ada")}
    assert kinds == {(f"undo_{CALL_BACK}", "undo"), (CALL_BACK, "waiting"), ("3302", "failed")}


def test_the_most_urgent_comes_first_and_then_what_is_due_first(desk: Desk) -> None:
    first, second, urgent = desk.order(), desk.order(), desk.order()
    for order_id in (first, second, urgent):
        desk.park(order_id)
    for order_id, due_at in ((first, NOW + 9), (second, NOW + 5), (urgent, NOW + 99)):
        order = desk.stored(order_id)
        desk.put(order.changed(waits={CALL_BACK: order.waits[CALL_BACK].changed(due_at=due_at)}))
    desk.ask("ada", "order.priority", order_id=urgent, priority=3)
    desk.follow(urgent)

    assert [order_id for order_id, _ in desk.keys("ada")] == [urgent, second, first]
    assert [order_id for order_id, _ in later(desk, 7).keys("ada", overdue=1)] == [second]
    assert [order_id for order_id, _ in later(desk, 1_000).keys("ada", overdue=1)] == [urgent, second, first]
    assert later(desk, 7).work("ada")[1]["overdue"] is True


@pytest.mark.parametrize("limit", [1, 2, 3, 7])
@pytest.mark.parametrize("overdue", [0, 1])
def test_pages_show_each_entry_once(desk: Desk, limit: int, overdue: int) -> None:
    made = []
    for priority in (1, 3, 0, 1, 2, 3):
        order_id = desk.order()
        desk.park(order_id, priority=priority)
        made.append((-priority, int(order_id)))
    at_last, walked, cursor = later(desk, 30 * DAY), list[str](), None
    while True:
        asked = {"limit": limit, "overdue": overdue, **({"cursor": cursor} if cursor else {})}
        body = at_last.ask("ada", "order.worklist", **asked).body
        walked += [entry["order_id"] for entry in body["work"]]
        cursor = body["next_cursor"]
        if cursor is None:
            break

    assert walked == [str(number) for _, number in sorted(made)]


def test_a_cursor_of_another_list_is_refused(desk: Desk) -> None:
    for _ in range(3):
        desk.park(desk.order())
    cursor = desk.ask("ada", "order.worklist", limit=1).body["next_cursor"]

    for asked in ({"team": "fraud lead"}, {"mine": 1}, {"overdue": 1}):
        assert desk.ask("ada", "order.worklist", cursor=cursor, **asked).status == 422
    assert desk.ask("ada", "order.worklist", cursor="x" + cursor[1:]).status == 422
    desk.add("eve", queues=frozenset({3}))
    assert desk.ask("eve", "order.worklist", cursor=cursor).status == 422


def test_nobody_sees_work_of_queues_that_are_not_theirs(desk: Desk) -> None:
    desk.park(desk.order())
    desk.add("eve", queues=frozenset({1}))
    desk.add("mallory", brands=frozenset({7}))

    assert desk.work("eve") == desk.work("mallory") == []
    assert desk.ask("eve", "order.worklist", order_queue_id=3).status == 422
    assert desk.work("eve", team="fraud lead") == desk.work("eve", user="ada") == []


def test_a_viewer_sees_what_waits_but_not_for_whom(desk: Desk) -> None:
    order_id = desk.order(company="Lovelace Ltd")
    desk.park(order_id, listed_company="Lovelace Ltd")
    action = desk.stored(order_id).actions[CALL_BACK].changed(reason="call ada@example.com")
    desk.put(desk.stored(order_id).with_action(action))
    desk.add("viewer", role="viewer")

    (entry,) = desk.work("viewer")
    assert (entry["order_id"], entry["action"], entry["team"]) == (order_id, "Identity Call-back", "fraud lead")
    assert (entry["listed_company"], entry["reason"]) == ("", "")
    assert "ada@example.com" not in json.dumps(entry)


def test_nothing_that_somebody_typed_is_in_the_desk_table(desk: Desk) -> None:
    order_id = desk.order(company="Lovelace Ltd", first=HOSTILE)
    desk.park(order_id)
    desk.ask("ada", "order.assign", order_id=order_id, reason="Ada is on holiday")
    desk.follow(order_id)

    items = desk.caller.dynamodb.scan(TableName="desk")["Items"]
    assert len(items) == 4
    assert not any(word in json.dumps(items) for word in ("Lovelace", "cwdb", "example.com", "holiday"))


def test_a_list_that_is_behind_leaves_out_what_is_over_and_says_so(desk: Desk) -> None:
    order_id, other = desk.order(), desk.order()
    desk.park(order_id, CARD_CHECK)
    desk.park(other)
    assert desk.ask("ada", "order.worklist").body["behind_since"] is None
    # The announcer has not heard of this:
    assert desk.ask("ada", "order.process", order_id=order_id, order_action_id=int(CARD_CHECK)).status == 200

    body = desk.ask("ada", "order.worklist").body
    assert [entry["order_id"] for entry in body["work"]] == [other]
    assert body["behind_since"] == "2027-01-15T08:00:00Z"
    desk.follow(order_id)
    assert desk.ask("ada", "order.worklist").body["behind_since"] is None


def test_an_order_that_cannot_be_read_is_named_and_holds_up_nothing(desk: Desk) -> None:
    broken, whole = desk.order(), desk.order()
    desk.park(broken)
    desk.park(whole)
    key = {"pk": {"S": broken}, "sk": {"S": "order"}}
    desk.caller.dynamodb.update_item(
        TableName="orders", Key=key, UpdateExpression="SET step_id = :x", ExpressionAttributeValues={":x": {"S": "?"}}
    )

    body = desk.ask("ada", "order.worklist").body
    assert [entry["order_id"] for entry in body["work"]] == [whole]
    assert [order["order_id"] for order in body["unreadable"]] == [broken]


@pytest.mark.parametrize(
    "asked",
    [
        {"team": "nobody"},
        {"kind": "odd"},
        {"limit": 101},
        {"team": "finance", "my_teams": 1},
        {"user": "ada", "mine": 1},
        {"mine": 1, "unassigned": 1},
    ],
)
def test_filters_that_mean_nothing_are_refused(desk: Desk, asked: dict[str, object]) -> None:
    assert desk.ask("ada", "order.worklist", **asked).status in (400, 422)


def test_both_doors_answer(desk: Desk) -> None:
    order_id = desk.order()
    desk.park(order_id)

    data = desk.caller.data("order.worklist", {"team": "fraud lead"})
    assert [entry["order_id"] for entry in data["work"]] == [order_id]
    assert desk.caller.data("order.assign", {"order_id": order_id, "wait": CALL_BACK, "user": "ada"}) is True
    desk.follow(order_id)
    assert desk.keys("ada", mine=1) == [(order_id, CALL_BACK)]
