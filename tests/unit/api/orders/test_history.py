"""order.history and order.get with `at` on the wire: both doors, pages, refusals, redaction."""

from dataclasses import replace
from typing import Any

import pytest

from lambdas.read_models.history.history import History, name_of
from lambdas.read_models.history.table import HistoryTable
from lambdas.records.users.rights import Grant, Right
from tests.support.build import CARD, CONTACT, Clock
from tests.support.followed import FollowedStore
from tests.unit.api.auth.test_rights import as_user
from tests.unit.api.conftest import Answer, Caller

NAMELESS = Grant(rights=frozenset(Right) - {Right.PERSONAL_DATA})
HOSTILE = '<script>alert("Ada")</script>'


@pytest.fixture
def shop(caller: Caller) -> Caller:
    """A caller of a shop whose history is never behind."""
    backend = caller.api.backend
    history = History(HistoryTable(backend.history), backend.service.now)
    store = FollowedStore("orders", caller.dynamodb, history)
    service = replace(backend.service, store=store)
    return replace(caller, api=replace(caller.api, backend=replace(backend, service=service)))


def tick(shop: Caller, seconds: int = 60) -> int:
    clock = shop.api.backend.service.now
    assert isinstance(clock, Clock)
    clock.time += seconds
    return clock.time


def done(answer: Answer) -> dict[str, Any]:
    assert answer.status in (200, 201), answer.body
    return dict(answer.body)


def an_order_with_a_past(shop: Caller) -> str:
    """Created, changed, submitted, canceled."""
    info = {**CONTACT, **CARD, "pack1": {"plan_id": "1", "period": 1}}
    order_id = str(done(shop.call("order.create", {"order_queue_id": 1, "info": info}))["order_id"])
    tick(shop)
    done(shop.call("order.update", {"order_id": order_id, "info": {"email": "grace@example.com", "company": HOSTILE}}))
    tick(shop)
    done(shop.call("order.submit", {"order_id": order_id}))
    tick(shop)
    done(shop.call("order.cancel", {"order_id": order_id, "reason": "Ada changed her mind"}))
    return order_id


def test_each_change_says_who_when_how_why_and_what(shop: Caller) -> None:
    order_id = an_order_with_a_past(shop)
    page = done(shop.call("order.history", {"order_id": order_id, "direction": "asc"}))

    entries = page["entries"]
    assert [(entry["how"], entry["actor"], entry["by"]) for entry in entries] == [
        ("create", "user", "web"),
        ("update", "user", "web"),
        ("submit", "user", "web"),
        ("submit", "user", "web"),
        ("cancel", "user", "web"),
    ]
    assert [entry["revision"] for entry in entries] == [1, 2, 3, 4, 5]
    assert (page["revision"], page["recorded_revision"], page["next_cursor"]) == (5, 5, None)
    assert entries[1]["deed"] == "changed the order"
    assert entries[1]["at"] == "2027-01-15T08:01:00Z"
    changed = {change["field"]: change for change in entries[1]["changes"]}
    assert changed["info.email"] == {
        "field": "info.email",
        "label": "email",
        "from": "ada@example.com",
        "to": "grace@example.com",
    }
    assert changed["info.company"]["to"] == HOSTILE
    assert entries[4]["why"] == ["Ada changed her mind"]
    step = next(change for change in entries[4]["changes"] if change["field"] == "step_id")
    assert (step["from"], step["to"]) == ("Processing (12)", "Canceled (14)")
    assert {"field": "total_cents", "label": "total", "from": None, "to": "9.95"} in entries[0]["changes"]


def test_the_latest_change_comes_first_and_pages_follow_each_other(shop: Caller) -> None:
    order_id = an_order_with_a_past(shop)
    walked, asked = list[int](), {"order_id": order_id, "limit": 2}
    while True:
        page = done(shop.call("order.history", asked))
        walked += [entry["revision"] for entry in page["entries"]]
        if page["next_cursor"] is None:
            break
        asked = {**asked, "cursor": page["next_cursor"]}

    assert walked == [5, 4, 3, 2, 1]


def test_a_cursor_of_nowhere_is_refused(shop: Caller) -> None:
    order_id = an_order_with_a_past(shop)

    answer = shop.call("order.history", {"order_id": order_id, "cursor": "x#' OR 1"})
    assert (answer.status, answer.body["errors"][0]["field"]) == (422, "cursor")


def test_who_may_not_see_people_sees_that_something_changed_and_not_what_they_are_called(shop: Caller) -> None:
    order_id = an_order_with_a_past(shop)
    page = done(as_user(shop, NAMELESS, "order.history", {"order_id": order_id}))

    assert len(page["entries"]) == 5
    for name in ("Ada", "Lovelace", "example.com", "changed her mind"):
        assert name not in repr(page)
    past = done(as_user(shop, NAMELESS, "order.get", {"order_id": order_id, "at": "2"}))
    assert "'Ada'" not in repr(past)
    assert (past["revision"], past["step"]["name"]) == (2, "Leads")


