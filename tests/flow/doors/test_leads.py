"""Fifty people begin the form: what the metrics say of them is what became of their orders, and who left pays nothing.

20 order at once and 10 are still at it. 20 leave: 5 of those come back by a link from staff and order, 3 come back, are
declined and leave for good, 12 are never seen again. So 50 started, 8 returned, 25 submitted, 5 recovered; 15 leads expire.
"""

import json
import time
from collections import Counter
from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import Any

import httpx
import pytest

from lambdas.orders.model.executions import order_id_in
from tests.flow.conftest import QUEUE, Shop, until
from tests.flow.doors.test_forms import PERSON, Visitor, order_id_of

pytestmark = pytest.mark.engine
AT_ONCE, STILL_AT_IT, RECOVERED, DECLINED, GONE = 20, 10, 5, 3, 12
COUNTED = ("FormStarted", "FormReturned", "FormSubmitted", "FormRecovered")


@contextmanager
def a_visitor(shop: Shop) -> Iterator[Visitor]:
    with httpx.Client(base_url=shop.stack.api_url, timeout=60, follow_redirects=True) as http:
        yield Visitor(http)


def begin(shop: Shop, number: int) -> str:
    """The first page of the form; the order's number."""
    with a_visitor(shop) as visitor:
        visitor.open("/forms/hosting").send(plan="1:12", email=f"lead{number}@example.com")
        return order_id_of(shop, visitor)


def order_at_once(shop: Shop, number: int) -> str:
    with a_visitor(shop) as visitor:
        visitor.open("/forms/hosting").send(plan="1:12", email=f"buyer{number}@example.com").send().send(**PERSON)
        return order_id_of(shop, visitor.with_card("tok_approve").send())


def come_back(shop: Shop, order_id: str, token: str) -> Visitor:
    """By a link, on another device, up to the last click."""
    url = shop.done("order.link_create", {"order_id": order_id})["url"]
    with a_visitor(shop) as visitor:
        return visitor.resume(url).send().send(**PERSON).with_card(token).send()


def end_time_of(shop: Shop, order_id: str) -> None:
    """The lead's thirty days are over."""
    shop.dynamodb.update_item(
        TableName=shop.stack.order_table,
        Key={"pk": {"S": order_id}, "sk": {"S": "order"}},
        UpdateExpression="SET lead_ends_at = :past, due_at = :past, revision = revision + :one",
        ConditionExpression="attribute_exists(lead_ends_at)",
        ExpressionAttributeValues={":past": {"N": str(int(time.time()) - 60)}, ":one": {"N": "1"}},
    )


def all_are_canceled(shop: Shop, order_ids: Iterable[str]) -> bool | None:
    return all(shop.order(order_id)["step"]["status"] == "canceled" for order_id in order_ids) or None


def executions_of(shop: Shop, order_ids: Iterable[str]) -> list[str]:
    pages = shop.step_functions.get_paginator("list_executions").paginate(stateMachineArn=shop.stack.machines[QUEUE])
    begun = {order_id_in(execution["name"]) for page in pages for execution in page["executions"]}
    return [order_id for order_id in order_ids if order_id in begun]


def counted(shop: Shop) -> Counter[str]:
    """Sums of the metrics of forms, as the functions wrote them to their logs (EMF)."""
    sums: Counter[str] = Counter()
    logs = shop.client("logs")
    for group in logs.describe_log_groups()["logGroups"]:
        for page in logs.get_paginator("filter_log_events").paginate(logGroupName=group["logGroupName"]):
            for event in page["events"]:
                sums.update(_metrics_in(event["message"]))
    return sums


def _metrics_in(line: str) -> dict[str, int]:
    if '"_aws"' not in line:
        return {}
    said: dict[str, Any] = json.loads(line)
    return {name: int(sum(said[name])) for name in COUNTED if name in said}


@pytest.mark.slow
def test_the_numbers_agree_and_expired_leads_hold_no_money(shop: Shop) -> None:
    before = counted(shop)
    with ThreadPoolExecutor(6) as pool:
        ordered = list(pool.map(lambda number: order_at_once(shop, number), range(AT_ONCE)))
        leads = list(pool.map(lambda number: begin(shop, number), range(STILL_AT_IT + RECOVERED + DECLINED + GONE)))
        filling, left = leads[:STILL_AT_IT], leads[STILL_AT_IT:]
        recovered, declined, gone = left[:RECOVERED], left[RECOVERED:-GONE], left[-GONE:]
        assert len({*ordered, *leads}) == 50

        back = list(pool.map(lambda order_id: come_back(shop, order_id, "tok_approve"), recovered))
        assert [order_id_of(shop, visitor) for visitor in back] == recovered
        refused = list(pool.map(lambda order_id: come_back(shop, order_id, "tok_decline"), declined))
        assert {visitor.path for visitor in refused} == {"/forms/hosting/payment"}

        expired = [*declined, *gone]
        list(pool.map(lambda order_id: end_time_of(shop, order_id), expired))
        until("the sweeper has found them", lambda: shop.sweep() and all_are_canceled(shop, expired))
        for order_id in [*ordered, *recovered]:
            shop.until_step(order_id, "complete")

    assert counted(shop) - before == {
        "FormStarted": 50,
        "FormReturned": RECOVERED + DECLINED,
        "FormSubmitted": AT_ONCE + RECOVERED,
        "FormRecovered": RECOVERED,
    }
    assert executions_of(shop, [*expired, *filling]) == []
    for order_id in expired:
        order = shop.until_unwound(order_id)
        assert (order["canceled_because"]["S"], "hold" in order) == ("the lead expired", False)
        assert shop.gateway.find(shop.hold_key(order_id)) is None
    assert {shop.order(order_id)["step"]["status"] for order_id in filling} == {"leads"}
