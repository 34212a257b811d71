"""Money that goes back without us, told by webhooks to the deployed stage: a dispute, and a refund made at the provider."""

import time
from typing import Any

import pytest

from lambdas.orders.decisions.money_back import BY_PROVIDER
from tests.flow.conftest import Shop, new_client_order, until
from tests.flow.money.provider import Provider, new_event_id
from tests.flow.read_models.test_worklist import until_listed, until_none

pytestmark = pytest.mark.engine


@pytest.fixture(scope="module")
def provider(shop: Shop) -> Provider:
    return Provider(shop)


def paid_order(shop: Shop, **info: str) -> str:
    order_id = str(shop.done("order.create", new_client_order(**info))["order_id"])
    shop.done("order.submit", {"order_id": order_id})
    shop.until_step(order_id, "complete")
    return order_id


def told(shop: Shop, provider: Provider, order_id: str, kind: str) -> str:
    """What became of an event of this kind about the order's payment."""
    payment, event_id = shop.gateway.find(shop.hold_key(order_id)), new_event_id()
    assert payment is not None
    provider.tell(payment.transaction_id, kind, event_id=event_id).raise_for_status()
    return provider.outcome(event_id)


def invoice_of(shop: Shop, order_id: str) -> dict[str, Any]:
    invoice = shop.invoices.of_order(order_id)
    assert invoice is not None
    return shop.done("client.invoice_get", {"invoice_id": invoice.invoice_id})


def history_of(shop: Shop, order_id: str, how: str) -> dict[str, Any]:
    def ask() -> dict[str, Any] | None:
        entries = shop.done("order.history", {"order_id": order_id})["entries"]
        return next((dict(each) for each in entries if each["how"] == how), None)

    return until(f"history has {how}", ask)


def decided_now(shop: Shop, order_id: str) -> None:
    """The bank's days are over, as the sandbox sees it."""
    key = {"pk": {"S": f"sandbox#{_payment_id(shop, order_id).removeprefix('sb_')}"}, "sk": {"S": "transaction"}}
    shop.dynamodb.update_item(
        TableName=shop.stack.record_table,
        Key=key,
        UpdateExpression="SET dispute.answer_by = :past",
        ExpressionAttributeValues={":past": {"N": str(int(time.time()) - 1)}},
    )


def _payment_id(shop: Shop, order_id: str) -> str:
    payment = shop.gateway.find(shop.hold_key(order_id))
    assert payment is not None
    return payment.transaction_id


def test_a_dispute_is_on_order_client_worklist_and_desk_until_its_bank_decides(shop: Shop, provider: Provider) -> None:
    order_id = paid_order(shop, cc_token="tok_disputed")
    assert told(shop, provider, order_id, "charge.dispute.created") == "disputed"

    order = shop.order(order_id)
    assert (order["dispute"]["state"], order["dispute"]["amount"], order["dispute"]["reason"]) == (
        "open",
        order["total"],
        "fraudulent",
    )
    entry = until_listed(shop, order_id, "dispute", kind="dispute")
    assert (entry["due_at"], entry["team"]) == (order["dispute"]["answer_by"], order["waits"][0]["owner"])
    assert "The payer disputes" in entry["reason"]
    line = history_of(shop, order_id, "open_dispute")
    assert (line["actor"], line["by"]) == ("provider", f"{BY_PROVIDER}sandbox")
    assert line["deed"] == "the payer disputes the payment at their bank"
    (of_client,) = shop.done("client.get", {"client_id": order["client_id"]})["disputes"]
    assert (of_client["order_id"], of_client["state"]) == (order_id, "open")
    effects = shop.done("order.effects", {"order_id": order_id})
    assert effects["payments"][-1]["dispute"]["state"] == "open"
    assert "is disputed at the payer's bank" in effects["answer"]

    decided_now(shop, order_id)
    assert told(shop, provider, order_id, "charge.dispute.closed") == "disputed"
    order = shop.order(order_id)
    assert (order["dispute"]["state"], order["refunded_there"]) == ("lost", order["total"])
    until_listed(shop, order_id, "refund", kind="refund")
    invoice = invoice_of(shop, order_id)
    numbered = enumerate(invoice["lines"], start=1)
    lines = {str(number): {"reason": "other"} for number, line in numbered if line["tax_name"] is None}
    asked = {"inv_id": invoice["invoice_id"], "reference": f"dispute {order_id}", "lines": lines}
    shop.done("client.invoice_credit", asked)
    until_none(shop, order_id)
    assert (invoice_of(shop, order_id)["status"], shop.order(order_id)["refunded_there"]) == ("credited", None)
    kinds = [each["kind"] for each in shop.done("order.effects", {"order_id": order_id})["effects"]]
    assert kinds == ["authorize", "capture"]


def test_a_refund_made_at_the_provider_is_noted_and_not_made_again(shop: Shop, provider: Provider) -> None:
    order_id = paid_order(shop)
    shop.gateway.refund(
        key=f"dashboard:{order_id}", transaction_id=_payment_id(shop, order_id), currency="USD", amount_cents=500
    )
    assert told(shop, provider, order_id, "charge.refunded") == "refunded there"
    again = shop._row(order_id).revision
    assert told(shop, provider, order_id, "refund.updated") == "known"
    assert shop._row(order_id).revision == again

    entry = until_listed(shop, order_id, "refund", kind="refund")
    assert "5.00 USD of the payment went back to its payer" in entry["reason"]
    assert history_of(shop, order_id, "refund_there")["actor"] == "provider"
    payment = shop.done("order.effects", {"order_id": order_id})["payments"][-1]
    assert (payment["state"], payment["refunded"]) == ("partly_refunded", "5.00")
    invoice = invoice_of(shop, order_id)
    assert (invoice["status"], invoice["refunded_there"]) == ("paid", "5.00")

    part = {"1": {"reason": "goodwill", "amount": "5.00"}}
    asked = {"inv_id": invoice["invoice_id"], "reference": f"refund {order_id}", "lines": part}
    shop.done("client.invoice_credit", asked)
    until_none(shop, order_id)
    payment = shop.done("order.effects", {"order_id": order_id})["payments"][-1]
    assert payment["refunded"] == "5.00"
    assert invoice_of(shop, order_id)["refunded_there"] == "0.00"
