"""Nothing is invoiced, charged or processed for an order that was canceled: not while it unwinds, not after, and not in the
moment between a look at it and the invoice."""

from collections.abc import Callable
from typing import Any

import pytest

from lambdas.orders.model.checklist import ActionState
from lambdas.payments.gateway import TransactionState
from lambdas.payments.invoice import InvoiceRun
from lambdas.records.clients.service import service_id_of
from lambdas.records.invoices.invoice import Invoice
from lambdas.records.invoices.records import InvoiceRecords
from tests.support.build import CARD, NOW
from tests.unit.api.conftest import Caller
from tests.unit.api.invoices.test_invoices import client_id, generate, kind, sold, with_card

__all__ = ["client_id"]


def invoices(caller: Caller) -> tuple[Invoice, ...]:
    return InvoiceRecords(caller.api.backend.records).of_client("101")


@pytest.fixture
def in_between(monkeypatch: pytest.MonkeyPatch) -> Callable[[Callable[[], object]], None]:
    """Something happens after the orders were looked at, once, and before the invoice is issued."""

    def set_up(happens: Callable[[], object]) -> None:
        draft = InvoiceRun._draft

        def drafted(self: InvoiceRun, *args: Any) -> Invoice:
            monkeypatch.setattr(InvoiceRun, "_draft", draft)
            happens()
            return draft(self, *args)

        monkeypatch.setattr(InvoiceRun, "_draft", drafted)

    return set_up


def test_an_order_that_is_canceled_just_before_its_invoice_is_on_none(
    caller: Caller, in_between: Callable[[Callable[[], object]], None]
) -> None:
    order = sold(caller)
    in_between(lambda: caller.call("order.cancel", {"order_id": order.order_id}))

    assert kind(generate(caller)) == "nothing_to_invoice"
    assert invoices(caller) == ()


def test_of_several_the_others_are_invoiced(caller: Caller, in_between: Callable[[Callable[[], object]], None]) -> None:
    canceled, other = sold(caller), sold(caller)
    in_between(lambda: caller.call("order.cancel", {"order_id": canceled.order_id}))
    lines = generate(caller).body["lines"]

    assert {line["service_id"][:-3] for line in lines} == {other.order_id}


def test_the_money_held_for_an_order_canceled_just_before_is_not_taken(
    caller: Caller, in_between: Callable[[Callable[[], object]], None]
) -> None:
    order = sold(caller, invoicing=ActionState.PENDING, **CARD)
    in_between(lambda: caller.call("order.cancel", {"order_id": order.order_id}))
    refused = generate(caller, command="charge_prior_auth")
    assert order.hold
    held = caller.api.backend.gateway.find(order.hold.key)

    assert (kind(refused), invoices(caller)) == ("not_invoiced", ())
    assert held
    assert held.state is TransactionState.HELD


@pytest.mark.parametrize("unwound_at", [None, NOW], ids=["while an undo waits", "unwound"])
def test_a_canceled_order_is_neither_invoiced_nor_charged_nor_processed(caller: Caller, unwound_at: int | None) -> None:
    store = caller.api.backend.service.store
    order = sold(caller, invoicing=ActionState.SKIPPED, **CARD)
    by_hand = generate(caller).body["invoice_id"]
    late = sold(caller, invoicing=ActionState.SKIPPED, **CARD)
    for each in (order, late):
        caller.call("order.cancel", {"order_id": each.order_id})
        store.save(store.get(each.order_id).changed(unwound_at=unwound_at))
    with_card(caller)
    assert late.hold
    answers = [
        generate(caller),
        generate(caller, command="charge"),
        generate(caller, include_packs={service_id_of(late.order_id, 1): 1}),
        generate(caller, command="charge_prior_auth", trans_id=late.hold.transaction_id),
        caller.call("client.invoice_charge", {"inv_id": by_hand}),
        caller.call("order.process", {"order_id": late.order_id, "order_action_id": 103}),
        caller.call("order.process", {"order_id": late.order_id, "order_action_id": 103, "skip": 1, "reason": "x"}),
        caller.call("order.process", {"order_id": late.order_id, "order_action_id": 103, "undo_skip": 1}),
    ]

    assert [kind(answer) for answer in answers] == [
        "nothing_to_invoice",
        "nothing_to_invoice",
        "not_invoiced",
        "not_invoiced",
        "not_chargeable",
        "order_is_final",
        "order_is_final",
        "order_is_final",
    ]
    assert [invoice.status.value for invoice in invoices(caller)] == ["open"]


def test_an_invoice_names_no_more_orders_than_a_transaction_takes(
    caller: Caller, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("lambdas.payments.invoice.MAX_ORDERS", 1)
    first, second = sold(caller), sold(caller)
    both = {service_id_of(each.order_id, 1): 1 for each in (first, second)}

    assert "name fewer" in generate(caller, include_packs=both).body["detail"]
    assert len(generate(caller).body["lines"]) == 3
    assert len(generate(caller).body["lines"]) == 3
