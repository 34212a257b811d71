"""Invoices over the API: what is on none yet is invoiced once, and charged once."""

from typing import Any

import pytest

from lambdas.orders.model.checklist import ActionState
from lambdas.orders.model.fingerprint import fingerprint
from lambdas.orders.model.order import Order
from lambdas.payments.captures import _capture_key
from lambdas.payments.gateway import TransactionState
from lambdas.records.clients.service import ServiceRecords, service_id_of
from lambdas.records.invoices.invoice import InvoiceLine
from lambdas.records.invoices.records import InvoiceRecords
from tests.support.build import CARD, CONTACT, an_order
from tests.unit.api.conftest import Answer, Caller
from tests.unit.records.builders import a_service_record, an_invoice

PACKS = {"pack1": {"plan_id": "1", "period": 1}, "pack2": {"plan_id": "2", "period": 1, "options": {"31": "101"}}}
PAYPAL: dict[str, Any] = {"payment_type": "paypal", "paypal_token": "paypal_captured"}
PROOF = "valid 2026-11-28 W1"  # as an order keeps it
METHOD = {"client_id": "101", "cc_num": "4242", "country": "GB"}


@pytest.fixture(autouse=True)
def client_id(caller: Caller) -> str:
    return str(caller.data("client.add", CONTACT))


def with_card(caller: Caller, by: str = "tok_approve", **more: Any) -> str:
    return str(caller.data("client.cc_add", {**METHOD, "cc_token": by, **more}))


def sold(caller: Caller, *, invoicing: ActionState = ActionState.SKIPPED, **info: Any) -> Order:
    """An order of the client whose services were made; Generate Invoice was skipped, or is as said."""
    store = caller.api.backend.service.store
    made = caller.call("order.create", {"order_queue_id": 1, "client_id": "101", "info": {**CONTACT, **PACKS, **info}})
    caller.call("order.submit", {"order_id": made.body["order_id"]})
    order = store.get(made.body["order_id"])
    generate = next(each for each in order.actions.values() if each.module == "generate_invoice")
    order = store.save(order.with_action(generate.changed(state=invoicing)))
    services = ServiceRecords(caller.api.backend.records)
    for pack in order.priced:
        services.make(
            a_service_record(
                service_id=service_id_of(order.order_id, pack.number),
                order_id=order.order_id,
                pack=pack.pack,
                title=pack.title,
                setup_cents=pack.setup_cents,
                recurring_cents=pack.recurring_cents,
            )
        )
    return order


def generate(caller: Caller, **asked: Any) -> Answer:
    return caller.call("client.invoice_generate", {"client_id": "101", **asked})


def kind(answer: Answer) -> str:
    return str(answer.body.get("type", "")).rpartition(":")[2]


def test_what_is_on_no_invoice_is_invoiced_once(caller: Caller) -> None:
    first, second = sold(caller), sold(caller)
    made = caller.data("client.invoice_generate", {"client_id": "101"})
    again = generate(caller)
    invoice = caller.call("client.invoice_get", {"invoice_id": made["invid"]}).body

    assert (made["invid"], made["total"], type(made["time"]), type(made["duedate"])) == (
        "1000000001", "575.90", int, int
    )  # fmt: skip
    assert [line["amount"] for line in invoice["lines"]] == ["9.95", "179.00", "99.00"] * 2
    assert {line["service_id"][:-3] for line in invoice["lines"]} == {first.order_id, second.order_id}
    assert (again.status, kind(again)) == (409, "nothing_to_invoice")
    assert list(caller.data("client.invoice_list", {"client_id": "101"})) == ["1000000001"]


def test_an_order_that_will_invoice_its_services_itself_is_left_to_do_so(caller: Caller) -> None:
    order = sold(caller, invoicing=ActionState.PENDING)
    named = generate(caller, include_packs={service_id_of(order.order_id, 1): 1})

    assert kind(generate(caller)) == "nothing_to_invoice"
    assert kind(named) == "not_invoiced"
    assert "charge_prior_auth" in named.body["detail"]


