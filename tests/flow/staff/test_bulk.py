"""After an outage: many orders are tried again at once, with a preview, on a machine of its own, and none is charged twice."""

import json
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import Any

import pytest
from typer.testing import CliRunner

from infra.operate.order.__main__ import app
from lambdas.payments.gateway import TransactionState
from tests.flow.conftest import Shop, new_client_order, until

pytestmark = pytest.mark.engine

INVOICE = 103


def orders_that_fail(shop: Shop, count: int) -> list[str]:
    """Orders whose money is held and cannot be captured: the bank is down. They wait for somebody."""

    def order(_: int) -> str:
        order_id = str(shop.done("order.create", new_client_order(cc_token="tok_capture_fails"))["order_id"])
        shop.done("order.submit", {"order_id": order_id})
        return order_id

    with ThreadPoolExecutor(8) as pool:
        orders = list(pool.map(order, range(count)))
        list(pool.map(lambda order_id: shop.until_action(order_id, "Generate Invoice", "waiting"), orders))
    return orders


def end_outage(shop: Shop, orders: Sequence[str]) -> None:
    """The bank takes captures of these orders again."""
    for order_id in orders:
        transaction = shop.gateway.find(shop.hold_key(order_id))
        assert transaction is not None
        shop.dynamodb.update_item(
            TableName=shop.stack.record_table,
            Key={"pk": {"S": f"sandbox#{transaction.transaction_id.removeprefix('sb_')}"}, "sk": {"S": "transaction"}},
            UpdateExpression="SET #token = :token",
            ExpressionAttributeNames={"#token": "token"},
            ExpressionAttributeValues={":token": {"S": "tok_approve"}},
        )


def run_of(shop: Shop, preview: dict[str, Any]) -> str:
    sent = {"preview": preview["preview"], "reason": "the bank is back"}
    return str(shop.done("order.bulk_run", sent)["bulk_run_id"])


def until_run(shop: Shop, run_id: str, *states: str) -> dict[str, Any]:
    def ask() -> dict[str, Any] | None:
        report = shop.done("order.bulk_get", {"bulk_run_id": run_id, "limit": 1000})
        return report if report["state"] in states else None

    return until(f"bulk run {run_id} {' or '.join(states)}", ask)


def test_thirty_orders_that_an_outage_failed_complete_by_one_run_and_each_is_charged_once(shop: Shop) -> None:
    orders = orders_that_fail(shop, 30)
    end_outage(shop, orders)

    preview = shop.done("order.bulk_preview", {"verb": "retry", "order_ids": orders})
    assert (preview["acting"], preview["refused"]) == (30, 0)
    assert [(each["does"], each["money"], each["orders"], each["sums"]) for each in preview["effects"]] == [
        ("process again Generate Invoice (103)", "looked_up", 30, [{"amount": "298.50", "currency": "USD"}])
    ]
    run_id = run_of(shop, preview)
    report = until_run(shop, run_id, "done")

    assert (report["done"], report["left"], len(report["outcomes"])) == (30, 0, 30)
    for order_id in orders:
        complete = shop.until_step(order_id, "complete")
        assert complete["actions"][2]["by"] == f"{shop.stack.user} (bulk {run_id})"
        taken = shop.gateway.find(shop.hold_key(order_id))
        assert taken is not None
        assert (taken.state, taken.amount_cents, taken.refunded_cents) == (TransactionState.CAPTURED, 995, 0)
        assert shop.gateway.find(shop.hold_key(order_id, 2)) is None
    again = shop.done("order.bulk_preview", {"verb": "retry", "order_ids": orders})
    assert (again["acting"], again["refused"]) == (0, 30)


def test_a_run_that_is_stopped_in_the_middle_goes_on_with_the_orders_that_are_left(shop: Shop) -> None:
    orders = orders_that_fail(shop, 6)
    end_outage(shop, orders)
    run_id = run_of(shop, shop.done("order.bulk_preview", {"verb": "retry", "order_ids": orders}))
    shop.done("order.bulk_stop", {"bulk_run_id": run_id, "reason": "look first"})

    stopped = until_run(shop, run_id, "stopped", "done")
    assert stopped["done"] + stopped["left"] == 6
    if stopped["left"]:
        shop.done("order.bulk_run", {"bulk_run_id": run_id})
    report = until_run(shop, run_id, "done")

    assert (report["done"], report["left"]) == (6, 0)
    for order_id in orders:
        shop.until_step(order_id, "complete")


