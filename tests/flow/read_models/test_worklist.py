"""The worklist on the engine: the stream brings what waits, and takes away what was done."""

import io
import time
from typing import Any

import httpx
import pytest
from rich.console import Console

from infra.local.panel.process import LocalPanel
from infra.operate.deployed_stage import output_of
from infra.operate.rebuild import Rebuild
from lambdas.orders.store import DynamoOrderStore, save
from lambdas.read_models.desk_followers import desk_followers
from lambdas.records.table import RecordTable
from tests.flow.conftest import Shop, new_client_order, until
from tests.flow.server_orders import CALL_BACK, NETWORK, RACK, in_build, process, refuse_once, submitted

pytestmark = pytest.mark.engine

Work = dict[str, dict[str, Any]]


def work_of(shop: Shop, order_id: str, **filters: Any) -> Work:
    """What of the order is on the worklist, by what waits."""
    found, asked = Work(), {"limit": 100, **filters}
    while True:
        page = shop.done("order.worklist", asked)
        found |= {entry["wait"]: entry for entry in page["work"] if entry["order_id"] == order_id}
        if page["next_cursor"] is None:
            return found
        asked["cursor"] = page["next_cursor"]


def until_listed(shop: Shop, order_id: str, wait: str, **filters: Any) -> dict[str, Any]:
    return until(f"{wait} of {order_id} on the worklist", lambda: work_of(shop, order_id, **filters).get(wait))


def until_none(shop: Shop, order_id: str, **filters: Any) -> None:
    until(f"nothing of {order_id} on the worklist", lambda: None if work_of(shop, order_id, **filters) else True)


def test_a_wait_is_listed_by_team_taken_once_and_gone_when_it_is_done(shop: Shop, second: httpx.Client) -> None:
    order_id, key = submitted(shop), str(CALL_BACK)
    entry = until_listed(shop, order_id, key, team="fraud lead")
    assert (entry["kind"], entry["assigned_to"], work_of(shop, order_id, team="finance")) == ("waiting", None, {})

    qa = shop.stack.people["qa"][0]
    second.post("/order.assign", json={"order_id": order_id, "wait": key}).raise_for_status()
    until_listed(shop, order_id, key, user=qa)
    refused = shop.call("order.assign", {"order_id": order_id, "wait": key})
    assert (refused.status_code, refused.json()["assigned_to"]) == (409, qa)
    process(shop, order_id, CALL_BACK)
    until(f"the call-back is off the list of {qa}", lambda: None if work_of(shop, order_id, user=qa) else True)
    assert key not in work_of(shop, order_id)


def test_what_failed_and_what_is_overdue_is_listed(shop: Shop, panel: LocalPanel) -> None:
    order_id = in_build(shop)
    refuse_once(panel, order_id, "/network", "no free port")
    process(shop, order_id, RACK)
    shop.until_action(order_id, "Assign Network", "waiting")
    entry = until_listed(shop, order_id, str(NETWORK), team="netops", kind="failed")
    assert ("no free port" in entry["reason"], entry["overdue"]) == (True, False)

    store = DynamoOrderStore(shop.stack.order_table, shop.dynamodb)
    past = int(time.time()) - 60
    save(
        store,
        store.get(order_id),
        lambda order: order.changed(
            waits={**order.waits, str(NETWORK): order.waits[str(NETWORK)].changed(due_at=past)}
        ),
    )
    assert until_listed(shop, order_id, str(NETWORK), overdue=1)["overdue"] is True
    shop.done("order.cancel", {"order_id": order_id})
    shop.until_unwound(order_id)
    until_none(shop, order_id)


def test_a_clients_reply_is_listed_until_it_is_answered(shop: Shop) -> None:
    order_id = str(shop.done("order.create", new_client_order())["order_id"])
    shop.done("order.client_respond", {"order_id": order_id, "author": "ada@example.com", "body": "When?"})
    until_listed(shop, order_id, "reply", team="sales", kind="reply")

    shop.done("order.respond", {"order_id": order_id, "followup": "Tomorrow.", "recipient": "ada@example.com"})
    until_none(shop, order_id)


def test_a_lead_to_review_is_listed(shop: Shop) -> None:
    order_id = str(shop.done("order.create", new_client_order())["order_id"])
    store = DynamoOrderStore(shop.stack.order_table, shop.dynamodb)
    now = int(time.time())
    save(store, store.get(order_id), lambda order: order.changed(review_at=now, review_because="too many declines"))

    assert until_listed(shop, order_id, "review", team="sales")["reason"] == "too many declines"
    shop.done("order.cancel", {"order_id": order_id})
    until_none(shop, order_id)


def test_entries_that_were_deleted_are_there_again_after_a_rebuild(shop: Shop) -> None:
    order_id = submitted(shop)
    before = until_listed(shop, order_id, str(CALL_BACK))
    desk = RecordTable(output_of("local", "DeskTable", shop.engine.client_options()), shop.dynamodb)
    pages = shop.dynamodb.get_paginator("scan").paginate(TableName=desk.name)
    for item in [item for page in pages for item in page["Items"]]:
        if order_id in (item.get("order_id", {}).get("S"), item["pk"]["S"].rpartition("#")[2]):
            shop.dynamodb.delete_item(TableName=desk.name, Key={name: item[name] for name in ("pk", "sk")})
    assert work_of(shop, order_id) == {}

    command = Rebuild(shop.dynamodb, shop.stack.order_table, desk, desk_followers(desk))
    said = io.StringIO()
    command.run(Console(file=said, width=300), start=True)
    assert until_listed(shop, order_id, str(CALL_BACK)) == before, said.getvalue()