def test_only_the_services_that_are_named(caller: Caller) -> None:
    order = sold(caller)
    first, second = (service_id_of(order.order_id, number) for number in (1, 2))

    assert generate(caller, include_packs={second: 1}).body["total"] == "278.00"
    assert kind(generate(caller, include_packs={second: 1})) == "not_invoiced"
    assert kind(generate(caller, include_packs={"999001": 1})) == "not_invoiced"
    assert kind(generate(caller, include_packs=0)) == "nothing_to_invoice"
    assert [line["service_id"] for line in generate(caller).body["lines"]] == [first]


def test_the_same_key_makes_one_invoice(caller: Caller) -> None:
    sold(caller)
    key = {"idempotency-key": "k-1"}
    first, again = (caller.call("client.invoice_generate", {"client_id": "101"}, **key) for _ in range(2))
    other = caller.call("client.invoice_generate", {"client_id": "101", "duedate": 1}, **key)

    assert first.body == again.body
    assert (first.status, again.status, other.status) == (201, 201, 409)


def test_a_new_invoice_may_be_charged_at_once(caller: Caller) -> None:
    sold(caller)

    assert generate(caller, command="charge").body["errors"][0]["field"] == "command"  # nothing to charge yet
    with_card(caller)
    assert generate(caller, command="charge").body["status"] == "paid"


def test_a_refused_charge_leaves_an_open_invoice_that_another_card_pays(caller: Caller) -> None:
    sold(caller)
    with_card(caller, "tok_decline")
    refused = generate(caller, command="charge")
    invoice_id = refused.body["invoice_id"]
    other = with_card(caller)

    assert (refused.status, kind(refused)) == (402, "payment_refused")
    assert caller.call("client.invoice_get", {"invoice_id": invoice_id}).body["status"] == "open"
    assert caller.data("client.invoice_charge", {"inv_id": invoice_id, "billing_info_id": other}) is True
    assert caller.data("client.invoice_charge", {"inv_id": invoice_id}) is True
    summary = caller.data("client.invoice_get", {"invoice_id": invoice_id})
    assert (summary["paid"], summary["amount_unpaid"]) == ("1", "0.00")


@pytest.mark.parametrize(
    ("asked", "field"),
    [
        ({}, "billing_info_id"),
        ({"billing_info_id": "77"}, "billing_info_id"),
        ({"inv_id": "1000000009"}, "inv_id"),
        ({"inv_id": "422"}, "inv_id"),
    ],
)
def test_what_cannot_be_charged_is_named(caller: Caller, asked: dict[str, str], field: str) -> None:
    sold(caller)
    invoice_id = generate(caller).body["invoice_id"]

    answer = caller.call("client.invoice_charge", {"inv_id": invoice_id, **asked})
    assert [problem["field"] for problem in answer.body["errors"]] == [field]


def test_a_payment_type_has_to_be_that_of_the_method(caller: Caller) -> None:
    sold(caller)
    invoice_id, card = generate(caller).body["invoice_id"], with_card(caller)
    asked = {"inv_id": invoice_id, "billing_info_id": card}

    assert caller.call("client.invoice_charge", {**asked, "payment_type": "ach"}).status == 400
    assert caller.call("client.invoice_charge", {**asked, "payment_type": "cc"}).body["status"] == "paid"


def test_money_that_is_held_pays_the_order_s_own_invoice(caller: Caller) -> None:
    order = sold(caller, invoicing=ActionState.PENDING, **CARD)
    assert order.hold
    asked = {"command": "charge_prior_auth", "trans_id": order.hold.transaction_id}
    paid, again = generate(caller, **asked), generate(caller, **asked)

    assert (paid.body["status"], paid.body["order_id"]) == ("paid", order.order_id)
    assert paid.body == again.body
    found = caller.api.backend.gateway.find(order.hold.key)
    assert found
    assert found.state is TransactionState.CAPTURED


