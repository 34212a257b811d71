"""Parts of an invoice are credited and refunded: once each, to the cent, whatever the gateway answers."""

from typing import Any

import pytest

from lambdas.payments.gateway import GatewayUnavailableError, OutcomeUnknownError, Transaction
from lambdas.records.invoices.invoice import InvoiceKind, InvoiceStatus
from lambdas.records.invoices.records import InvoiceRecords
from lambdas.watch.invariants.of_series import of_series
from tests.support.build import CONTACT
from tests.unit.api.conftest import Answer, Caller
from tests.unit.api.invoices.test_invoices import generate, kind, sold, with_card
from tests.unit.records.builders import an_invoice

PART = {"1": {"amount": "4.00", "reason": "fault", "text": "Two days without service."}}


@pytest.fixture(autouse=True)
def client_id(caller: Caller) -> str:
    return str(caller.data("client.add", CONTACT))


def credit(caller: Caller, lines: Any = PART, *, of: str = "1000000001", reference: str = "case 1") -> Answer:
    return caller.call("client.invoice_credit", {"inv_id": of, "lines": lines, "reference": reference})


def paid(caller: Caller) -> dict[str, Any]:
    with_card(caller)
    sold(caller)
    return dict(generate(caller, command="charge").body)


def kept(caller: Caller) -> int:
    """The money that the gateway has for the invoice."""
    invoice = InvoiceRecords(caller.api.backend.records).get("1000000001")
    assert invoice and invoice.charge
    found = caller.api.backend.gateway.find(invoice.charge.key)
    assert found
    return found.kept_cents


def shown(caller: Caller) -> dict[str, Any]:
    return dict(caller.call("client.invoice_get", {"invoice_id": "1000000001"}).body)


class Cut:
    """A gateway whose refunds answer nothing, before or after the money moved."""

    def __init__(self, gateway: Any, *, moves: bool, error: type[Exception], forgets: bool = False) -> None:
        self._gateway, self._moves, self._error, self._forgets = gateway, moves, error, forgets
        self.refunds = 0

    def __getattr__(self, name: str) -> Any:
        return getattr(self._gateway, name)

    def refund(self, *, key: str, **asked: Any) -> Transaction:
        self.refunds += 1
        if self._moves:
            self._gateway.refund(key=f"forgotten {self.refunds}" if self._forgets else key, **asked)
        raise self._error("cut")


def test_a_part_of_a_paid_line_is_credited_and_refunded_once(caller: Caller) -> None:
    total = float(paid(caller)["total"])
    note = credit(caller)
    again = credit(caller)

    assert (note.status, again.body) == (200, note.body)
    assert (note.body["total"], note.body["lines"][0]["reason"]) == ("4.00", "fault")
    assert note.body["document_number"].startswith("CN-")
    assert note.body["invoice_document_number"] == shown(caller)["document_number"]
    assert kept(caller) == round(total * 100) - 400
    assert (shown(caller)["credited"], shown(caller)["status"]) == ("4.00", "paid")
    assert kind(credit(caller, {"1": {"amount": "4.01", "reason": "fault"}})) == "not_credited"


@pytest.mark.parametrize("moves", [False, True])
@pytest.mark.parametrize("error", [OutcomeUnknownError, GatewayUnavailableError])
def test_a_refund_whose_answer_was_lost_is_looked_up_even_where_keys_are_forgotten(
    caller: Caller, moves: bool, error: type[Exception]
) -> None:
    total = float(paid(caller)["total"])
    gateway = caller.api.backend.gateway
    cut = Cut(gateway, moves=moves, error=error, forgets=True)
    object.__setattr__(caller.api.backend, "gateway", cut)
    first = credit(caller)
    object.__setattr__(caller.api.backend, "gateway", gateway)
    assert kind(first) == "payment_unknown"

    other = credit(caller, reference="case 2")
    assert other.status == 200, "the refund before is finished first"
    assert credit(caller).status == 200
    assert kept(caller) == round(total * 100) - 800
    assert shown(caller)["credited"] == "8.00"


def test_the_process_that_dies_before_its_refund_leaves_it_to_the_same_call(
    caller: Caller, monkeypatch: pytest.MonkeyPatch
) -> None:
    total = float(paid(caller)["total"])
    with monkeypatch.context() as dying:

        def die(*_: Any, **__: Any) -> None:
            raise KeyboardInterrupt

        dying.setattr("lambdas.payments.refunds.credit.Credits._refund", die)
        with pytest.raises(KeyboardInterrupt):
            credit(caller)
    assert kept(caller) == round(total * 100)

    assert credit(caller).body["total"] == "4.00"
    assert kept(caller) == round(total * 100) - 400
    assert not list(of_series(caller.api.backend.records, 1, InvoiceKind.CREDIT_NOTE))


def test_a_part_of_an_open_invoice_lowers_what_is_owed(caller: Caller) -> None:
    sold(caller)
    made = generate(caller).body
    credit(caller)
    caller.call(
        "client.payment_add",
        {"inv_id": "1000000001", "amount": made["total"], "payment_type": "wire", "reference": "1"},
    )
    assert shown(caller)["status"] == "open"

    with_card(caller)
    caller.call("client.invoice_charge", {"inv_id": "1000000001", "billing_info_id": "1"})
    assert shown(caller)["status"] == "paid"
    assert kept(caller) == round(float(made["total"]) * 100) - 400


def test_what_came_by_hand_must_go_back_by_hand(caller: Caller) -> None:
    order = sold(caller)
    invoices = InvoiceRecords(caller.api.backend.records)
    invoices.issue(an_invoice(order_id=order.order_id))
    caller.data(
        "client.payment_add", {"inv_id": "1000000001", "amount": "9.95", "payment_type": "wire", "reference": "1"}
    )
    assert credit(caller).status == 200
    invoice = invoices.get("1000000001")

    assert invoice and invoice.to_return_cents == 400
    caller.data("client.payment_refund", {"inv_id": "1000000001", "reference": "back"})
    invoice = invoices.get("1000000001")
    assert invoice and (invoice.to_return_cents, invoice.status) == (0, InvoiceStatus.PAID)


@pytest.mark.parametrize(
    ("lines", "why"),
    [
        ({"9": {"reason": "fault"}}, "line 9"),
        ({"1": {"amount": "999.00", "reason": "fault"}}, "left to credit"),
        ({"1": {"amount": "0.00", "reason": "fault"}}, "left to credit"),
    ],
)
def test_a_part_that_is_not_there_is_refused_by_its_line(caller: Caller, lines: Any, why: str) -> None:
    paid(caller)
    refused = credit(caller, lines)

    assert kind(refused) == "not_credited"
    assert why in refused.body["detail"]
    assert shown(caller)["credited"] == "0.00"


@pytest.mark.parametrize(
    "lines", [{}, {"0": {"reason": "fault"}}, {"1": {"amount": "1.00"}}, {"1": {"reason": "mood"}}]
)
def test_a_credit_says_what_and_why(caller: Caller, lines: Any) -> None:
    paid(caller)
    assert credit(caller, lines).status == 400
    assert shown(caller)["credited"] == "0.00"


def test_all_of_it_in_parts_leaves_no_money_and_nothing_to_credit(caller: Caller) -> None:
    paid(caller)
    every = {
        str(number): {"reason": "withdrawn"}
        for number, line in enumerate(shown(caller)["lines"], 1)
        if not line["tax_name"]
    }
    assert credit(caller, every).status == 200

    assert (kept(caller), shown(caller)["status"]) == (0, "credited")
    assert kind(credit(caller, reference="more")) == "not_credited"
