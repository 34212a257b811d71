"""order.list on the wire: pages for new callers, offset and limit for API 2.0, the system's brand, refusals."""

import base64
import json
import re
from dataclasses import replace
from typing import Any

import pytest

from lambdas.api.http.parameters import OrderRequest, Request
from lambdas.api.http.responses import bytes_of
from lambdas.api.orders.requests import ORDER_FIELDS
from lambdas.api.table import every_method
from lambdas.orders.table import list_filters
from lambdas.records.users.rights import Grant, Right
from tests.support.build import CONTACT, NOW, a_queue
from tests.unit.api.auth.test_rights import as_user
from tests.unit.api.conftest import Caller

OTHER_BRAND = a_queue(order_queue_id=2, brand_id=7)


@pytest.fixture
def made(caller: Caller) -> list[str]:
    """Seven leads, of three times."""
    times = (NOW, NOW + 5, NOW, NOW + 9, NOW + 5, NOW + 5, NOW)
    numbered = [
        (ts, int(caller.data("order.create", {"order_queue_id": 1, "ts": ts, "info": CONTACT})["order_id"]))
        for ts in times
    ]
    return [str(number) for _, number in sorted(numbered)]


def ids(body: Any) -> list[str]:
    return [order["order_id"] for order in body["orders"]]


@pytest.mark.parametrize("direction", ["asc", "desc"])
def test_new_callers_walk_through_a_list_by_its_cursors(caller: Caller, made: list[str], direction: str) -> None:
    walked: list[str] = []
    asked: dict[str, Any] = {"direction": direction, "limit": 3, "order_queue_id": 1}
    sizes = []
    while True:
        body = caller.call("order.list", asked).body
        walked += ids(body)
        sizes.append(len(ids(body)))
        if body["next_cursor"] is None:
            break
        asked["cursor"] = body["next_cursor"]

    assert walked == (made if direction == "asc" else made[::-1])
    assert sizes == [3, 3, 1]


