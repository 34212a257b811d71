"""Counts per step follow the orders; lists are walked by cursors over HTTP."""

import pytest

from tests.flow.conftest import Shop, new_client_order, until

pytestmark = pytest.mark.engine


def counted(shop: Shop) -> dict[int, int]:
    queues = shop.done("order.queue_list", {"brand_id": 1})["queues"]
    return {step["order_step_id"]: step["count"] for queue in queues for step in queue["steps"]}


def walked(shop: Shop, **wanted: object) -> list[str]:
    found, cursor = [], None
    while True:
        page = shop.done("order.list", {**wanted, **({"cursor": cursor} if cursor else {})})
        found += [order["order_id"] for order in page["orders"]]
        cursor = page["next_cursor"]
        if cursor is None:
            return found


def test_counts_become_those_of_the_orders_and_stay(shop: Shop) -> None:
    complete, canceled, lead = (shop.done("order.create", new_client_order())["order_id"] for _ in range(3))
    shop.done("order.submit", {"order_id": complete})
    shop.done("order.cancel", {"order_id": canceled})
    shop.until_step(complete, "complete")

    def agree() -> dict[int, int] | None:
        before = counted(shop)
        listed = {step: len(walked(shop, order_step_id=step)) for step in before}
        return listed if before == listed == counted(shop) else None

    found = until("counts and lists agree", agree)
    assert min(found[11], found[13], found[14]) >= 1
    shop.done("order.cancel", {"order_id": lead})


def test_a_list_is_walked_page_by_page_in_both_directions(shop: Shop) -> None:
    made = [shop.done("order.create", new_client_order() | {"ts": 1_000_000})["order_id"] for _ in range(5)]
    window = {"min_ts": 1_000_000, "max_ts": 1_000_000, "limit": 2}

    until("all are listed", lambda: walked(shop, **window) == made or None)
    assert walked(shop, **window, direction="desc") == made[::-1]
    for order_id in made:
        shop.done("order.cancel", {"order_id": order_id})