def test_an_order_that_was_canceled_after_the_preview_is_reported_and_stays_canceled(shop: Shop) -> None:
    canceled, other = orders_that_fail(shop, 2)
    end_outage(shop, [canceled, other])
    preview = shop.done("order.bulk_preview", {"verb": "retry", "order_ids": [canceled, other]})
    shop.done("order.cancel", {"order_id": canceled, "reason": "the client asked for it"})
    shop.until_unwound(canceled)

    report = until_run(shop, run_of(shop, preview), "done")

    assert {each["order_id"]: each["outcome"] for each in report["outcomes"]} == {canceled: "changed", other: "done"}
    shop.until_step(other, "complete")
    assert shop.order(canceled)["step"]["status"] == "canceled"
    released = shop.gateway.find(shop.hold_key(canceled))
    assert released is not None
    assert released.state is TransactionState.VOIDED


def test_canceling_and_skipping_many_does_with_the_money_what_the_preview_said(shop: Shop) -> None:
    orders = orders_that_fail(shop, 4)
    canceled, skipped = orders[:2], orders[2:]

    cancel = shop.done("order.bulk_preview", {"verb": "cancel", "order_ids": canceled})
    skip = shop.done("order.bulk_preview", {"verb": "skip", "module": "generate_invoice", "order_ids": skipped})
    for preview in (cancel, skip):
        assert [each["money"] for each in preview["effects"]] == ["looked_up"]
        assert until_run(shop, run_of(shop, preview), "done")["done"] == 2

    for order_id in canceled:
        shop.until_unwound(order_id)
    for order_id in skipped:
        assert "the bank is back" in shop.until_step(order_id, "complete")["actions"][2]["reason"]
    for order_id in orders:
        until(f"the hold of order {order_id} released", partial(_released, shop, order_id))


def test_a_run_whose_execution_is_aborted_in_the_console_is_unfinished_and_goes_on(shop: Shop) -> None:
    orders = orders_that_fail(shop, 3)
    end_outage(shop, orders)
    run_id = run_of(shop, shop.done("order.bulk_preview", {"verb": "retry", "order_ids": orders}))
    machines = shop.step_functions.list_state_machines()["stateMachines"]
    arn = next(each["stateMachineArn"] for each in machines if each["name"].endswith("-bulk-runs"))
    shop.step_functions.stop_execution(executionArn=arn.replace(":stateMachine:", ":execution:") + f":{run_id}-1")

    until_run(shop, run_id, "unfinished", "done")
    shop.done("order.bulk_run", {"bulk_run_id": run_id})

    assert until_run(shop, run_id, "done")["done"] == 3
    for order_id in orders:
        shop.until_step(order_id, "complete")


def _released(shop: Shop, order_id: str) -> bool | None:
    transaction = shop.gateway.find(shop.hold_key(order_id))
    return True if transaction and transaction.state is TransactionState.VOIDED else None


def test_the_command_line_previews_and_runs_on_the_engine(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    orders = orders_that_fail(shop, 2)
    end_outage(shop, orders)
    stack = shop.stack
    for name, value in {"ORDER_URL": stack.api_url, "ORDER_USER": stack.user, "ORDER_TOKEN": stack.token}.items():
        monkeypatch.setenv(name, value)
    asked = ["bulk", "do", "retry", *orders, "--json"]

    shown = CliRunner().invoke(app, asked)
    assert (shown.exit_code, json.loads(shown.stdout)["acting"]) == (0, 2)
    assert {shop.order(order_id)["step"]["status"] for order_id in orders} == {"ordinary"}
    ran = CliRunner().invoke(app, [*asked, "--execute", "--yes", "--reason", "the bank is back"])

    assert ran.exit_code == 0, ran.output
    assert json.loads(ran.stdout)["done"] == 2
    for order_id in orders:
        shop.until_step(order_id, "complete")