def test_without_a_transaction_the_only_one_is_taken(caller: Caller) -> None:
    order = sold(caller, invoicing=ActionState.PENDING, **CARD)

    assert generate(caller, command="charge_prior_auth").body["order_id"] == order.order_id
    assert kind(generate(caller, command="charge_prior_auth")) == "not_invoiced"
    assert kind(generate(caller, command="charge_prior_auth", trans_id="sb_0")) == "not_invoiced"


def test_a_refused_capture_leaves_an_open_invoice(caller: Caller) -> None:
    sold(caller, invoicing=ActionState.PENDING, **{**CARD, "cc_token": "tok_capture_fails"})
    refused = generate(caller, command="charge_prior_auth")

    assert (refused.status, kind(refused)) == (402, "payment_refused")
    assert caller.call("client.invoice_get", {"invoice_id": "1000000001"}).body["status"] == "open"


def test_an_invoice_whose_order_has_still_to_take_its_money_is_not_charged(caller: Caller) -> None:
    sold(caller, invoicing=ActionState.PENDING, **{**CARD, "cc_token": "tok_capture_fails"})
    generate(caller, command="charge_prior_auth")
    with_card(caller)

    answer = caller.call("client.invoice_charge", {"inv_id": "1000000001"})
    assert kind(answer) == "not_chargeable"
    assert "Generate Invoice" in answer.body["detail"]


def test_money_that_was_taken_and_not_written_down_is_not_taken_again(caller: Caller) -> None:
    """Generate Invoice captured, could not write it, and was skipped; then somebody charges the client's card."""
    order = sold(caller, invoicing=ActionState.PENDING, **{**CARD, "cc_token": "tok_approve"})
    backend = caller.api.backend
    assert order.hold
    issued = backend.gateway.capture  # the key is the same for whoever captures, so that both together take it once
    issued(
        key=_capture_key(order, "invoice:1"),
        transaction_id=order.hold.transaction_id,
        amount_cents=order.total_cents,
        currency="USD",
    )
    lines = (
        InvoiceLine(
            description="x", service_id=service_id_of(order.order_id, 1), quantity=1, amount_cents=order.total_cents
        ),
    )
    invoice = InvoiceRecords(backend.records).issue(
        an_invoice(order_id=order.order_id, client_id="101", lines=lines, total_cents=order.total_cents)
    )
    generate_ = next(each for each in order.actions.values() if each.module == "generate_invoice")
    backend.service.store.save(order.with_action(generate_.changed(state=ActionState.SKIPPED)))
    with_card(caller)

    charged = caller.call("client.invoice_charge", {"inv_id": invoice.invoice_id})
    assert (charged.body["status"], charged.body["transaction_id"]) == ("paid", order.hold.transaction_id)
    assert backend.gateway.find(f"invoice:{invoice.invoice_id}:charge:1") is None


def test_services_whose_money_was_taken_at_submit_are_paid_by_nobody_again(caller: Caller) -> None:
    """PayPal took it, Generate Invoice was skipped, and somebody invoices and charges what there is."""
    order = sold(caller, **PAYPAL)
    with_card(caller)
    named = generate(caller, include_packs={service_id_of(order.order_id, 1): 1})
    refused = generate(caller, command="charge")
    assert order.hold
    collected = generate(caller, command="charge_prior_auth", trans_id=order.hold.transaction_id)

    assert (kind(refused), kind(named)) == ("nothing_to_invoice", "not_invoiced")
    assert "charge_prior_auth" in named.body["detail"]
    assert (collected.body["status"], collected.body["transaction_id"]) == ("paid", order.hold.transaction_id)


