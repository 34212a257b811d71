"""Have somebody's browser, which knows their login, send what they did not mean to."""

import httpx

from tests.flow.conftest import Shop, new_client_order

EVIL = {"Origin": "https://evil.example", "Sec-Fetch-Site": "cross-site"}
FOLLOWED = {"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "navigate", "Sec-Fetch-Dest": "document"}


def test_a_link_in_a_mail_cancels_an_order(shop: Shop) -> None:
    order_id = str(shop.done("order.create", new_client_order())["order_id"])
    link = f"/api/2.0/?method=order.cancel&order_id={order_id}"

    for headers in (FOLLOWED, {**FOLLOWED, "Sec-Fetch-Site": "none"}, {"Sec-Fetch-Dest": "image"}):
        assert shop.http.get(link, headers=headers).status_code == 403
    assert shop.order(order_id)["canceled_at"] is None


def test_a_form_on_another_site_orders_and_cancels(shop: Shop) -> None:
    order_id = str(shop.done("order.create", new_client_order())["order_id"])

    for path, data in (
        ("/api/2.0/", {"method": "order.cancel", "order_id": order_id}),
        ("/order.cancel", {"order_id": order_id}),
        ("/order.create", {"order_queue_id": "1"}),
    ):
        assert shop.http.post(path, data=data, headers=EVIL).status_code == 403
    assert shop.order(order_id)["canceled_at"] is None


def test_a_page_of_another_site_reads_an_order(shop: Shop) -> None:
    order_id = str(shop.done("order.create", new_client_order())["order_id"])
    asked = {**EVIL, "Access-Control-Request-Method": "POST", "Access-Control-Request-Headers": "authorization"}

    before = shop.http.options("/order.get", headers=asked)
    answer = shop.http.get("/order.get", params={"order_id": order_id}, headers=EVIL)
    for one in (before, answer):
        assert not [name for name in one.headers if name.startswith("access-control-")]


def test_a_page_reads_the_tables_of_whoever_tries_this_out(shop: Shop) -> None:
    """The engine takes any credentials; a page has to get to it first."""
    target = {"X-Amz-Target": "DynamoDB_20120810.ListTables", "Content-Type": "application/x-amz-json-1.0"}

    assert httpx.post(shop.engine.endpoint_url, content="{}", headers={**target, **EVIL}).status_code == 403
