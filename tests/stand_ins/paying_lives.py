"""The lives of payments that processes are killed in: what is prepared, what is repeated, and what must have come of it."""

from abc import ABC, abstractmethod
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from lambdas.actions.add_services import module as add_services
from lambdas.actions.generate_invoice import module as generate_invoice
from lambdas.orders.model.checklist import ActionState
from lambdas.orders.model.order import Order
from lambdas.payments.effects.certificate import certificate_of
from lambdas.payments.effects.charged_twice import Verdict, answer_of
from lambdas.payments.effects.ledger import EffectLedger
from lambdas.payments.effects.order_money import read_money
from lambdas.payments.effects.recorded_gateway import RecordedGateway
from lambdas.payments.gateway import Gateway
from lambdas.payments.preauthorization import PreAuthorization
from lambdas.payments.reversal import Reversals
from lambdas.payments.stripe.calls import PROVIDER as STRIPE
from lambdas.payments.stripe.gateway import StripeGateway
from lambdas.payments.stripe.intents import Intents
from lambdas.records.clients.client import ClientRecords
from lambdas.records.table import RecordTable
from lambdas.runtime.provider_keys import Keys
from tests.stand_ins.edges import EdgeCalls, Edges, EdgeStore, ForgottenKeys, edge_records
from tests.stand_ins.stripe.methods import create_customer, entered
from tests.stand_ins.stripe.server import StripeStandIn
from tests.stand_ins.stripe_gateway import ARN, SecretStore
from tests.support.build import CARD, CONTACT, Clock, a_draft, a_service
from tests.unit.actions.conftest import INVOICE, SERVICES, World

TOTAL, PART = 24_800, 10_000


@dataclass
class Case(ABC):
    """One order of one client, and everything that it touches. Each provider has a case of its own."""

    records: RecordTable
    clock: Clock
    edges: Edges = field(default_factory=Edges)
    renewable_after: int = 0  # seconds

    def __post_init__(self) -> None:
        table = edge_records(self.records, self.edges)
        adapter = self.adapter(table)
        self.gateway = RecordedGateway(adapter, self.name, EffectLedger(table), self.clock)
        store = EdgeStore()
        store.edges = self.edges
        self.world = World(table, clock=self.clock, store=store)
        self.world.gateway = self.holding()  # type: ignore[assignment]
        self.world.tools = self.world.tools.__class__(store, table, self.gateway, self.clock)
        self.service = a_service(
            store=store, payments=PreAuthorization(self.gateway, ClientRecords(table), self.clock), now=self.clock
        )

    @property
    @abstractmethod
    def name(self) -> str: ...

    @abstractmethod
    def adapter(self, table: RecordTable) -> Gateway: ...

    @abstractmethod
    def info(self) -> dict[str, Any]:
        """How the order's buyer pays, as `info` states it."""

    @abstractmethod
    def held(self) -> list[tuple[str, int]]:
        """The payments that hold money at the provider, and how much."""

    @abstractmethod
    def taken(self) -> list[int]: ...

    @abstractmethod
    def released(self) -> list[int]:
        """The holds that have ended, and took nothing."""

    @abstractmethod
    def refunds(self) -> list[int]: ...

    def holding(self) -> Gateway:
        """The gateway as it holds money for an order that is placed already."""
        return self.gateway

    def submit(self) -> None:
        self.service.submit(_only(self), by="web")

    def token(self) -> str:
        return next(str(value) for key, value in self.info().items() if key.endswith("_token"))

    def order(self) -> Order:
        return self.world.at_present()

    def documents(self, kind: str) -> list[tuple[int, str]]:
        """Number and status of each."""
        found = self.records.query("invoices#101", f"{kind}#")
        return [(int(each["number"]), str(each["status"])) for each in found]


@dataclass
class StripeCase(Case):
    stand_in: StripeStandIn = field(kw_only=True)

    name = "stripe"

    def adapter(self, table: RecordTable) -> Gateway:
        self.stand_in.api.keys = ForgottenKeys()
        calls = EdgeCalls(Keys({STRIPE: ARN}, SecretStore(), now=self.clock), self.stand_in.url)
        calls.edges = self.edges
        return StripeGateway(calls, Intents(table), self.clock)

    def info(self) -> dict[str, Any]:
        books = self.stand_in.books
        return {**CARD, "cc_token": entered(books, "pm_card_visa", create_customer(books, {})["id"])}

    def held(self) -> list[tuple[str, int]]:
        return [(each["id"], each["amount"]) for each in self._intents("requires_capture")]

    def taken(self) -> list[int]:
        return [each["amount_received"] for each in self._intents("succeeded")]

    def released(self) -> list[int]:
        return [each["amount"] for each in self._intents("canceled")]

    def refunds(self) -> list[int]:
        return [each["amount"] for each in self.stand_in.books.all("re")]

    def _intents(self, status: str) -> list[dict[str, Any]]:
        return [each for each in self.stand_in.books.all("pi") if each["status"] == status]


@dataclass(frozen=True)
class Scenario:
    """`prepare` comes first, and nothing dies in it. `act` is repeated until `is_done`. `check` looks at what came of it."""

    prepare: Callable[[Case], object]
    act: Callable[[Case], object]
    is_done: Callable[[Case], bool]
    check: Callable[[Case], None]


