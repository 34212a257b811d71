"""The certificate of a canceled order: from records and from what the gateway says, never because it should be so."""

from typing import Any

import pytest

from lambdas.payments.effects.certificate import Certificate, certificate_of
from lambdas.payments.gateway import Gateway, void_or_refund
from lambdas.payments.reversal import Reversals
from lambdas.records.clients.service import ServiceRecords
from lambdas.records.invoices.credit_notes import CreditNotes
from lambdas.records.invoices.invoice import RecordedPayment
from lambdas.records.invoices.records import InvoiceRecords
from lambdas.records.table import RecordTable
from tests.support.build import NOW
from tests.unit.payments.test_charged_twice import NOT_NOW, Shop, silent
from tests.unit.records.builders import a_service_record


@pytest.fixture
def shop(records: RecordTable) -> Shop:
    return Shop(records)


def canceled(shop: Shop, **changes: Any) -> None:
    shop.order = shop.order.changed(
        **{"canceled_at": NOW, "unwound_at": NOW, "client_id": "101", "attempt": None, **changes}
    )


def certificate(shop: Shop, gateway: Gateway | None = None) -> Certificate:
    found = certificate_of(shop.read(gateway), shop.records)
    assert found is not None
    return found


def test_an_order_that_is_not_canceled_has_none(shop: Shop) -> None:
    shop.hold()

    assert certificate_of(shop.read(), shop.records) is None


def test_nothing_is_left_of_a_reversed_order(shop: Shop) -> None:
    shop.captured()
    ServiceRecords(shop.records).make(a_service_record())
    canceled(shop)
    Reversals(shop.gateway, shop.records).reverse(shop.order, now=NOW)
    ServiceRecords(shop.records).cancel(a_service_record())

    found = certificate(shop)

    assert found == Certificate(holds=0, services=0, credit_notes=(1,), left=(), is_current=True)
    assert found.is_complete
    assert found.sentence == "Nothing is left of the order: 0 holds, 0 services, credit note 1."


def test_nothing_is_left_of_an_order_that_was_never_invoiced(shop: Shop) -> None:
    shop.hold()
    canceled(shop)
    void_or_refund(shop.gateway, shop.key)

    assert certificate(shop).sentence == "Nothing is left of the order: 0 holds, 0 services, no invoice."


def test_a_hold_that_the_records_do_not_know_shows(shop: Shop) -> None:
    """The void was asked for and done, then somebody at the provider held the money again; or the order forgot its attempt."""
    shop.hold()
    canceled(shop, hold=None)

    found = certificate(shop)

    assert (found.holds, found.is_complete) == (1, False)
    assert found.sentence == "Still open: 9.95 USD is still held."


@pytest.mark.parametrize("is_refunded", [True, False])
def test_money_is_not_back_because_its_invoice_is_credited(shop: Shop, is_refunded: bool) -> None:
    invoice, _ = shop.captured()
    canceled(shop)
    CreditNotes(shop.records).credit(invoice, "1001", NOW)
    if is_refunded:
        void_or_refund(shop.gateway, shop.key)

    assert certificate(shop).left == (() if is_refunded else ("9.95 USD was taken and is not refunded",))


def test_each_thing_that_is_left_is_named(shop: Shop) -> None:
    shop.captured()
    ServiceRecords(shop.records).make(a_service_record())
    canceled(shop, unwound_at=None)
    void_or_refund(shop.gateway, shop.key)

    found = certificate(shop)

    assert found.services == 1
    assert found.left == (
        "its actions are still being undone",
        "service 1001001 is active",
        "invoice 1 has no credit note",
    )


def test_money_that_came_by_hand_goes_back_by_hand(shop: Shop) -> None:
    invoice = shop.invoice()
    transfer = RecordedPayment(payment_type="wire", reference="X", amount_cents=995, by="jane", at=NOW)
    paid = InvoiceRecords(shop.records).write_payment(invoice, transfer)
    assert paid
    canceled(shop)
    CreditNotes(shop.records).credit(paid, "1001", NOW)

    assert certificate(shop).left == ("9.95 USD that came for invoice 1 by hand is not paid back",)


def test_a_silent_provider_certifies_nothing(shop: Shop) -> None:
    shop.hold()
    canceled(shop)
    void_or_refund(shop.gateway, shop.key)

    found = certificate(shop, silent(shop))

    assert found.left == ()
    assert not found.is_complete
    assert NOT_NOW in found.sentence


def test_a_debit_on_its_way_is_left(shop: Shop) -> None:
    shop.hold(token="ach_later")
    canceled(shop)

    found = certificate(shop)

    assert found.holds == 1
    assert "the bank has not decided about 9.95 USD" in found.left
