"""What was invoiced and charged by hand of an order's services is taken back with all else, when the order is canceled."""

import pytest

from lambdas.actions._frame.module import TransientError
from lambdas.actions.add_services import module as add_services
from lambdas.actions.generate_invoice import module
from lambdas.orders.decisions.operator import manual_actions
from lambdas.orders.model.checklist import ActionState
from lambdas.orders.model.order import Order
from lambdas.payments.charge import Charges
from lambdas.payments.gateway import TransactionState
from lambdas.payments.invoice import InvoiceRun
from lambdas.records.clients.client import Client, ClientRecords
from lambdas.records.clients.payment_method import MethodKind, PaymentMethod
from lambdas.records.clients.service import ServiceRecords, service_id_of
from lambdas.records.invoices.invoice import Invoice, InvoiceKind, InvoiceStatus
from lambdas.records.invoices.records import InvoiceRecords
from tests.unit.actions.conftest import INVOICE, SERVICES, World
from tests.unit.actions.one_action import ACTION, an_order_with
from tests.unit.records.builders import a_service_record

CARD = PaymentMethod(kind=MethodKind.CARD, token="tok_approve", last_four="4242")
CHARGE = "invoice:1000000001:charge:1"


def client() -> Client:
    return Client.model_validate({"client_id": "101", "brand_id": 1, "created_at": 1})


def by_hand(world: World) -> Invoice:
    invoicing = InvoiceRun(world.records, world.store, world.gateway, world.clock)
    return invoicing.generate(client())


def charged(world: World, invoice: Invoice) -> Invoice:
    return Charges(InvoiceRecords(world.records), world.gateway, world.clock).charge(invoice, "7", CARD)


def skipped(world: World) -> Order:
    """An order whose services are made, and whose Generate Invoice was skipped."""
    world.order(client_id="101", token=None)
    world.run(add_services, SERVICES)
    over = manual_actions.skipped(world.at_present(), INVOICE, by="ada", why="by hand", now=world.clock())
    return world.store.save(over)


def read(world: World, invoice: Invoice) -> Invoice:
    found = InvoiceRecords(world.records).get(invoice.invoice_id)
    assert found
    return found


def state(world: World, key: str = CHARGE) -> TransactionState | None:
    found = world.gateway.find(key)
    return found.state if found else None


def test_an_invoice_that_was_charged_is_credited_and_refunded(world: World) -> None:
    skipped(world)
    invoice = charged(world, by_hand(world))
    world.cancel()
    for _ in range(2):
        world.undo(module, INVOICE)

    assert (read(world, invoice).status, state(world)) == (InvoiceStatus.CREDITED, TransactionState.REFUNDED)
    assert len(world.found("invoices#101", "credit_note#")) == 1
    assert world.action(INVOICE).reason == "payment returned; invoice 1 credited by credit note 1"


def test_an_open_one_is_credited_and_charged_by_nobody_any_more(world: World) -> None:
    skipped(world)
    invoice = by_hand(world)
    world.cancel()
    world.undo(module, INVOICE)

    assert read(world, invoice).status is InvoiceStatus.CREDITED
    assert InvoiceRecords(world.records).of_order("1001", InvoiceKind.CREDIT_NOTE) is None
    assert state(world) is None


def test_a_charge_under_way_is_waited_for(world: World) -> None:
    skipped(world)
    invoice = by_hand(world)
    world.gateway.authorize(key=CHARGE, token="tok_approve", amount_cents=24800, currency="USD", order_id="")
    charging = Charges(InvoiceRecords(world.records), world.gateway, world.clock)
    charging._claim(invoice, "7", CHARGE)
    world.cancel()

    with pytest.raises(TransientError, match="is being charged"):
        world.undo(module, INVOICE)
    world.clock.time += 60
    world.undo(module, INVOICE)
    assert (read(world, invoice).status, state(world)) == (InvoiceStatus.CREDITED, TransactionState.VOIDED)


def with_another_order(world: World) -> tuple[Order, Invoice]:
    """An invoice of 248.00 of the order, and as much of another one."""
    order = skipped(world)
    other = order.changed(order_id="1002", hash="b")
    world.store.create(other, [], world.clock())
    for each in (service_id_of("1002", 1),):
        ServiceRecords(world.records).make(
            a_service_record(service_id=each, order_id="1002", client_id="101", pack="pack1")
        )
    invoice = by_hand(world)
    assert invoice.total_cents == 2 * 24800
    return other, invoice


def test_of_an_invoice_of_several_orders_only_the_canceled_one_s_part_is_taken_back(world: World) -> None:
    _, invoice = with_another_order(world)
    charged(world, invoice)
    world.cancel()
    for _ in range(2):
        world.undo(module, INVOICE)

    current, payment = read(world, invoice), world.gateway.find(CHARGE)
    assert (current.status, current.owed_cents, current.credited) == (InvoiceStatus.PAID, 24800, {"1001": 24800})
    assert payment
    assert (payment.state, payment.refunded_cents) == (TransactionState.PARTLY_REFUNDED, 24800)
    assert [note["total_cents"] for note in world.found("invoices#101", "credit_note#")] == [24800]


def test_when_the_last_of_its_orders_is_canceled_all_of_it_is_taken_back(world: World) -> None:
    other, invoice = with_another_order(world)
    charged(world, invoice)
    world.cancel()
    world.undo(module, INVOICE)
    from lambdas.payments.reversal import Reversals

    Reversals(world.gateway, world.records).reverse(other, now=world.clock())

    assert (read(world, invoice).status, state(world)) == (InvoiceStatus.CREDITED, TransactionState.REFUNDED)
    assert read(world, invoice).owed_cents == 0


def test_of_an_open_invoice_of_several_orders_the_rest_is_charged(world: World) -> None:
    _, invoice = with_another_order(world)
    world.cancel()
    world.undo(module, INVOICE)
    paid = charged(world, read(world, invoice))
    payment = world.gateway.find(CHARGE)

    assert paid.status is InvoiceStatus.PAID
    assert payment
    assert payment.amount_cents == 24800


def test_a_charge_that_read_the_invoice_before_it_was_credited_takes_nothing(world: World) -> None:
    _, before = with_another_order(world)
    world.cancel()
    world.undo(module, INVOICE)

    with pytest.raises(Exception, match="being charged"):
        charged(world, before)
    assert state(world) is None


def test_a_queue_without_generate_invoice_takes_back_what_was_invoiced_of_it(world: World) -> None:
    an_order_with(world, add_services, token=None, client_id="101")
    world.run(add_services, ACTION)
    invoice = charged(world, by_hand(world))
    world.cancel()
    for _ in range(2):
        world.undo(add_services, ACTION)

    assert (read(world, invoice).status, state(world)) == (InvoiceStatus.CREDITED, TransactionState.REFUNDED)
    assert world.action(ACTION).state is ActionState.UNDONE
    assert "payment returned; invoice 1 credited by credit note 1" in world.action(ACTION).reason
    assert ClientRecords(world.records).get("101") is None
