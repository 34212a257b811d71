"""Teams get notices of a server's order, end to end: from the stream over bus, queue and function to SES and a webhook."""

import json
import time
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import httpx
import pytest

from infra.local.panel.process import LocalPanel
from lambdas.notices.staff.held import HeldNotices, Reminder
from tests.flow.conftest import Shop, until
from tests.flow.doors.test_forms import said_in_logs
from tests.flow.server_orders import CALL_BACK, NETWORK, RACK, handed_over, process, refuse_once, submitted

pytestmark = pytest.mark.engine


def mails_of(shop: Shop, order_id: str) -> list[tuple[str, str]]:
    """To whom and with which subject, of the mails to staff about the order."""
    sent = httpx.get(f"{shop.stack.endpoint_url}/_ministack/ses/messages").json()["messages"]
    mails = [mail for mails in sent.values() for mail in mails]
    return [(mail["To"][0], mail["Subject"]) for mail in mails if f"rder {order_id}" in mail["Subject"]]


def until_mail(shop: Shop, order_id: str, to: str, subject: str) -> None:
    until(f"{subject} to {to}", lambda: (to, subject) in mails_of(shop, order_id) or None)


def has_digested(shop: Shop) -> dict[str, int]:
    """What the function that runs every quarter of an hour did, run once more now."""
    functions = shop.client("lambda")
    name = next(f["FunctionName"] for f in functions.list_functions()["Functions"] if "staff.digests" in f["Handler"])
    return dict(json.loads(functions.invoke(FunctionName=name, Payload=b"{}")["Payload"].read()))


def make_due(shop: Shop, order_id: str, key: str) -> None:
    past = {"N": str(int(time.time()) - 60)}
    shop.dynamodb.update_item(
        TableName=shop.stack.order_table,
        Key={"pk": {"S": order_id}, "sk": {"S": "order"}},
        UpdateExpression="SET waits.#key.due_at = :past, due_at = :past, revision = revision + :one",
        ConditionExpression="attribute_exists(waits.#key)",
        ExpressionAttributeNames={"#key": key},
        ExpressionAttributeValues={":past": past, ":one": {"N": "1"}},
    )


def told_panel(panel: LocalPanel, order_id: str) -> list[dict[str, Any]]:
    return list(httpx.get(f"{panel.url}/_notices", params={"order_id": order_id}).json())


def test_a_server_s_teams_get_what_waits_fails_and_is_overdue_each_once(
    shop: Shop, second: httpx.Client, panel: LocalPanel
) -> None:
    order_id = submitted(shop)
    until_mail(shop, order_id, "operations@example.com", f"[Dedicated server] New order {order_id}")
    waits = f"[Dedicated server] Order {order_id} waits for fraud lead: Identity Call-back"
    until_mail(shop, order_id, "fraud@example.com", waits)

    shop.until_action(order_id, "Identity Call-back", "waiting")
    make_due(shop, order_id, str(CALL_BACK))
    with ThreadPoolExecutor(2) as pool:
        list(pool.map(lambda _: shop.sweep(), range(2)))
    overdue = f"[Dedicated server] Order {order_id} is overdue: Identity Call-back"
    until("the sweeper finds it", lambda: shop.order(order_id)["waits"][0]["overdue"] or (shop.sweep() and None))
    until_mail(shop, order_id, "fraud@example.com", overdue)

    since = shop._row(order_id).waits[str(CALL_BACK)].since
    for number in (1, 2):  # as if a day, and another, had passed
        reminder = Reminder(order_id=order_id, key=str(CALL_BACK), since=since, number=number, due_at=since - 1)
        HeldNotices(shop.records).remind(reminder)
    with ThreadPoolExecutor(2) as pool:
        list(pool.map(lambda _: has_digested(shop), range(2)))
    still = f"[Dedicated server] Order {order_id} is still overdue: Identity Call-back"
    until_mail(shop, order_id, "fraud@example.com", still)
    until_mail(shop, order_id, "head-of-finance@example.com", still)

    process(shop, order_id, CALL_BACK, skip=True, reason="known to us")
    shop.until_action(order_id, "Rack and Cable", "waiting")
    refuse_once(panel, order_id, "/network", "no free port at Ada's")
    process(shop, order_id, RACK)
    shop.until_action(order_id, "Assign Network", "waiting")
    failed = f"[Dedicated server] Order {order_id}: Assign Network failed"
    until_mail(shop, order_id, "netops@example.com", failed)

    process(shop, order_id, NETWORK)
    shop.until_action(order_id, "QA Checklist", "waiting")
    handed_over(shop, second, order_id)
    (notice,) = until("the data center learns of it", lambda: told_panel(panel, order_id) or None)
    assert (notice["event"], notice["text"]) == ("completed", f"[Dedicated server] Order {order_id} is complete")
    assert notice["url"].endswith(f"/desk/orders/{order_id}")
    assert not {"ada@example.com", "Ada", "Lovelace"} & set(json.dumps(notice).replace('"', " ").split())

    told = mails_of(shop, order_id)
    assert len(told) == len(set(told)), told
    assert not [line for line in said_in_logs(shop) if "fraud@example.com" in line]


def test_a_canceled_order_is_told_to_its_queue_s_team(shop: Shop) -> None:
    order_id = submitted(shop)
    shop.done("order.cancel", {"order_id": order_id})

    until_mail(shop, order_id, "operations@example.com", f"[Dedicated server] Order {order_id} was canceled")
