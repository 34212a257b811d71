"""An order from create to get, by the client that openapi-python-client makes: `caller.py URL USER TOKEN`, JSON out.

Run with the folder of the generated package `order_queues_client` on the path; nothing here is imported by tests.
"""

import base64
import json
import sys
from importlib import import_module
from typing import Any

PACKAGE = "order_queues_client"


def endpoint(group: str, method: str) -> Any:
    return import_module(f"{PACKAGE}.api.{group}.{method.replace('.', '_')}")


def body(name: str, **parameters: Any) -> Any:
    module = import_module(f"{PACKAGE}.models")
    return getattr(module, name).from_dict(parameters)


def main(url: str, user: str, token: str) -> dict[str, Any]:
    login = base64.b64encode(f"{user}:{token}".encode()).decode()
    client = import_module(PACKAGE).AuthenticatedClient(base_url=url, token=login, prefix="Basic")
    info = {
        "first": "Ada", "email": "ada@example.com", "country": "GB", "payment_type": "cc", "cc_token": "tok_approve",
        "pack1": {"plan_id": "1", "period": 1},
    }  # fmt: skip
    sent = body("OrderCreateBody", order_queue_id=1, info=info, add_default_pack_upgrades=True)
    made = endpoint("orders", "order.create").sync(client=client, body=sent, idempotency_key=f"python-{token[:8]}")
    changed = body("OrderUpdateBody", order_id=made.order_id, priority=2, info={"last": "Lovelace"})
    updated = endpoint("orders", "order.update").sync(client=client, body=changed)
    one = {"order_id": made.order_id}
    submitted = endpoint("orders", "order.submit").sync(
        client=client, body=body("OrderSubmitBody", **one, total=updated.total)
    )
    got = endpoint("orders", "order.get").sync(client=client, order_id=made.order_id)
    listed = endpoint("orders", "order.list_post").sync(client=client, body=body("OrderListPostBody", order_queue_id=1))
    refused = endpoint("orders", "order.update").sync(client=client, body=body("OrderUpdateBody", order_id="999999"))
    plan = endpoint("installation", "uber.service_plan_get").sync(client=client, plan_id="2")
    return {
        "order_id": got.order_id,
        "info": got.info.to_dict(),
        "priority": updated.priority,
        "submitted": submitted.step.status != "leads",
        "listed": len(listed.orders) > 0,
        "refused": [refused.status, refused.type_],
        "variable": plan.upgrades[0].variable,
    }


if __name__ == "__main__":
    sys.stdout.write(json.dumps(main(*sys.argv[1:])) + "\n")
