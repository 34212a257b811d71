"""What goes wrong waits for a person with a reason; what is canceled is taken back."""

import pytest

from lambdas.payments.gateway import TransactionState
from lambdas.records.invoices.invoice import InvoiceKind, InvoiceStatus
from tests.flow.conftest import Shop, new_client_order, order_whose_login_is_taken

pytestmark = pytest.mark.engine


def test_a_declined_card_leaves_a_lead_that_can_be_mended_and_submitted_again(shop: Shop) -> None:
    order_id = shop.done("order.create", new_client_order(cc_token="tok_decline"))["order_id"]

    refused = shop.call("order.submit", {"order_id": order_id})
    assert (refused.status_code, "declined by its bank" in refused.json()["detail"]) == (402, True)
    assert shop.order(order_id)["step"]["name"] == "Leads"
    shop.done("order.update", {"order_id": order_id, "info": {"cc_token": "tok_approve"}})
    shop.done("order.submit", {"order_id": order_id})

    assert shop.until_step(order_id, "complete")["actions"][2]["result"]["status"] == "paid"


def test_a_login_name_that_is_taken_waits_for_a_person_who_can_act_on_the_reason(shop: Shop) -> None:
    shop_order = order_whose_login_is_taken(shop, "the-same-login")
    action = shop.until_action(shop_order, "Provision Client", "waiting")

    assert "set info.uber_login with order.update" in action["reason"]
    order = shop.order(shop_order)
    assert order["client_id"] is None
    assert [(wait["for"], wait["owner"]) for wait in order["waits"]] == [("101", "operations")]
    shop.done("order.cancel", {"order_id": shop_order})
    shop.until_unwound(shop_order)


def test_a_login_name_that_was_taken_before_refuses_the_submit_before_money(shop: Shop) -> None:
    first = shop.done("order.create", new_client_order(uber_login="an-old-login"))["order_id"]
    shop.done("order.submit", {"order_id": first})
    shop.until_step(first, "complete")
    second = shop.done("order.create", new_client_order(uber_login="an-old-login"))["order_id"]

    refused = shop.call("order.submit", {"order_id": second})

    assert (refused.status_code, [each["field"] for each in refused.json()["errors"]]) == (422, ["info.uber_login"])
    assert shop.gateway.find(shop.hold_key(second)) is None
    shop.done("order.update", {"order_id": second, "info": {"uber_login": "a-new-login"}})
    shop.done("order.submit", {"order_id": second})
    shop.until_step(second, "complete")


def test_a_canceled_lead_gives_back_the_payment_that_was_begun(shop: Shop) -> None:
    order_id = shop.done("order.create", new_client_order(cc_token="tok_sca"))["order_id"]
    assert shop.call("order.submit", {"order_id": order_id}).status_code == 402

    canceled = shop.done("order.cancel", {"order_id": order_id, "reason": "a test"})

    assert (canceled["step"]["name"], canceled["unwound_at"]) == ("Canceled", None)
    assert shop.execution_ended(order_id)["status"] == "SUCCEEDED"
    begun = shop.gateway.find(shop.hold_key(order_id))
    assert begun is not None
    assert begun.state is TransactionState.VOIDED
    assert shop.states_entered(order_id)[-4:] == ["Canceled", "Generate Invoice: undo", "Add Services: undo", "unwound"]
    assert shop.call("order.submit", {"order_id": order_id}).status_code == 409


def test_a_refused_capture_waits_and_a_cancel_takes_everything_back(shop: Shop) -> None:
    order_id = shop.done("order.create", new_client_order(cc_token="tok_capture_fails"))["order_id"]
    shop.done("order.submit", {"order_id": order_id})
    action = shop.until_action(order_id, "Generate Invoice", "waiting")
    assert "was refused" in action["reason"]
    invoice = shop.invoices.of_order(order_id)
    assert invoice is not None
    assert invoice.status is InvoiceStatus.OPEN

    shop.done("order.cancel", {"order_id": order_id})
    shop.until_unwound(order_id)

    order = shop.order(order_id)
    assert [action["state"] for action in order["actions"]] == ["done", "undone", "undone"]
    assert order["waits"] == []
    held = shop.gateway.find(shop.hold_key(order_id))
    assert held is not None
    assert held.state is TransactionState.VOIDED
    assert shop.services.of_order(order["client_id"], order_id) == ()
    note = shop.invoices.of_order(order_id, InvoiceKind.CREDIT_NOTE)
    credited = shop.invoices.of_order(order_id)
    assert note is not None
    assert credited is not None
    assert (note.credits_number, credited.status) == (invoice.number, InvoiceStatus.CREDITED)
    assert shop.execution_ended(order_id)["status"] == "SUCCEEDED"


def test_cancel_in_the_middle_of_processing_never_leaves_money_or_services(shop: Shop) -> None:
    orders = []
    for _ in range(10):
        order_id = shop.done("order.create", new_client_order())["order_id"]
        shop.done("order.submit", {"order_id": order_id})
        orders.append((order_id, shop.call("order.cancel", {"order_id": order_id}).status_code))

    for order_id, status in orders:
        if status == 409:  # it was complete before
            shop.until_step(order_id, "complete")
            continue
        shop.until_unwound(order_id)
        assert shop.execution_ended(order_id)["status"] == "SUCCEEDED"
        order = shop.order(order_id)
        assert order["step"]["name"] == "Canceled"
        held = shop.gateway.find(shop.hold_key(order_id))
        assert held is not None
        assert held.state in (TransactionState.VOIDED, TransactionState.REFUNDED)
        if order["client_id"]:
            assert shop.services.of_order(order["client_id"], order_id) == ()