def _create(case: Case) -> None:
    info = {**CONTACT, **case.info(), "pack1": {"plan_id": "1", "price": "20"}}
    case.service.create(a_draft(info=info), by="web")


def _only(case: Case) -> Order:
    (found,) = case.world.store.orders.values()
    return found


def _held_once(case: Case) -> None:
    order = _only(case)
    assert order.hold is not None
    assert case.held() == [(order.hold.transaction_id, order.total_cents)]
    assert case.taken() == []
    answer = answer_of(read_money(order, case.gateway, case.records, now=case.clock()))
    assert answer.verdict is Verdict.NO, answer
    assert answer.sentence.endswith("is held once.")


def _made(case: Case) -> None:
    case.world.order(token=case.token(), client_id="101")
    case.world.run(add_services, SERVICES)


def _captured_once(case: Case) -> None:
    assert case.taken() == [TOTAL]
    assert case.held() == []
    assert case.documents("invoice") == [(1, "paid")]
    assert case.refunds() == []
    answer = answer_of(read_money(case.order(), case.gateway, case.records, now=case.clock()))
    assert (answer.verdict, answer.sentence) == (Verdict.NO, "No: 248.00 USD was taken once.")


def _invoiced(case: Case) -> None:
    _made(case)
    case.world.run(generate_invoice, INVOICE)


def _canceled(prepare: Callable[[Case], None]) -> Callable[[Case], None]:
    def canceled(case: Case) -> None:
        prepare(case)
        case.world.cancel()

    return canceled


def _undone(case: Case) -> bool:
    return case.world.action(INVOICE).state is ActionState.UNDONE


def _certified(case: Case) -> None:
    case.world.undo(add_services, SERVICES)
    order = case.order().changed(unwound_at=case.clock())
    certificate = certificate_of(read_money(order, case.gateway, case.records, now=case.clock()), case.records)
    assert certificate is not None
    assert certificate.is_complete, certificate.sentence


def _released_once(case: Case) -> None:
    assert [len(each) for each in (case.released(), case.held(), case.taken())] == [1, 0, 0]
    assert case.documents("invoice") == case.documents("credit_note") == []
    _certified(case)


def _refunded_once(case: Case) -> None:
    assert case.refunds() == [TOTAL]
    assert case.documents("invoice") == [(1, "credited")]
    assert case.documents("credit_note") == [(1, "credited")]


def _refunded_and_certified(case: Case) -> None:
    _refunded_once(case)
    _certified(case)


def _reverse(case: Case) -> None:
    reversal = Reversals(case.gateway, case.world.records).reverse(case.order(), now=case.clock())
    assert reversal.credit_note == 1
    case.world.store.save(case.order().changed(changed_how="reversed"))


def _aged(case: Case) -> None:
    _made(case)
    case.clock.time += case.renewable_after


def _renew(case: Case) -> None:
    """As the clock of holds does: what was begun under the key is looked up first. Both are never held at once."""
    hold = case.order().hold
    assert hold is not None
    key, token = f"{hold.key}:renew:1", str(case.order().info["cc_token"])
    try:
        found = case.gateway.find(key)
        assert found or case.gateway.renew(key=key, transaction_id=hold.transaction_id, token=token)
    finally:
        assert len(case.held()) <= 1
    case.world.store.save(case.order().changed(changed_how="renewed"))


def _renewed_once(case: Case) -> None:
    assert (case.released(), [amount for _, amount in case.held()]) == ([TOTAL], [TOTAL])
    answer = answer_of(read_money(case.order(), case.gateway, case.records, now=case.clock()))
    assert answer.sentence == "No: nothing was taken, and 248.00 USD is held once."


def _refund_part(case: Case) -> None:
    """As for one of several orders on an invoice. Nothing but its key stops a part from being refunded twice."""
    hold = case.order().hold
    assert hold is not None
    case.gateway.refund(
        key=f"{hold.key}:release:{PART}", transaction_id=hold.transaction_id, currency="USD", amount_cents=PART
    )
    case.world.store.save(case.order().changed(changed_how="refunded in part"))


def _part_refunded_once(case: Case) -> None:
    assert case.refunds() == [PART]
    assert case.documents("invoice") == [(1, "paid")]


SCENARIOS = {
    "submit": Scenario(
        _create,
        lambda case: case.submit(),
        lambda case: not _only(case).is_lead,
        _held_once,
    ),
    "Generate Invoice": Scenario(
        _made,
        lambda case: case.world.run(generate_invoice, INVOICE),
        lambda case: case.world.action(INVOICE).state is ActionState.DONE,
        _captured_once,
    ),
    "cancel of a held order": Scenario(
        _canceled(_made), lambda case: case.world.undo(generate_invoice, INVOICE), _undone, _released_once
    ),
    "cancel of a paid order": Scenario(
        _canceled(_invoiced), lambda case: case.world.undo(generate_invoice, INVOICE), _undone, _refunded_and_certified
    ),
    "renew": Scenario(_aged, _renew, lambda case: case.order().changed_how == "renewed", _renewed_once),
    "refund of a part": Scenario(
        _invoiced, _refund_part, lambda case: case.order().changed_how == "refunded in part", _part_refunded_once
    ),
    "refund": Scenario(_invoiced, _reverse, lambda case: case.order().changed_how == "reversed", _refunded_once),
}
