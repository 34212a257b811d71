"""Coupons on the engine: the last use goes to one order, and what is held, invoiced and renewed agree."""

from concurrent.futures import ThreadPoolExecutor

import pytest

from tests.flow.conftest import Shop, new_client_order

pytestmark = pytest.mark.engine


def test_two_orders_race_for_the_last_use_and_the_other_buys_at_the_list_price(shop: Shop) -> None:
    coupon = shop.done(
        "order.coupon_add",
        {"coupon_code": "LASTONE", "description": "One only", "discount_value": "50", "recurring": 1, "max_uses": 1},
    )
    ids = [shop.done("order.create", new_client_order(coupon="lastone"))["order_id"] for _ in range(2)]
    with ThreadPoolExecutor(2) as pool:
        answers = list(pool.map(lambda order_id: shop.call("order.submit", {"order_id": order_id}), ids))

    assert sorted(answer.status_code for answer in answers) == [200, 409]
    lucky, late = sorted(ids, key=lambda order_id: answers[ids.index(order_id)].status_code)
    assert "its total is 9.95 USD now" in answers[ids.index(late)].json()["detail"]
    shop.done("order.submit", {"order_id": late})
    for order_id, total in ((lucky, 497), (late, 995)):
        order = shop.until_step(order_id, "complete")
        invoice, hold = shop.invoices.of_order(order_id), shop.order(order_id)["total"]
        assert invoice is not None
        assert (invoice.total_cents, hold, invoice.status.value) == (total, f"{total / 100:.2f}", "paid")
        (service,) = shop.services.of_order(order["client_id"], order_id)
        assert service.recurring_cents == total
    assert shop.done("order.coupon_get", {"coupon_id": coupon["coupon_id"]})["total_uses"] == 1


def test_a_canceled_order_leaves_the_coupon_to_the_next(shop: Shop) -> None:
    shop.done("order.coupon_add", {"coupon_code": "AGAIN", "description": "x", "discount_value": "10", "max_uses": 1})
    server = new_client_order(coupon="AGAIN", pack1={"plan_id": "2"})
    first = shop.done("order.create", {**server, "order_queue_id": 3})["order_id"]
    shop.done("order.submit", {"order_id": first})
    assert shop.done("order.coupon_get", {"coupon_code": "AGAIN"})["total_uses"] == 1

    shop.done("order.cancel", {"order_id": first})
    shop.until_unwound(first)

    assert shop.done("order.coupon_get", {"coupon_code": "AGAIN"})["total_uses"] == 0
    second = shop.done("order.create", new_client_order(coupon="AGAIN"))["order_id"]
    assert shop.done("order.submit", {"order_id": second})["total"] == "8.95"
