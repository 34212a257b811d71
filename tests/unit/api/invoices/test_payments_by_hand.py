"""Staff record what came by bank, cheque or cash: once, for exactly what is due, and the order that waits for it is told."""

from typing import Any

import pytest

from lambdas.orders.decisions import progress
from lambdas.orders.model.checklist import ActionState
from lambdas.orders.model.order import Order, Wait
from lambdas.records.invoices.invoice import Invoice, InvoiceStatus
from lambdas.records.invoices.records import InvoiceRecords
from lambdas.records.users.rights import Grant, Right
from tests.support.build import CARD, CONTACT, NOW
from tests.unit.api.auth.test_rights import as_user
from tests.unit.api.conftest import Answer, Caller
from tests.unit.api.invoices.test_invoices import kind, sold, with_card
from tests.unit.records.builders import an_invoice

AWAIT = "201"
PAYMENT = {"inv_id": "1000000001", "amount": "9.95", "payment_type": "wire", "reference": "transfer  7 "}


@pytest.fixture(autouse=True)
def client_id(caller: Caller) -> str:
    return str(caller.data("client.add", CONTACT))


def records(caller: Caller) -> InvoiceRecords:
    return InvoiceRecords(caller.api.backend.records)


def waiting(caller: Caller, **invoice: Any) -> tuple[Order, Invoice]:
    """An order that waits for its invoice of 9.95 to be paid."""
    order = sold(caller)
    store = caller.api.backend.service.store
    generated = next(each for each in order.actions.values() if each.module == "generate_invoice")
    parked = generated.changed(
        action_id=int(AWAIT),
        module="await_payment",
        name="Await Payment",
        prereqs=(),
        state=ActionState.WAITING,
        attempts=1,
        step_id=order.step_id,
    )
    waits = {AWAIT: Wait(token="t", since=NOW, owner="finance", due_at=NOW + 9)}
    order = store.save(order.with_action(parked).changed(waits=waits))
    return order, records(caller).issue(an_invoice(order_id=order.order_id, **invoice))


def add(caller: Caller, **said: Any) -> Answer:
    return caller.call("client.payment_add", {**PAYMENT, **said})


def was_told(caller: Caller, order: Order) -> bool:
    now = caller.api.backend.service.store.get(order.order_id)
    return not now.waits and now.actions[AWAIT].requested_at is not None


def test_the_invoice_is_paid_says_by_what_and_the_order_is_told(caller: Caller) -> None:
    order, _ = waiting(caller)
    paid = add(caller).body

    assert (paid["status"], paid["paid_at"] is not None) == ("paid", True)
    assert {key: paid["payment"][key] for key in ("payment_type", "reference", "amount", "by")} == {
        "payment_type": "wire",
        "reference": "transfer 7",
        "amount": "9.95",
        "by": "web",
    }
    assert was_told(caller, order)
    summary = caller.data("client.invoice_get", {"invoice_id": PAYMENT["inv_id"]})
    assert (summary["payment_type"], summary["payment_reference"]) == ("wire", "transfer 7")


def test_api_2_0_is_answered_true_and_again(caller: Caller) -> None:
    waiting(caller)

    assert [caller.data("client.payment_add", PAYMENT) for _ in range(2)] == [True, True]


def test_another_payment_of_it_is_refused(caller: Caller) -> None:
    waiting(caller)
    add(caller)
    other = add(caller, reference="transfer 8")

    assert (other.status, kind(other)) == (409, "not_payable")
    assert "must be returned" in other.body["detail"]


@pytest.mark.parametrize("amount", ["9.94", "9.96", "0", "995"])
def test_not_a_cent_more_or_less_than_is_due(caller: Caller, amount: str) -> None:
    order, _ = waiting(caller)

    assert "9.95 USD is due on it" in add(caller, amount=amount).body["detail"]
    assert not was_told(caller, order)


@pytest.mark.parametrize(
    ("said", "field"),
    [
        ({"amount": "x"}, "amount"),
        ({"amount": "-9.95"}, "amount"),
        ({"amount": "9.951"}, "amount"),
        ({"amount": None}, "amount"),
        ({"payment_type": "cc"}, "payment_type"),
        ({"reference": "  "}, "reference"),
        ({"reference": "x" * 201}, "reference"),
        ({"inv_id": "1000000009"}, "inv_id"),
    ],
)
def test_what_is_wrong_is_named(caller: Caller, said: dict[str, Any], field: str) -> None:
    waiting(caller)

    assert [problem["field"] for problem in add(caller, **said).body["errors"]] == [field]


