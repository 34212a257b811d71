"""order.search on the wire: both doors, pages, refusals, and nothing about people to those who may not see them."""

import base64
import json
from typing import Any

import pytest

from lambdas.read_models.search.entries import SearchEntries
from lambdas.records.users.rights import Grant, Right
from tests.support.build import CONTACT, a_queue
from tests.unit.api.auth.test_rights import as_user
from tests.unit.api.conftest import Answer, Caller

NAMELESS = Grant(rights=frozenset(Right) - {Right.PERSONAL_DATA})
ADA = {**CONTACT, "company": "Analytical Engines Ltd", "phone": "+44 20 7946 0018"}
BY_PERSON = (
    "ada",
    "LOVELÁCE",
    "ada@example.com",
    "@example.com",
    "analytical engines",
    "020 7946 0018",
    "0018",
    "engine1.",
)


def made(caller: Caller, **more: Any) -> str:
    sent = {"order_queue_id": 1, "info": {**ADA, "pack1": {"plan_id": "1", "desserv": "engine1.example.com"}}, **more}
    order_id = str(caller.call("order.create", sent).body["order_id"])
    backend = caller.api.backend
    SearchEntries(backend.desk).follow(None, backend.service.get(order_id=order_id))
    return order_id


def ids(answer: Answer) -> list[str]:
    assert answer.status == 200, answer.body
    return [order["order_id"] for order in answer.body["orders"]]


@pytest.mark.parametrize("query", BY_PERSON)
def test_an_order_is_found_by_what_people_know_of_it(caller: Caller, query: str) -> None:
    order_id = made(caller)

    assert ids(caller.call("order.search", {"query": query})) == [order_id]
    assert ids(caller.call("order.search", {"query": f"{query} nowhere"})) == []


def test_an_order_is_found_by_its_number_and_by_that_of_its_client(caller: Caller) -> None:
    client_id = caller.call("client.add", {"brand_id": 1, **CONTACT}).body["client_id"]
    first, second = made(caller, client_id=client_id), made(caller, client_id=client_id)

    assert ids(caller.call("order.search", {"query": first})) == [first]
    assert set(ids(caller.call("order.search", {"query": client_id}))) >= {first, second}


def test_pages_follow_each_other_from_the_newest_order_on(caller: Caller) -> None:
    orders = [made(caller) for _ in range(5)]
    walked, asked = list[str](), {"query": "lovelace", "limit": 2}
    while True:
        body = caller.call("order.search", asked).body
        walked += [order["order_id"] for order in body["orders"]]
        assert body["incomplete"] is False
        if body["next_cursor"] is None:
            break
        asked["cursor"] = body["next_cursor"]

    assert walked == orders[::-1]


def test_the_old_door_answers_records_and_where_to_go_on(caller: Caller) -> None:
    order_id, _ = made(caller), made(caller)
    found = caller.data("order.search", {"query": "lovelace", "limit": 1})

    assert len(found["orders"]) == 1
    assert (found["incomplete"], bool(found["next_cursor"])) == ("0", True)
    rest = caller.data("order.search", {"query": "lovelace", "limit": 1, "cursor": found["next_cursor"]})
    assert {*found["orders"], *rest["orders"]} >= {order_id}
    assert caller.data("order.search", {"query": "nobody"})["orders"] == []


@pytest.mark.parametrize("query", BY_PERSON)
def test_no_right_to_see_people_no_match_on_them(caller: Caller, query: str) -> None:
    order_id = made(caller)
    asked = {"query": query}

    nothing = as_user(caller, NAMELESS, "order.search", {"query": "zzzz"})
    assert as_user(caller, NAMELESS, "order.search", asked).body == nothing.body
    assert ids(as_user(caller, NAMELESS, "order.search", {"query": f"{order_id} {query}"})) == []
    (seen,) = as_user(caller, NAMELESS, "order.search", {"query": order_id}).body["orders"]
    assert (seen["order_id"], seen["hash"], "ovelace" in json.dumps(seen)) == (order_id, "", False)
    token = caller.api.users.add("old", (NAMELESS,), now=0)
    headers = {"authorization": f"Basic {base64.b64encode(f'old:{token}'.encode()).decode()}"}
    answer = caller.send("/api/2.0/", query="method=order.search", body=json.dumps(asked), headers=headers)
    assert answer.body["data"]["orders"] == []


def test_a_search_reads_the_desk_of_no_queue_in_which_people_are_not_seen(
    caller: Caller, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nothing to measure: the answer takes as long, however many orders match."""
    made(caller)

    def refuse(**asked: Any) -> None:
        raise AssertionError("the desk was read")

    monkeypatch.setattr(caller.api.backend.desk.client, "query", refuse)
    assert ids(as_user(caller, NAMELESS, "order.search", {"query": "lovelace"})) == []


def test_orders_of_other_queues_are_not_found(caller: Caller) -> None:
    order_id = made(caller)
    elsewhere = Grant(rights=frozenset(Right), queues=frozenset({9}))
    both = caller.selling_in(a_queue())

    for query in ("lovelace", order_id):
        assert ids(as_user(both, elsewhere, "order.search", {"query": query})) == []


@pytest.mark.parametrize(
    "query", ["", "a", "x" * 10_000, "love\x00lace", "\x1b[31m", "*", "lov%", "l?velace", "- -", "a a a", "🙂"]
)
def test_what_cannot_be_searched_for_is_refused_with_what_to_do(caller: Caller, query: str) -> None:
    answer = caller.call("order.search", {"query": query})

    assert answer.status in (400, 422)
    assert "query" in answer.body["detail"]
    assert query == "" or len(query) < 4 or query not in answer.body["detail"]


def test_a_list_or_a_map_is_no_query(caller: Caller) -> None:
    for query in (["lovelace"], {"last": "lovelace"}, None):
        assert caller.call("order.search", {"query": query}).status in (400, 422)


def test_a_card_number_is_refused_before_anything_is_looked_up(caller: Caller) -> None:
    answer = caller.call("order.search", {"query": "4242424242424242"})

    assert answer.status >= 400
    assert "4242" not in answer.body["detail"]
