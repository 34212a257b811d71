"""A search finds an order by what people know of it, a moment after it was created, and follows it when it changes."""

from uuid import uuid4

import httpx
import pytest

from lambdas.records.users.api_user import ApiUserRecords
from lambdas.records.users.rights import ROLES, Grant
from tests.flow.conftest import Shop, new_client_order, until

pytestmark = pytest.mark.engine


def found(http: httpx.Client, query: str) -> list[str]:
    answer = http.post("/order.search", json={"query": query})
    assert answer.is_success, answer.text
    return [order["order_id"] for order in answer.json()["orders"]]


def test_an_order_is_found_by_domain_by_accentless_name_and_by_telephone(shop: Shop) -> None:
    name, domain = f"Źródło{uuid4().hex[:8]}", f"d{uuid4().hex[:12]}.example"
    digits = f"{uuid4().int % 10**6:06d}"
    order = new_client_order()
    order["info"] |= {"last": name, "phone": f"+44 20 7{digits[:3]} {digits[3:]}0"}
    order["info"]["pack1"] |= {"desserv": f"www2.{domain}"}
    order_id = shop.done("order.create", order)["order_id"]
    queries = (domain, domain[:9], name.lower().replace("ź", "z").replace("ó", "o").replace("ł", "l"), f"207{digits}0")

    until("the order is found", lambda: found(shop.http, domain) or None)
    for query in queries:
        assert order_id in found(shop.http, query), query
    assert found(shop.http, f"{domain} {order_id}") == [order_id]
    viewer = f"viewer-{uuid4().hex[:10]}"
    token = ApiUserRecords(shop.records).add(viewer, (Grant(rights=ROLES["viewer"]),), now=0)
    with httpx.Client(base_url=shop.stack.api_url, auth=(viewer, token), timeout=60) as http:
        assert [found(http, query) for query in queries[:3]] == [[], [], []]
        assert found(http, order_id) == [order_id]

    other = f"e{uuid4().hex[:12]}.example"
    shop.done("order.update", {"order_id": order_id, "info": {"pack1": {"desserv": other}}})
    until("the order is found by its new domain", lambda: found(shop.http, other) or None)
    until("the order is found by its old domain no more", lambda: not found(shop.http, domain) or None)
    shop.done("order.cancel", {"order_id": order_id})