def test_a_card_number_is_no_reference(caller: Caller) -> None:
    waiting(caller)

    assert kind(add(caller, reference="4242 4242 4242 4242")) == "card_data"


def test_what_the_order_has_still_to_take_is_not_taken_by_hand_too(caller: Caller) -> None:
    order = sold(caller, invoicing=ActionState.PENDING, **CARD)
    records(caller).issue(an_invoice(order_id=order.order_id))

    assert kind(add(caller)) == "not_chargeable"


def test_a_canceled_order_takes_no_money(caller: Caller) -> None:
    order, invoice = waiting(caller)
    caller.call("order.cancel", {"order_id": order.order_id})

    assert "was canceled, so it is credited" in add(caller).body["detail"]
    found = records(caller).get(invoice.invoice_id)
    assert found
    assert found.status is InvoiceStatus.OPEN


@pytest.mark.parametrize("paid_by", ["client.invoice_charge", "client.payment_add"])
def test_whoever_pays_a_paid_invoice_again_tells_the_order_again(caller: Caller, paid_by: str) -> None:
    """The first one's process ended after the invoice was paid, and before the order was told."""
    order, invoice = waiting(caller)
    with_card(caller)
    asked = {"inv_id": invoice.invoice_id} if paid_by == "client.invoice_charge" else PAYMENT
    caller.call(paid_by, asked)
    store = caller.api.backend.service.store
    store.save(store.get(order.order_id).changed(waits=order.waits, actions=order.actions))

    assert caller.call(paid_by, asked).status == 200
    assert was_told(caller, order)


def test_services_invoiced_by_hand_tell_their_order_too(caller: Caller) -> None:
    order, _ = waiting(caller)
    with_card(caller)
    records(caller)
    made = caller.call("client.invoice_generate", {"client_id": "101", "command": "charge"})

    assert made.body["status"] == "paid", made.body
    assert was_told(caller, order)


def test_that_money_went_back_is_noted_once_the_invoice_is_credited(caller: Caller) -> None:
    order, invoice = waiting(caller)
    add(caller)
    refund = {"inv_id": invoice.invoice_id, "reference": "transfer 9"}
    early = caller.call("client.payment_refund", refund)
    records(caller).mark(invoice, InvoiceStatus.CREDITED, at=NOW)
    store = caller.api.backend.service.store
    canceled = progress.canceled(store.get(order.order_id), now=NOW, because="x")
    undo = next(f"undo_{key}" for key, each in order.actions.items() if each.module == "generate_invoice")
    store.save(canceled.changed(waits={undo: Wait(token="u", since=NOW, owner="finance")}))

    assert (kind(early), early.status) == ("not_returnable", 409)
    assert caller.call("client.payment_refund", refund).body["payment"]["returned_reference"] == "transfer 9"
    assert not store.get(order.order_id).waits


@pytest.mark.parametrize(
    "rights", [{Right.VIEW, Right.PERSONAL_DATA}, {Right.MONEY}, {Right.MONEY, Right.VIEW}, set(Right) - {Right.MONEY}]
)
def test_it_is_for_those_who_handle_money_and_see_clients(caller: Caller, rights: set[Right]) -> None:
    waiting(caller)
    for method, asked in (
        ("client.payment_add", PAYMENT),
        ("client.payment_refund", {"inv_id": PAYMENT["inv_id"], "reference": "x"}),
    ):
        assert as_user(caller, Grant(rights=frozenset(rights)), method, asked).status == 403
    found = records(caller).get(PAYMENT["inv_id"])
    assert found
    assert found.status is InvoiceStatus.OPEN


def test_an_invoice_of_another_brand_is_refused_as_one_that_is_not_there(caller: Caller) -> None:
    waiting(caller)
    grant = Grant(rights=frozenset(Right), brands=frozenset({2}))
    answers = [
        as_user(caller, grant, "client.payment_add", {**PAYMENT, "inv_id": inv_id})
        for inv_id in ("1000000001", "1000000099")
    ]

    assert [(each.status, each.body["detail"]) for each in answers] == [(403, answers[0].body["detail"])] * 2
