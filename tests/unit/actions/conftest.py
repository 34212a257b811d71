"""Modules at work: real records and sandbox gateway over DynamoDB in memory, orders in the in-memory store."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from itertools import count
from typing import Any

import pytest

from lambdas.actions._frame.module import Module, Tools
from lambdas.actions._frame.run import run_action
from lambdas.actions._frame.undo import undo_action
from lambdas.catalog.plan import load_plans
from lambdas.catalog.pricing import CatalogPricing
from lambdas.catalog.tax import load_taxes
from lambdas.orders.decisions import progress
from lambdas.orders.model.checklist import ChecklistAction
from lambdas.orders.model.order import Hold, Order
from lambdas.orders.ports import Sale
from lambdas.payments.sandbox import SandboxGateway
from lambdas.records.clients.client import ClientRecords
from lambdas.records.coupons.coupon import CouponRecords
from lambdas.records.coupons.use import CouponUseRecords
from lambdas.records.invoices.invoice import Invoice, InvoiceKind
from lambdas.records.invoices.records import InvoiceRecords
from lambdas.records.table import RecordTable
from tests.support.build import CARD, CONTACT, NOW, Clock, a_submitted_order
from tests.support.fakes import InMemoryOrderStore
from tests.unit.records.conftest import dynamodb, records

__all__ = ["dynamodb", "records"]

LAMBDA_SECONDS = 30
CLIENT, SERVICES, INVOICE = 101, 102, 103
HOLD_KEY = "1001:submit:authorize:1"
APPROVED = "tok_approve"


@dataclass
class Context:
    aws_request_id: str

    def get_remaining_time_in_millis(self) -> int:
        return LAMBDA_SECONDS * 1000


class Died(BaseException):
    """The process ended here."""


class MortalStore(InMemoryOrderStore):
    """A store in front of which the process may end, or which may refuse to answer."""

    save_fails: BaseException | None = None
    claim_fails: Exception | None = None

    def save(self, order: Order) -> Order:
        if self.save_fails:
            raise self.save_fails
        return super().save(order)

    def claim(
        self, order_id: str, action_id: int, *, claim: str, now: int, ends_at: int, only_if_asked: bool = False
    ) -> Order | None:
        if self.claim_fails:
            raise self.claim_fails
        failing, self.save_fails = self.save_fails, None  # a claim is a write of its own
        try:
            return super().claim(
                order_id, action_id, claim=claim, now=now, ends_at=ends_at, only_if_asked=only_if_asked
            )
        finally:
            self.save_fails = failing


@dataclass
class World:
    records: RecordTable
    clock: Clock = field(default_factory=Clock)
    store: MortalStore = field(default_factory=MortalStore)
    requests: Iterator[int] = field(default_factory=lambda: count(1))

    def __post_init__(self) -> None:
        self.gateway = SandboxGateway(self.records.name, self.records.client, now=lambda: float(NOW))
        self.tools = Tools(self.store, self.records, self.gateway, self.clock)

    def order(self, *, token: str | None = APPROVED, info: dict[str, Any] | None = None, **changes: Any) -> Order:
        """A submitted order of one server a month, 248.00, held on a card unless there is no token."""
        bought = {"pack1": {"plan_id": "2"}} if info is None else info
        paid = {**CARD, "cc_token": token} if token else {}
        clients, uses = ClientRecords(self.records), CouponUseRecords(self.records)
        pricing = CatalogPricing(load_plans(), CouponRecords(self.records), uses, load_taxes(), clients)
        priced = pricing.price(bought, Sale(brand_id=1, client_id=None, now=NOW, currency="USD"))
        total = sum(pack.first_charge_cents for pack in priced)
        order = a_submitted_order(info={**CONTACT, **paid, **bought}, priced=priced, total_cents=total)
        if token and total:
            order = order.changed(hold=self.held(token, total))
        placed = order.changed(**changes)
        alone = {key: action.changed(prereqs=()) for key, action in placed.actions.items()}  # one module at a time
        self.store.create(placed.changed(actions=alone), [], NOW)
        return self.at_present()

    def held(self, token: str, amount_cents: int) -> Hold:
        held = self.gateway.authorize(
            key=HOLD_KEY, token=token, amount_cents=amount_cents, currency="USD", order_id="1001"
        )
        return Hold(
            transaction_id=held.transaction_id,
            key=HOLD_KEY,
            method="card",
            amount_cents=amount_cents,
            currency="USD",
            captured=token == "paypal_captured",
        )

    def at_present(self) -> Order:
        return self.store.get("1001")

    def action(self, action_id: int) -> ChecklistAction:
        return self.at_present().actions[str(action_id)]

    def run(self, module: Module[Any], action_id: int) -> dict[str, Any]:
        return run_action(module, "1001", action_id, self._context(), self.tools)

    def undo(self, module: Module[Any], action_id: int) -> dict[str, Any]:
        return undo_action(module, "1001", action_id, self.tools)

    def run_and_die_before_settling(self, module: Module[Any], action_id: int) -> None:
        """The effect lands, the outcome is never written; then the claim lapses."""
        self.store.save_fails = Died()
        with pytest.raises(Died):
            self.run(module, action_id)
        self.store.save_fails = None
        self.clock.time += 10 * LAMBDA_SECONDS

    def cancel(self) -> None:
        self.store.save(progress.canceled(self.at_present(), now=self.clock(), because="test"))

    def found(self, owner: str, prefix: str) -> list[dict[str, Any]]:
        return self.records.query(owner, prefix)

    def invoice(self, kind: InvoiceKind = InvoiceKind.INVOICE) -> Invoice:
        invoice = InvoiceRecords(self.records).of_order("1001", kind)
        assert invoice is not None
        return invoice

    def payment(self) -> str:
        found = self.gateway.find(HOLD_KEY)
        return found.state.value if found else "none"

    def _context(self) -> Context:
        return Context(f"request-{next(self.requests)}")


@pytest.fixture
def world(records: RecordTable) -> World:
    return World(records)


def then(module: Module[Any], afterwards: Callable[[], None]) -> Module[Any]:
    """The module, with something that happens between its effect and its settling."""

    def run(order: Order, config: Any, tools: Tools) -> Any:
        outcome = module.run(order, config, tools)
        afterwards()
        return outcome

    return replace(module, run=run)