def test_an_invoice_made_before_by_hand_is_not_charged_beside_money_that_was_taken(caller: Caller) -> None:
    order = sold(caller, **PAYPAL)
    line = InvoiceLine(description="x", service_id=service_id_of(order.order_id, 1), quantity=1, amount_cents=995)
    by_hand = an_invoice(order_id=None, client_id="101", lines=(line,))
    invoice = InvoiceRecords(caller.api.backend.records).issue(by_hand)
    with_card(caller)
    refused = caller.call("client.invoice_charge", {"inv_id": invoice.invoice_id})

    assert kind(refused) == "not_chargeable"
    assert "was taken for order" in refused.body["detail"]
    assert caller.api.backend.gateway.find(f"invoice:{invoice.invoice_id}:charge:1") is None


def test_a_skip_writes_down_what_was_taken_first(caller: Caller) -> None:
    order = sold(caller, invoicing=ActionState.FAILED, **CARD)
    backend = caller.api.backend
    assert order.hold
    backend.gateway.capture(
        key="k", transaction_id=order.hold.transaction_id, amount_cents=order.total_cents, currency="USD"
    )
    invoice = InvoiceRecords(backend.records).issue(
        an_invoice(order_id=order.order_id, client_id="101", total_cents=order.total_cents)
    )
    asked = {"order_id": order.order_id, "order_action_id": 103, "skip": 1, "reason": "by hand"}

    assert caller.call("order.process", asked).status == 200
    paid = caller.call("client.invoice_get", {"invoice_id": invoice.invoice_id}).body
    assert (paid["status"], paid["transaction_id"]) == ("paid", order.hold.transaction_id)


def test_nothing_is_taken_for_an_order_that_was_canceled(caller: Caller) -> None:
    order = sold(caller, invoicing=ActionState.PENDING, **CARD)
    assert order.hold
    invoice = InvoiceRecords(caller.api.backend.records).issue(an_invoice(order_id=order.order_id, client_id="101"))
    caller.call("order.cancel", {"order_id": order.order_id})
    with_card(caller)

    assert kind(generate(caller)) == "nothing_to_invoice"
    held = generate(caller, command="charge_prior_auth", trans_id=order.hold.transaction_id)
    charged = caller.call("client.invoice_charge", {"inv_id": invoice.invoice_id})
    assert (kind(held), kind(charged)) == ("not_invoiced", "not_chargeable")
    found = caller.api.backend.gateway.find(order.hold.key)
    assert found
    assert found.state is TransactionState.HELD


def test_the_key_of_a_capture_is_what_it_was() -> None:
    """Orders under way, and the gateway, know it: another one would take the money of one invoice twice."""
    assert _capture_key(an_order(), "invoice:7") == "1001:invoice:7:capture"  # of an earlier version
    known = an_order(is_fingerprinted=True)
    assert _capture_key(known, "invoice:7") == f"1001-{fingerprint(known.hash)}:invoice:7:capture"


def test_an_invoice_states_net_and_tax_of_each_rate(caller: Caller) -> None:
    hosting = {"description": "Web hosting", "quantity": 1}
    lines = (
        InvoiceLine(**hosting, service_id="1001001", amount_cents=1000),
        InvoiceLine(**hosting, service_id="1001001", amount_cents=190, tax_name="VAT", tax_rate="19"),
        InvoiceLine(**hosting, service_id="1001002", amount_cents=500),
        InvoiceLine(
            **hosting,
            service_id="1001002",
            amount_cents=0,
            tax_name="VAT",
            tax_rate="0",
            vat_check=PROOF,
        ),
        InvoiceLine(**hosting, service_id="1001003", amount_cents=100),
    )
    issued = InvoiceRecords(caller.api.backend.records).issue(an_invoice(lines=lines, total_cents=1790))
    shown = caller.call("client.invoice_get", {"invoice_id": issued.invoice_id}).body

    assert (shown["net"], shown["tax"], shown["total"]) == ("16.00", "1.90", "17.90")
    assert [line["vat_check"] for line in shown["lines"]] == [None, None, None, PROOF, None]
    assert [tuple(total.values()) for total in shown["totals_per_rate"]] == [
        ("VAT", "19", "10.00", "1.90", False),
        ("VAT", "0", "5.00", "0.00", True),
        (None, None, "1.00", "0.00", False),
    ]