def test_a_page_has_fifty_orders_unless_asked_otherwise_and_api_2_0_has_no_pages(
    caller: Caller, made: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("lambdas.api.orders.listing.PAGE_LIMIT", 5)

    assert ids(caller.call("order.list", {}).body) == made[:5]
    assert list(caller.data("order.list", {})) == made
    assert list(caller.data("order.list", {"offset": "2", "limit": "3"})) == made[2:5]


def test_a_page_ends_where_one_answer_is_full_and_api_2_0_is_told_how_many_fit(
    caller: Caller, made: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    one = bytes_of(caller.call("order.get", {"order_id": made[0]}).body)
    monkeypatch.setattr("lambdas.api.orders.listing.MOST_BYTES", 2 * one + one // 2)

    body = caller.call("order.list", {}).body
    assert (ids(body), body["next_cursor"] is None) == (made[:2], False)
    assert ids(caller.call("order.list", {"cursor": body["next_cursor"]}).body) == made[2:4]

    one = bytes_of(caller.data("order.get", {"order_id": made[0]}))
    monkeypatch.setattr("lambdas.api.orders.listing.MOST_BYTES", 2 * one + one // 2)
    refused = caller.send("/api/2.0/", query="method=order.list").body
    fit = int(re.findall(r"ask for (\d+) at most", refused["error_message"])[0])
    assert (refused["status"], 0 < fit < 7) == (False, True)
    assert list(caller.data("order.list", {"limit": fit})) == made[:fit]


def test_what_an_order_takes_of_an_answer_is_never_reckoned_too_low(caller: Caller) -> None:
    info = {**CONTACT, "said": 'quotes " and \\ and \u00fc and \U0001f5a5' * 50, "deep": [{"a": None}, 1.5, True]}
    order_id = caller.data("order.create", {"order_queue_id": 1, "info": info})["order_id"]
    answer = caller.call("order.get", {"order_id": order_id})

    assert len(json.dumps({"body": json.dumps(answer.body)})) <= bytes_of(answer.body) + len('{"body": ""}')


def test_a_list_can_be_got(caller: Caller, made: list[str]) -> None:
    first = caller.send("/order.list", query="limit=2", http_method="GET").body
    second = caller.send("/order.list", query=f"limit=2&cursor={first['next_cursor']}", http_method="GET").body

    assert ids(first) + ids(second) == made[:4]


def test_a_cursor_is_refused_for_another_list_another_user_and_with_an_offset(caller: Caller, made: list[str]) -> None:
    cursor = caller.call("order.list", {"limit": 2}).body["next_cursor"]
    fewer = Grant(rights=frozenset(Right), queues=frozenset({3}))

    other = caller.call("order.list", {"limit": 2, "cursor": cursor, "direction": "desc"})
    assert (other.status, other.body["errors"][0]["field"]) == (422, "cursor")
    assert "begin again without a cursor" in other.body["detail"]
    assert as_user(caller, fewer, "order.list", {"cursor": cursor}).status == 422
    assert caller.call("order.list", {"cursor": cursor, "offset": 1}).status == 400
    assert caller.call("order.list", {"cursor": cursor, "offset": 0}).status == 200


def test_where_no_brand_is_named_it_is_the_systems_own(caller: Caller, made: list[str]) -> None:
    service = caller.api.backend.service
    backend = replace(caller.api.backend, service=replace(service, queues={**service.queues, 2: OTHER_BRAND}))
    caller.api = replace(caller.api, backend=backend)
    theirs = caller.data("order.create", {"order_queue_id": 2, "info": CONTACT})["order_id"]

    assert list(caller.data("order.list", {})) == made
    assert list(caller.data("order.list", {"brand_id": ""})) == made
    assert list(caller.data("order.list", {"brand_id": 7})) == [theirs]
    assert list(caller.data("order.list", {"order_queue_id": 2})) == [theirs]
    assert list(caller.data("order.list", {"order_step_id": 1})) == [theirs]


def test_api_2_0_is_not_given_a_part_for_the_whole(caller: Caller, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(list_filters, "MAX_PASSED_OVER", 2)
    client = caller.api.backend.records
    client.put_new({"pk": "client#100", "sk": "client", "client_id": "100"})
    for _ in range(4):
        caller.data("order.create", {"order_queue_id": 1, "opportunity_id": 5, "info": CONTACT})
    asked = {"opportunity_id": 5, "step_name": "Processing"}

    refused = caller.send("/api/2.0/", query="method=order.list", body=json.dumps(asked)).body
    assert "opportunity_id: has too many orders in other steps" in refused["error_message"]
    page = caller.call("order.list", asked).body
    assert (page["orders"], page["next_cursor"] is None) == ([], False)


def test_an_order_that_was_spoiled_by_hand_is_named_and_the_others_are_listed(caller: Caller, made: list[str]) -> None:
    spoiled = made[2]
    caller.dynamodb.update_item(
        TableName="orders",
        Key={"pk": {"S": spoiled}, "sk": {"S": "order"}},
        UpdateExpression="SET actions = :word",
        ExpressionAttributeValues={":word": {"S": "none"}},
    )
    others = [order_id for order_id in made if order_id != spoiled]

    body = caller.call("order.list", {}).body
    assert ids(body) == others
    assert body["unreadable"] == [{"order_id": spoiled, "why": "these of its fields cannot be read: actions"}]
    assert list(caller.data("order.list", {})) == others

    refused = caller.call("order.get", {"order_id": spoiled})
    assert (refused.status, refused.body["type"].rpartition(":")[2]) == (500, "unreadable")
    assert "docs/operating.md" in refused.body["detail"]


FILTERS = [(name, field) for name, method in every_method() for field in sorted(method.request.FILTERS)]
NEEDED: dict[str, dict[str, Any]] = {
    "client.quote_list": {"client_id": "101"},
    "client.service_list": {"order_id": "1001"},
    "uber.attachment_list": {"order_id": "1001"},
}


@pytest.mark.parametrize(("method", "field"), FILTERS)
@pytest.mark.parametrize("empty", ["", None, " ", [], {}, False])
def test_an_empty_filter_never_lists_everything_for_new_callers(
    caller: Caller, method: str, field: str, empty: Any
) -> None:
    answer = caller.call(method, {**NEEDED.get(method, {}), field: empty})

    assert (answer.status, answer.body["errors"][0]["field"]) == (400, field)
    assert "leave it out" in answer.body["detail"]


@pytest.mark.parametrize(("method", "field"), FILTERS)
@pytest.mark.parametrize("zero", [0, "0", "00", "0.0", -0.0])
def test_nor_does_zero_where_it_says_nothing(caller: Caller, method: str, field: str, zero: Any) -> None:
    if field not in every_request()[method].ZERO_FILTERS:
        answer = caller.call(method, {**NEEDED.get(method, {}), field: zero})
        assert (answer.status, answer.body["errors"][0]["field"]) == (400, field)


def every_request() -> dict[str, type[Request]]:
    return {name: method.request for name, method in every_method()}


def test_every_optional_parameter_that_narrows_a_list_is_a_filter() -> None:
    """What is none of these says how a list is given, or is needed."""
    how = {"direction", "order_by", "offset", "limit", "cursor", "private", "include_options", "include_clients"}
    for name, request in every_request().items():
        if name.endswith("_list") or name == "order.list":
            optional = {each for each, field in request.model_fields.items() if not field.is_required()}
            named = {"order_id", "hash"} if issubclass(request, OrderRequest) else set()  # one of both is needed
            assert optional - how - named - {"attach_type"} == request.FILTERS, name


@pytest.mark.parametrize("empty", ["", "0", 0])
def test_api_2_0_takes_an_empty_filter_for_none_as_php_does(caller: Caller, made: list[str], empty: Any) -> None:
    assert list(caller.data("order.list", {"client_id": empty, "opportunity_id": empty})) == made


@pytest.mark.parametrize("direction", ["DESC", "desc", " Descending", "Desc"])
def test_api_2_0_reads_any_direction(caller: Caller, made: list[str], direction: str) -> None:
    assert list(caller.data("order.list", {"direction": direction})) == made[::-1]
    assert caller.call("order.list", {"direction": "DESC"}).status == 400


@pytest.mark.parametrize("limit", [0, "0", 1001, "99999999999999999999", -1, "all", 2.0])
def test_api_2_0_bounds_what_it_is_asked_for(caller: Caller, made: list[str], limit: Any) -> None:
    listed = list(caller.data("order.list", {"limit": limit, "direction": "up", "offset": "-3"}))

    assert listed == (made[:2] if limit == 2 else made)
    if limit != 2:
        assert caller.call("order.list", {"limit": limit}).status == 400


@pytest.mark.parametrize("field", sorted(ORDER_FIELDS))
@pytest.mark.parametrize("direction", ["asc", "desc"])
def test_api_2_0_sorts_by_every_field_that_a_list_shows(
    caller: Caller, made: list[str], field: str, direction: str
) -> None:
    for number, order_id in enumerate(made):
        changes = {"priority": number % 3, "total": f"{(number * 7) % 5}.50", "owner": "bAc"[number % 3]}
        caller.data("order.update", {"order_id": order_id, **changes, "planned_completion": 100 - number})
    whole = caller.data("order.list", {"order_by": field.upper(), "direction": direction})
    values = [record[field] if field != "order_id" else order_id for order_id, record in whole.items()]
    plain = [float(value) if re.fullmatch(r"[0-9.]+", value) else value.casefold() for value in values]

    assert (set(whole), plain) == (set(made), sorted(plain, reverse=direction == "desc"))
    asked = {"order_by": field, "direction": direction, "offset": 2, "limit": 3}
    assert list(caller.data("order.list", asked)) == list(whole)[2:5]


def test_new_callers_lists_are_sorted_by_time(caller: Caller, made: list[str]) -> None:
    refused = caller.call("order.list", {"order_by": "order_id"})

    assert (refused.status, refused.body["errors"][0]["field"]) == (400, "order_by")
    assert list(caller.data("order.list", {"order_by": "nonsense; drop table"})) == made


def test_what_is_too_much_to_be_sorted_is_refused(
    caller: Caller, made: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("lambdas.api.orders.listing.MAX_LIMIT", 5)
    refused = caller.send("/api/2.0/", query="method=order.list&order_by=priority&limit=2").body

    assert "min_ts" in refused["error_message"]
    assert list(caller.data("order.list", {"order_by": "priority", "max_ts": NOW, "limit": 2})) == made[:2]


def test_an_order_by_names_tells_no_names(caller: Caller) -> None:
    for name in ("Zoe", "Ada", "Mia"):
        caller.data("order.create", {"order_queue_id": 1, "listed_company": name, "ts": NOW})
    viewer = caller.api.users.add("plain", (Grant(rights=frozenset({Right.VIEW})),), now=0)
    login = base64.b64encode(f"plain:{viewer}".encode()).decode()
    query = "method=order.list&order_by=listed_company"
    answer = caller.send("/api/2.0/", query=query, headers={"authorization": f"Basic {login}"})

    assert list(answer.body["data"]) == ["1001", "1002", "1003"]
    assert list(caller.data("order.list", {"order_by": "listed_company"})) == ["1002", "1003", "1001"]