@pytest.mark.parametrize("at", ["revision", "seconds", "iso", "zone"])
def test_an_order_is_shown_as_it_was_with_the_etag_of_then(shop: Caller, at: str) -> None:
    order_id = an_order_with_a_past(shop)
    asked = {
        "revision": "2",
        "seconds": 1_800_000_060 + 5,
        "iso": "2027-01-15T08:01:05Z",
        "zone": "2027-01-15T09:01:05+01:00",
    }[at]
    answer = shop.call("order.get", {"order_id": order_id, "at": asked})

    assert done(answer)["info"]["email"] == "grace@example.com"
    assert (answer.body["submitted_at"], answer.body["revision"], answer.body["erased"]) == (None, 2, False)
    assert answer.headers["ETag"] == '"2"'
    first = done(shop.call("order.get", {"order_id": order_id, "at": "1"}))
    assert (first["info"]["email"], first["hash"]) == ("ada@example.com", answer.body["hash"])


def test_the_old_door_shows_both_as_text(shop: Caller) -> None:
    order_id = an_order_with_a_past(shop)
    data = shop.data("order.get", {"order_id": order_id, "at": "2"})
    history = shop.data("order.history", {"order_id": order_id, "limit": 2})

    assert data["info"]["email"] == "grace@example.com"
    assert [entry["revision"] for entry in history["history"]] == ["5", "4"]
    assert history["history"][0]["reason"] == "Ada changed her mind"
    assert history["next_cursor"] == "000000004"


@pytest.mark.parametrize(
    ("at", "status", "words"),
    [
        ("99", 404, "has no revision 99 yet"),
        ("0", 404, "begins with revision 1"),
        ("2020-01-01T00:00:00Z", 404, "was created at 2027-01-15T08:00:00Z"),
        ("2040-01-01T00:00:00Z", 404, "that is not yet"),
        ("2027-01-15T08:00:00", 422, "with its time zone"),
        ("yesterday", 422, "must be a revision"),
        ("99999999999999", 422, "must be a revision"),
        ("-1", 422, "must be a revision"),
    ],
)
def test_a_time_that_there_is_nothing_of_is_refused_in_words(shop: Caller, at: str, status: int, words: str) -> None:
    order_id = an_order_with_a_past(shop)
    answer = shop.call("order.get", {"order_id": order_id, "at": at})

    assert (answer.status, answer.body["errors"][0]["field"]) == (status, "at")
    assert words in answer.body["detail"]


def test_an_erased_person_is_shown_as_erased(shop: Caller) -> None:
    order_id = an_order_with_a_past(shop)
    backend = shop.api.backend
    History(HistoryTable(backend.history), backend.service.now).erase(order_id)

    past = done(shop.call("order.get", {"order_id": order_id, "at": "2"}))
    assert past["erased"]
    assert "first" not in past["info"]
    entries = done(shop.call("order.history", {"order_id": order_id}))["entries"]
    assert {entry["erased"] for entry in entries if not entry["beside"]} == {True}
    assert (entries[0]["beside"], entries[0]["how"]) == ("erase", "erase")
    assert "'Ada'" not in repr(entries)


def test_an_order_that_is_not_ones_own_has_no_history(shop: Caller) -> None:
    order_id = an_order_with_a_past(shop)
    elsewhere = Grant(rights=frozenset(Right), queues=frozenset({99}))

    for method in ("order.history", "order.get"):
        there, nowhere = (as_user(shop, elsewhere, method, {"order_id": each}) for each in (order_id, "999999"))
        assert (there.status, there.body) == (nowhere.status, nowhere.body)


def test_an_item_that_was_tampered_with_hides_no_other(shop: Caller) -> None:
    order_id = an_order_with_a_past(shop)
    table = shop.api.backend.history
    record = list(HistoryTable(table).of_order(name_of(shop.api.backend.service.get(order_id=order_id))))[1]
    table.client.update_item(
        TableName=table.name,
        Key={"pk": {"S": order_id}, "sk": {"S": record["sk"]}},
        UpdateExpression="SET content = :other",
        ExpressionAttributeValues={":other": {"S": "{}"}},
    )

    entries = done(shop.call("order.history", {"order_id": order_id, "direction": "asc"}))["entries"]
    assert [entry["how"] for entry in entries] == ["create", "unreadable", "submit", "submit", "cancel"]
    assert shop.call("order.get", {"order_id": order_id, "at": "2"}).status == 404
