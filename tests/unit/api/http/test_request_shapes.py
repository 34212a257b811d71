"""The seven request shapes of reference/ubersmith.md 4.1 reach the same order."""

import json
from typing import Any

import pytest

from lambdas.orders.model.info import merge
from tests.unit.api.conftest import Caller

FORM = "application/x-www-form-urlencoded"
NESTED = "info%5Bfirst%5D=Ada&info%5Bpack1%5D%5Bplan_id%5D=2&info%5Bpack1%5D%5Boptions%5D%5B31%5D=101"
TREE = {"first": "Ada", "pack1": {"plan_id": "2", "options": {"31": "101"}}}


def multipart(fields: dict[str, str]) -> bytes:
    parts = "".join(
        f'--frontier\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'
        for name, value in fields.items()
    )
    return f"{parts}--frontier--\r\n".encode()


MULTIPART_FIELDS = {
    "order_queue_id": "1",
    "info[first]": "Ada",
    "info[pack1][plan_id]": "2",
    "info[pack1][options][31]": "101",
}

SHAPES: dict[str, dict[str, Any]] = {
    "A form, method in the body": {"body": f"method=order.create&order_queue_id=1&{NESTED}", "content_type": FORM},
    "B form, method in the query": {
        "query": "method=order.create",
        "body": f"order_queue_id=1&{NESTED}",
        "content_type": FORM,
    },
    "C multipart": {
        "query": "method=order.create",
        "body": multipart(MULTIPART_FIELDS),
        "content_type": "multipart/form-data; boundary=frontier",
    },
    "C multipart, method in a part": {
        "body": multipart({"method": "order.create", **MULTIPART_FIELDS}),
        "content_type": 'multipart/form-data; boundary="frontier"',
    },
    "D JSON": {
        "query": "method=order.create",
        "body": json.dumps({"order_queue_id": 1, "info": TREE}),
        "content_type": "application/json",
    },
    "D JSON without a content type": {
        "query": "method=order.create",
        "body": json.dumps({"order_queue_id": 1, "info": TREE}),
    },
    "E GET": {"query": f"method=order.create&order_queue_id=1&{NESTED}", "http_method": "GET"},
    "F POST without a body": {"query": f"method=order.create&order_queue_id=1&{NESTED}"},
    "G JSON null": {
        "query": f"method=order.create&order_queue_id=1&{NESTED}",
        "body": "null",
        "content_type": "application/json",
    },
}


@pytest.mark.parametrize("shape", SHAPES.values(), ids=SHAPES.keys())
@pytest.mark.parametrize("path", ["/api/2.0/", "/api/2.0"])
def test_every_shape_makes_the_same_order(caller: Caller, shape: dict[str, Any], path: str) -> None:
    answer = caller.send(path, **shape)

    assert (answer.status, answer.headers["Content-Type"]) == (200, "application/json")
    assert answer.body["status"] is True, answer.body
    made = caller.data("order.get", {"order_id": answer.body["data"]["order_id"]})
    assert caller.api.backend.service.get(order_id=made["order_id"]).info == TREE
    assert merge(made["info"], TREE) == made["info"]  # with what the server works out beside it


def test_the_body_wins_over_the_query(caller: Caller) -> None:
    answer = caller.send(
        "/api/2.0/", query="method=order.create&order_queue_id=7", body="order_queue_id=1", content_type=FORM
    )

    assert answer.body["status"] is True


def test_a_get_on_a_method_path_reads_but_does_not_write(caller: Caller) -> None:
    order_id = caller.call("order.create", {"order_queue_id": 1}).body["order_id"]

    assert caller.send("/order.get", query=f"order_id={order_id}", http_method="GET").status == 200
    assert caller.send("/order.cancel", query=f"order_id={order_id}", http_method="GET").status == 405
