"""The order's money goes back while the order goes on."""

import pytest

from lambdas.actions._frame.module import PermanentError, TransientError
from lambdas.actions.add_services import module as add_services
from lambdas.actions.generate_invoice import module as generate_invoice
from lambdas.actions.reverse_payment import module
from lambdas.orders.model.checklist import ActionState
from lambdas.orders.model.order import PaymentAttempt
from lambdas.payments.gateway import DeclinedError, OutcomeUnknownError, Transaction
from lambdas.payments.sandbox import SandboxGateway
from lambdas.records.invoices.invoice import InvoiceKind, InvoiceStatus
from tests.support.build import NOW
from tests.unit.actions.conftest import HOLD_KEY, World
from tests.unit.actions.one_action import ACTION, an_order_with, ask, says_nothing_personal

ADD, INVOICE = 203, 204
OTHERS = (
    {"id": ADD, "name": "Add Services", "module": "add_services"},
    {"id": INVOICE, "name": "Generate Invoice", "module": "generate_invoice"},
)


def invoiced(world: World, token: str | None) -> None:
    an_order_with(world, module, others=OTHERS, token=token, client_id="101")
    world.run(add_services, ADD)
    world.run(generate_invoice, INVOICE)


def test_a_hold_is_voided(world: World) -> None:
    an_order_with(world, module, token="tok_approve")
    world.run(module, ACTION)

    assert world.payment() == "voided"
    assert (world.action(ACTION).state, world.action(ACTION).reason) == (ActionState.DONE, "payment returned")


def test_a_capture_is_refunded_and_its_invoice_credited(world: World) -> None:
    invoiced(world, "tok_approve")
    world.run(module, ACTION)

    assert (world.payment(), world.invoice().status) == ("refunded", InvoiceStatus.CREDITED)
    assert world.action(ACTION).reason == "payment returned; invoice 1 credited by credit note 1"
    assert world.action(ACTION).result == {"payment_given_back": True, "credit_note_number": 1}
    assert says_nothing_personal(world)


def test_an_open_invoice_is_credited(world: World) -> None:
    invoiced(world, None)
    world.run(module, ACTION)

    assert world.action(ACTION).reason == "invoice 1 credited by credit note 1"


def test_twice_gives_back_once_and_tells_the_same(world: World) -> None:
    invoiced(world, "tok_approve")
    world.run_and_die_before_settling(module, ACTION)
    world.run(module, ACTION)

    assert world.action(ACTION).reason == "payment returned; invoice 1 credited by credit note 1"
    assert len(world.found("invoices#101", "credit_note#")) == 1


def test_a_cancel_afterwards_finds_it_done(world: World) -> None:
    invoiced(world, "tok_approve")
    world.run(module, ACTION)
    world.cancel()
    world.undo(generate_invoice, INVOICE)

    assert (world.payment(), world.invoice(InvoiceKind.CREDIT_NOTE).number) == ("refunded", 1)
    assert len(world.found("invoices#101", "credit_note#")) == 1


def test_there_may_be_nothing(world: World) -> None:
    an_order_with(world, module)
    world.run(module, ACTION)

    assert world.action(ACTION).reason == "nothing to reverse"


def test_a_payment_under_way_is_waited_for(world: World) -> None:
    attempt = PaymentAttempt(
        key=HOLD_KEY, amount_cents=100, currency="USD", method="card:x", claim="c", claim_ends_at=NOW
    )
    an_order_with(world, module, attempt=attempt)

    with pytest.raises(TransientError, match="in progress"):
        world.run(module, ACTION)


class Stuck(SandboxGateway):
    error: Exception

    def void(self, *, key: str, transaction_id: str) -> Transaction:
        raise self.error


@pytest.mark.parametrize(
    ("error", "classed"),
    [(OutcomeUnknownError("no answer"), TransientError), (DeclinedError("the hold is disputed"), PermanentError)],
)
def test_a_gateway_that_does_not_do_it_leaves_a_reason(
    world: World, error: Exception, classed: type[Exception]
) -> None:
    an_order_with(world, module, token="tok_approve")
    stuck = Stuck(world.records.name, world.records.client)
    stuck.error = error
    object.__setattr__(world.tools, "gateway", stuck)
    with pytest.raises(classed):
        world.run(module, ACTION)
    object.__setattr__(world.tools, "gateway", world.gateway)
    ask(world)
    world.run(module, ACTION)

    assert world.payment() == "voided"
