"""A cheque paid an invoice of several orders: whichever of them is canceled, its part of the money is asked back, no more."""

from dataclasses import replace

import pytest

from lambdas.actions._frame.module import PermanentError
from lambdas.actions.generate_invoice import module
from lambdas.actions.reverse_payment import module as reversing_module
from lambdas.orders.model.checklist import ActionState
from lambdas.orders.model.order import Order
from lambdas.payments.errors import NotReturnableError
from lambdas.payments.record_payment import RecordedPayments
from lambdas.payments.reversal import Reversal, Reversals
from lambdas.records.invoices.invoice import Invoice, InvoiceStatus, RecordedPayment
from lambdas.records.invoices.records import InvoiceRecords
from tests.unit.actions.conftest import INVOICE, World
from tests.unit.actions.money.test_money_taken_once import begin_again
from tests.unit.actions.money.test_undo_invoices_by_hand import read, with_another_order

ASKED = (
    "invoice 1 credited by credit note {note}; 248.00 USD that came for invoice 1 by check must be paid back by hand;"
    " note it with client.payment_refund (inv_id 1000000001, order_id {order})"
)


def recording(world: World) -> RecordedPayments:
    return RecordedPayments(InvoiceRecords(world.records), world.gateway, world.clock)


def paid_by_cheque(world: World, invoice: Invoice) -> Invoice:
    cheque = RecordedPayment(
        payment_type="check", reference="cheque 7", amount_cents=invoice.owed_cents, by="ann", at=world.clock()
    )
    return recording(world).record(read(world, invoice), cheque)


def reversal_of(world: World, order: Order) -> Reversal:
    return Reversals(world.gateway, world.records).reverse(order, now=world.clock())


def undo_that_asks(world: World) -> str:
    with pytest.raises(PermanentError) as error:
        world.undo(module, INVOICE)
    return str(error.value)


def test_the_canceled_one_s_part_is_asked_back_at_once_and_the_other_s_stays(world: World) -> None:
    _, invoice = with_another_order(world)
    paid_by_cheque(world, invoice)
    world.cancel()

    assert undo_that_asks(world) == ASKED.format(note=1, order="1001")
    assert undo_that_asks(world) == ASKED.format(note=1, order="1001")
    assert world.action(INVOICE).reason.startswith(ASKED.format(note=1, order="1001"))
    current = read(world, invoice)
    assert (current.status, current.owed_cents, current.to_return_cents) == (InvoiceStatus.PAID, 24800, 24800)

    noted = recording(world).note_return(current, "cheque 8", "bob")
    assert noted.payment
    assert (noted.payment.returned_cents, noted.to_return_cents, noted.status) == (24800, 0, InvoiceStatus.PAID)
    assert world.undo(module, INVOICE) == {"undone": True}


def test_of_two_canceled_ones_each_asks_for_its_own_part_and_each_is_noted(world: World) -> None:
    other, invoice = with_another_order(world)
    paid_by_cheque(world, invoice)
    world.cancel()
    undo_that_asks(world)

    assert str(reversal_of(world, other)) == ASKED.format(note=2, order="1002")
    assert undo_that_asks(world) == ASKED.format(note=1, order="1001")
    with pytest.raises(
        NotReturnableError, match=r"name the order \(order_id\): 248\.00 USD of order 1001, 248\.00 USD of"
    ):
        recording(world).note_return(read(world, invoice), "cheque 8", "bob")

    noted = recording(world).note_return(read(world, invoice), "cheque 8", "bob", order_id="1002")
    assert recording(world).note_return(read(world, invoice), "cheque 8", "bob", order_id="1002") == noted
    assert str(reversal_of(world, other)) == "payment returned; invoice 1 credited by credit note 2"
    assert undo_that_asks(world) == ASKED.format(note=1, order="1001")
    recording(world).note_return(read(world, invoice), "cheque 9", "bob")  # one part is left, so nobody has to name it
    assert world.undo(module, INVOICE) == {"undone": True}
    assert read(world, invoice).to_return_cents == 0


def test_one_whose_part_went_back_says_so_and_a_stranger_to_the_invoice_is_refused(world: World) -> None:
    _, invoice = with_another_order(world)
    paid_by_cheque(world, invoice)
    world.cancel()
    undo_that_asks(world)
    recording(world).note_return(read(world, invoice), "cheque 8", "bob", order_id="1001")

    with pytest.raises(NotReturnableError, match="noted already"):
        recording(world).note_return(read(world, invoice), "cheque 9", "bob", order_id="1001")
    with pytest.raises(NotReturnableError, match="nothing of order 1002 must be returned"):
        recording(world).note_return(read(world, invoice), "cheque 9", "bob", order_id="1002")
    with pytest.raises(NotReturnableError, match="nothing of order 77 must be returned"):
        recording(world).note_return(read(world, invoice), "cheque 9", "bob", order_id="77")


def test_what_was_credited_before_the_cheque_came_is_not_asked_back(world: World) -> None:
    other, invoice = with_another_order(world)
    world.cancel()
    world.undo(module, INVOICE)
    paid = paid_by_cheque(world, read(world, invoice))

    assert (paid.payment and paid.payment.amount_cents, paid.to_return_cents) == (24800, 0)
    assert str(reversal_of(world, world.at_present())) == "invoice 1 credited by credit note 1"
    assert str(reversal_of(world, other)) == ASKED.format(note=2, order="1002")


def test_two_that_note_at_once_note_one_return(world: World) -> None:
    _, invoice = with_another_order(world)
    paid_by_cheque(world, invoice)
    world.cancel()
    undo_that_asks(world)
    seen = read(world, invoice)
    noted = recording(world).note_return(seen, "cheque 8", "bob")

    assert recording(world).note_return(seen, "cheque 8", "eve") == noted
    with pytest.raises(NotReturnableError, match="noted already"):
        recording(world).note_return(seen, "cheque 9", "eve")


def test_reverse_payment_waits_for_who_pays_it_back(world: World) -> None:
    _, invoice = with_another_order(world)
    paid_by_cheque(world, invoice)
    asked = f"{ASKED.format(note=1, order='1001')}, then process this action again"
    reverse_payment = replace(reversing_module, name="generate_invoice")  # in that one's place on the checklist
    begin_again(world)

    with pytest.raises(PermanentError) as error:
        world.run(reverse_payment, INVOICE)
    assert (str(error.value), world.action(INVOICE).state) == (asked, ActionState.FAILED)
    recording(world).note_return(read(world, invoice), "cheque 8", "bob")
    world.run(reverse_payment, INVOICE)
    assert (world.action(INVOICE).state, read(world, invoice).owed_cents) == (ActionState.DONE, 24800)
