"""Users who may make orders and see nothing else, and would like to know codes and names that they were not told."""

import pytest

from lambdas.api.auth.guesses import OF_ORDER
from lambdas.catalog.coupon import Coupon, Discount
from lambdas.records.coupons.coupon import CouponRecords
from lambdas.records.users.rights import ROLES, Grant
from tests.attack.conftest import CallAs
from tests.flow.conftest import Shop, new_client_order

SHOP = Grant(rights=ROLES["sales"], queues=frozenset({1}))


@pytest.fixture
def order_id(shop: Shop) -> str:
    return str(shop.done("order.create", new_client_order())["order_id"])


def test_i_find_a_coupon_code_by_trying_codes_on_my_order(shop: Shop, call_as: CallAs, order_id: str) -> None:
    CouponRecords(shop.records).add(Coupon(coupon_code=f"FOUND{order_id}", class_id=1, discount=Discount(value=1_000)))
    for number in range(OF_ORDER.most):
        tried = call_as(SHOP, "order.update", {"order_id": order_id, "info": {"coupon": f"guess-{number}"}})
        assert tried.status_code == 200, tried.text

    refused = call_as(SHOP, "order.update", {"order_id": order_id, "info": {"coupon": f"found{order_id}"}})
    assert (refused.status_code, refused.json()["errors"][0]["field"]) == (429, "info.coupon")
    assert shop.order(order_id)["total"] == "9.95"


def test_i_find_a_coupon_code_by_trying_many_in_one_call(shop: Shop, call_as: CallAs) -> None:
    packs = {f"pack{number}": {"plan_id": "1", "coupon": f"guess-{number}"} for number in range(1, 900)}

    refused = call_as(SHOP, "order.create", {"order_queue_id": 1, "info": packs})
    assert (refused.status_code, refused.json()["errors"][0]["field"]) == (422, "info.coupon")
