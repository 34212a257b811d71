"""Money that nobody takes any more is not held: after a cancel, of a lead that expired, and of an invoice that needs less of it.

The process may die before and after each call, and the provider forgets every key at once.
"""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest

from lambdas.actions._frame.module import TransientError
from lambdas.actions.add_services import module as add_services
from lambdas.actions.generate_invoice import module
from lambdas.orders.decisions import hold_clock
from lambdas.orders.decisions.lead import lead_expiry
from lambdas.orders.model.checklist import ActionState
from lambdas.orders.model.hold_clock import HoldClock
from lambdas.payments.gateway import GatewayUnavailableError, OutcomeUnknownError, Transaction
from lambdas.payments.sandbox import HOLD_SECONDS, SandboxGateway
from lambdas.records.invoices.invoice import InvoiceStatus
from lambdas.records.invoices.records import InvoiceRecords
from tests.support.build import NOW
from tests.unit.actions.conftest import APPROVED, HOLD_KEY, INVOICE, SERVICES, Died, World
from tests.unit.actions.money.test_undo_invoice import an_attempt

TOTAL = 24_800


class Forgetful(SandboxGateway):
    """Knows no key of a void, and may fail before or after it did what it was asked."""

    before: BaseException | None = None
    after: BaseException | None = None
    voids = 0

    def void(self, *, key: str, transaction_id: str) -> Transaction:
        self.voids += 1
        if self.before:
            raise self.before
        voided = super().void(key=f"{key}#{self.voids}", transaction_id=transaction_id)
        if self.after:
            raise self.after
        return voided

    def well(self) -> None:
        self.before = self.after = None


@pytest.fixture
def forgetful(world: World) -> Forgetful:
    gateway = Forgetful(world.records.name, world.records.client, now=lambda: float(world.clock()))
    object.__setattr__(world.tools, "gateway", gateway)
    world.gateway = gateway
    return gateway


FAILURES = (
    ("before", Died()),
    ("after", Died()),
    ("before", GatewayUnavailableError("down")),
    ("before", OutcomeUnknownError("cut")),
    ("after", OutcomeUnknownError("cut")),
)


def canceled(world: World) -> None:
    world.order()
    world.cancel()


def canceled_after_a_submit_that_died(world: World) -> None:
    """Its money was held, and nobody wrote that down."""
    world.held(APPROVED, TOTAL)
    world.order(token=None, attempt=an_attempt())
    world.cancel()


def expired_lead(world: World) -> None:
    """The sweeper cancels it, and its machine looks up what its submit may have held."""
    world.held(APPROVED, TOTAL)
    lead = world.order(token=None, attempt=an_attempt())
    first = lead.checklist_steps[0]
    lead = lead.changed(step_id=first.step_id, step_status=first.status, machine_run=0, lead_ends_at=NOW - 1)
    assert lead_expiry.is_over(lead, world.clock())
    over = lead_expiry.expired(lead, now=world.clock())
    assert over.has_machine
    assert over.unwound_at is None
    world.store.save(over)


def canceled_while_a_renewal_was_lost(world: World) -> None:
    """The new hold is held, the old one ended, and the process died before it wrote that down."""
    order = world.order()
    assert order.hold is not None
    lost = order.hold.changed(clock=HoldClock(is_renewing=True, tries=1))
    order = world.store.save(order.changed(hold=lost))
    key = hold_clock.renewal_key(order)
    world.gateway.renew(key=key, transaction_id=lost.transaction_id, token=APPROVED)
    world.cancel()


STORIES: list[Callable[[World], None]] = [
    canceled,
    canceled_after_a_submit_that_died,
    expired_lead,
    canceled_while_a_renewal_was_lost,
]


@pytest.mark.parametrize("story", STORIES, ids=lambda story: story.__name__)
@pytest.mark.parametrize(("when", "failure"), FAILURES, ids=lambda each: str(each) or type(each).__name__)
def test_a_release_that_fails_anywhere_is_finished_by_the_next_try(
    world: World, forgetful: Forgetful, story: Callable[[World], None], when: str, failure: BaseException
) -> None:
    story(world)
    setattr(forgetful, when, failure)
    with pytest.raises((Died, TransientError)):
        world.undo(module, INVOICE)
    forgetful.well()
    world.undo(module, INVOICE)
    world.undo(module, INVOICE)

    day = [each.state.value for each in forgetful.list_begun(_today(world))]
    assert "held" not in day
    assert set(day) == {"voided"}
    assert world.action(INVOICE).state is ActionState.UNDONE


def test_a_hold_that_lapsed_before_its_cancel_is_no_problem(world: World, forgetful: Forgetful) -> None:
    world.order()
    world.cancel()
    world.clock.time += HOLD_SECONDS + 1
    world.undo(module, INVOICE)

    assert (world.payment(), forgetful.voids) == ("lapsed", 0)


def _run_until_invoiced(world: World, **changes: Any) -> None:
    """The bank declines the capture, so the invoice is open and its money is still held."""
    world.order(client_id="101", token="tok_capture_fails", **changes)
    world.run(add_services, SERVICES)
    with pytest.raises(Exception, match="refused"):
        world.run(module, INVOICE)
    assert world.payment() == "held"


@pytest.mark.parametrize("status", [InvoiceStatus.CREDITED, InvoiceStatus.PAID])
def test_an_invoice_that_is_settled_otherwise_needs_no_hold(world: World, status: InvoiceStatus) -> None:
    _run_until_invoiced(world)
    InvoiceRecords(world.records).mark(world.invoice(), status, at=NOW)
    world.run(module, INVOICE)

    assert (world.payment(), world.action(INVOICE).state) == ("voided", ActionState.DONE)


def test_a_repeated_run_asks_the_provider_for_nothing(world: World, forgetful: Forgetful) -> None:
    world.order(client_id="101")
    world.run(add_services, SERVICES)
    world.run_and_die_before_settling(module, INVOICE)
    world.run(module, INVOICE)

    assert (world.payment(), forgetful.voids) == ("captured", 0)


def test_what_an_invoice_does_not_need_of_a_hold_is_released(world: World) -> None:
    held = world.held(APPROVED, TOTAL)
    taken = world.gateway.capture(
        key="part", transaction_id=held.transaction_id, amount_cents=TOTAL - 1, currency="USD"
    )

    assert (taken.kept_cents, taken.is_held) == (TOTAL - 1, False)
    assert taken == world.gateway.find(HOLD_KEY)


def test_while_a_hold_is_renewed_its_invoice_and_its_cancel_wait(world: World, forgetful: Forgetful) -> None:
    order = world.order(client_id="101")
    world.run(add_services, SERVICES)
    assert order.hold is not None
    busy = HoldClock(is_renewing=True, tries=1, busy_until=world.clock() + 60)
    world.store.save(world.at_present().changed(hold=order.hold.changed(clock=busy)))

    with pytest.raises(TransientError, match="renewed"):
        world.run(module, INVOICE)
    world.cancel()
    with pytest.raises(TransientError, match="renewed"):
        world.undo(module, INVOICE)
    assert (world.payment(), forgetful.voids) == ("held", 0)
    world.clock.time += 61
    world.undo(module, INVOICE)
    assert world.payment() == "voided"


def _today(world: World) -> str:

    return datetime.fromtimestamp(world.clock(), UTC).strftime("%Y-%m-%d")
