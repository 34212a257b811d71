"""What is taken can be walked to its end: the largest order there is, and lists of many such, on the engine."""

import json
from datetime import datetime
from typing import Any

import pytest

from lambdas.orders.model.info import MAX_BYTES
from lambdas.orders.model.packs import MAX_PACKS
from lambdas.payments.gateway import TransactionState
from tests.flow.conftest import Shop, new_client_order

pytestmark = pytest.mark.engine
ANSWER_BYTES = 6_291_556  # https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html


def an_order(letters: int, **info: Any) -> dict[str, Any]:
    """100 taxed servers, each with options, a coupon that does not fit, a description as long, and a status."""
    server = {
        "plan_id": "2",
        "period": 1,
        "options": {"31": "101", "32": "111"},
        "coupon": "NONE",
        "desserv": "d" * letters,
    }
    packs = {f"pack{number}": server for number in range(1, MAX_PACKS + 1)}
    return new_client_order(**packs, country="DE", **info)


def the_largest() -> dict[str, Any]:
    spare = MAX_BYTES - len(json.dumps(an_order(0)["info"]))
    return an_order(spare // MAX_PACKS)


def test_the_largest_order_is_walked_to_its_end_with_its_money(shop: Shop) -> None:
    order = shop.done("order.create", the_largest())
    assert len(json.dumps(order["info"])) > MAX_BYTES - 1_000
    order_id = order["order_id"]
    shop.done("order.submit", {"order_id": order_id, "total": order["total"]})

    done = shop.until_step(order_id, "complete")

    assert len(shop.services.of_order(done["client_id"], order_id)) == MAX_PACKS
    invoice = shop.invoices.of_order(order_id)
    assert invoice is not None
    assert (f"{invoice.total_cents / 100:.2f}", invoice.status.value) == (order["total"], "paid")
    payment = shop.gateway.find(shop.hold_key(order_id))
    assert payment is not None
    assert payment.state is TransactionState.CAPTURED


def test_a_larger_one_is_refused_before_any_money_and_says_by_how_much(shop: Shop) -> None:
    too_long = the_largest()
    too_long["info"]["remarks"] = "r" * 1_000

    answer = shop.call("order.create", too_long)

    assert (answer.status_code, answer.json()["errors"][0]["field"]) == (422, "info")
    assert "at most 200000 fit" in answer.json()["detail"]


def test_a_list_of_large_orders_comes_in_pages_that_can_be_answered(shop: Shop) -> None:
    """Letters outside ASCII take the most room in an answer."""
    texts = {f"text{number}": "\u65e5" * 3_000 for number in range(10)}
    first = shop.done("order.create", new_client_order(**texts))
    orders = [first["order_id"], *(shop.done("order.create", new_client_order(**texts))["order_id"] for _ in range(39))]
    asked: dict[str, Any] = {
        "order_queue_id": 1,
        "step_status": 1,
        "min_ts": _seconds(first["received_at"]),
        "limit": 1_000,
    }
    found, pages = [], 0
    while True:
        answer = shop.call("order.list", asked)
        assert answer.is_success, answer.text[:500]
        assert len(json.dumps(answer.text)) < ANSWER_BYTES
        page = answer.json()
        found += [order["order_id"] for order in page["orders"]]
        pages += 1
        if page["next_cursor"] is None:
            break
        asked["cursor"] = page["next_cursor"]

    assert pages > 1
    assert [order_id for order_id in found if order_id in orders] == orders


def _seconds(iso: str) -> int:
    return int(datetime.fromisoformat(iso).timestamp())
