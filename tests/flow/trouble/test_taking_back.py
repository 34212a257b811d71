"""A canceled order takes back all it led to, whoever made it, and whoever refuses holds up nothing else."""

from typing import Any

import pytest

from infra.local.panel.process import LocalPanel
from lambdas.payments.gateway import TransactionState
from tests.flow.conftest import Shop, until
from tests.flow.server_orders import NETWORK, RACK, asked_of_panel, in_build, money_of, process, refuse_once

pytestmark = pytest.mark.engine


def test_money_that_somebody_took_by_hand_goes_back_with_its_order(shop: Shop) -> None:
    order_id = in_build(shop)
    client_id = shop.order(order_id)["client_id"]
    paid = shop.done("client.invoice_generate", {"client_id": client_id, "command": "charge_prior_auth"})
    assert (paid["status"], money_of(shop, order_id)) == ("paid", TransactionState.CAPTURED)

    shop.done("order.cancel", {"order_id": order_id, "reason": "changed their mind"})
    shop.until_unwound(order_id)

    invoice = shop.done("client.invoice_get", {"invoice_id": paid["invoice_id"]})
    assert (invoice["status"], money_of(shop, order_id)) == ("credited", TransactionState.REFUNDED)
    again = shop.call("client.invoice_generate", {"client_id": client_id, "command": "charge_prior_auth"})
    assert again.status_code == 409


def test_an_outside_party_that_refuses_holds_up_neither_services_nor_money(shop: Shop, panel: LocalPanel) -> None:
    order_id = in_build(shop)
    process(shop, order_id, RACK)
    shop.until_action(order_id, "Install OS", "waiting")
    refuse_once(panel, order_id, "/network/release", "the port is in use")
    shop.done("order.cancel", {"order_id": order_id, "reason": "changed their mind"})

    def all_else_is_back() -> dict[str, Any] | None:
        order = shop.order(order_id)
        undone = {action["name"] for action in order["actions"] if action["state"] == "undone"}
        waits = [wait["for"] for wait in order["waits"]]
        done = {"Generate Invoice", "Add Services", "Install OS"} <= undone
        return order if done and waits == [f"undo_{NETWORK}"] else None

    order = until(f"all of order {order_id} but what is refused taken back", all_else_is_back)
    assert order["unwound_at"] is None
    assert shop.services.of_order(order["client_id"], order_id) == ()
    assert money_of(shop, order_id) is TransactionState.VOIDED
    assert "/servers/release" not in asked_of_panel(panel, order_id)  # the network stands on the server
    refused = next(action for action in order["actions"] if action["order_action_id"] == NETWORK)
    assert "the port is in use" in refused["reason"]

    process(shop, order_id, NETWORK)
    shop.until_unwound(order_id)
    assert asked_of_panel(panel, order_id)[-2:] == ["/network/release", "/servers/release"]
