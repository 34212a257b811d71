"""What stands in for things outside keeps what the real ones keep, as far as the domain relies on it.

Stores of orders, their lists and uses of coupons have contracts of their own beside this one. `HELD` names each fake; one that
nobody holds to anything fails here.
"""

import ast
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from infra.local.engine_process import ACCOUNT_ID, LocalEngine
from lambdas.catalog.buyer import Buyer, Contacts
from lambdas.catalog.coupon import Coupons
from lambdas.catalog.plan import load_plans
from lambdas.catalog.pricing import CatalogPricing
from lambdas.catalog.tax import load_taxes
from lambdas.orders.events import OrderEvent, changes
from lambdas.orders.machine import Machine, StepFunctionsMachine
from lambdas.orders.model.order import PaymentAttempt
from lambdas.orders.payment_ports import PaymentDeclined, Payments, PaymentUnclear
from lambdas.orders.ports import Clients, OrderStore, Pricing, Sale
from lambdas.outbox.announcer import Follower
from lambdas.outbox.bus import Bus, EventBridgeBus
from lambdas.outbox.changes import DeadLetterQueue
from lambdas.payments.preauthorization import PreAuthorization
from lambdas.payments.sandbox import SandboxGateway
from lambdas.records.clients.client import ClientRecords
from lambdas.records.coupons.coupon import CouponRecords
from lambdas.records.coupons.use import CouponUseRecords
from lambdas.records.step_counts import StepCounts
from lambdas.records.table import RecordTable
from tests.contract.conftest import records_on_moto
from tests.contract.stand_ins import BlindGateway, BusClient, client_of, one_state
from tests.support import coupons, fakes
from tests.support.build import NOW, an_order

TESTS = Path(__file__).parents[1]
HELD: dict[type[Any], type[Any]] = {
    fakes.InMemoryOrderStore: OrderStore,  # test_order_store.py, test_order_indexes.py
    coupons.InMemoryCoupons: Coupons,  # test_coupon_uses.py
    fakes.FakeDeadLetters: DeadLetterQueue,
    fakes.FakeBus: Bus,
    fakes.FakeClients: Clients,
    fakes.FakeContacts: Contacts,
    fakes.FakeCounts: Follower,
    fakes.FakeMachine: Machine,
    fakes.FakePayments: Payments,
    fakes.FakePricing: Pricing,
}
SALE = Sale(brand_id=1, client_id=None, now=NOW, currency="USD")
both = pytest.mark.parametrize("real", [False, True], ids=["fake", "real"])


@pytest.fixture
def records(socket_disabled: None) -> Iterator[RecordTable]:
    yield from records_on_moto()


def named_like_fakes() -> set[str]:
    """Every class of the tests whose name says that it stands in for something."""
    sources = (file.read_text("utf-8") for file in TESTS.rglob("*.py"))
    found = (node for source in sources for node in ast.walk(ast.parse(source)) if isinstance(node, ast.ClassDef))
    return {node.name for node in found if re.match("(Fake|InMemory)[A-Z]", node.name)}


def test_every_fake_is_held_to_a_contract() -> None:
    assert named_like_fakes() == {fake.__name__ for fake in HELD}


@pytest.mark.parametrize("fake", HELD, ids=lambda fake: fake.__name__)
def test_a_fake_can_do_what_its_port_says(fake: type[Any]) -> None:
    port = HELD[fake]
    asked = {name for name in vars(port) if not name.startswith("_")}

    assert asked
    assert {name for name in asked if not callable(getattr(fake, name, None))} == set()


@both
def test_clients_are_known_by_id_and_login(records: RecordTable, real: bool) -> None:
    clients: Clients = fakes.FakeClients({"100"}, logins={"ada"})
    if real:
        clients = ClientRecords(records)
        clients.add(client_of("100", uber_login="Ada"))

    assert (clients.brand_of("100"), clients.brand_of("101")) == (1, None)
    assert [clients.has_login(login, 1) for login in ("ada", "ADA", "eve")] == [True, True, False]
    assert not clients.has_login("ada", 2)


@both
def test_contacts_say_where_a_client_is(records: RecordTable, real: bool) -> None:
    contacts: Contacts = fakes.FakeContacts({"100": Buyer("GB", "", "GB1")})
    if real:
        contacts = ClientRecords(records)
        contacts.add(client_of("100", country="GB", vat_id="GB1"))

    found = contacts.get("100")
    assert found is not None
    assert (found.country, found.state, found.vat_id) == ("GB", "", "GB1")
    assert contacts.get("101") is None


@pytest.fixture
def pricing_of(records: RecordTable) -> Callable[[bool], Pricing]:
    def made(real: bool) -> Pricing:
        if not real:
            return fakes.FakePricing()
        sold = CouponRecords(records), CouponUseRecords(records)
        return CatalogPricing(load_plans(), *sold, load_taxes(), ClientRecords(records))

    return made


@both
def test_packs_are_priced_in_their_order_and_others_are_named(
    pricing_of: Callable[[bool], Pricing], real: bool
) -> None:
    pricing = pricing_of(real)
    info = {
        "first": "Ada",
        "pack1": {"price": "20", "desserv": "One"},
        "pack2": {},
        "pack3": {"price": "5", "plan_id": "1"},
    }

    priced = pricing.price(info, SALE)
    assert [(pack.pack, pack.recurring_cents, pack.quantity) for pack in priced] == [
        ("pack1", 2000, 1),
        ("pack3", 500, 1),
    ]
    assert {problem.field for problem in pricing.missing(info, SALE)} == {"info.pack2.plan_id"}
    assert pricing.price({"first": "Ada"}, SALE) == ()
    assert pricing.missing({"first": "Ada"}, SALE) == ()


@both
def test_without_coupons_and_upgrades_nothing_is_added_or_counted(
    pricing_of: Callable[[bool], Pricing], real: bool
) -> None:
    pricing = pricing_of(real)
    info = {"pack1": {"price": "20", "desserv": "One"}}

    assert pricing.with_default_options(info, "USD") == info
    assert pricing.redeem(an_order(), NOW) == ()
    for _ in range(2):
        pricing.give_back("1001")


def attempt(token: str) -> PaymentAttempt:
    fields = {"key": f"1001:{token}", "amount_cents": 2000, "currency": "USD", "method": token}
    return PaymentAttempt.model_validate({**fields, "claim": "c", "claim_ends_at": NOW})


@both
def test_money_is_held_once_under_a_key_and_given_back_as_often_as_asked(records: RecordTable, real: bool) -> None:
    gateway = SandboxGateway(records.name, records.client)
    payments: Payments = PreAuthorization(gateway, ClientRecords(records)) if real else fakes.FakePayments()
    order = an_order(info={"payment_type": "cc", "cc_token": "tok_approve"}, total_cents=2000)

    assert payments.problems(order) == ()
    assert payments.due(order).amount_cents == 2000
    assert payments.due(order).method != payments.due(order.changed(info={**order.info, "cc_token": "tok_b"})).method
    assert payments.due(order.changed(info={})).amount_cents == 0
    first, second = (payments.authorize(order, attempt("tok_approve")) for _ in range(2))
    assert (first.key, first.amount_cents, first.currency) == ("1001:tok_approve", 2000, "USD")
    assert second.transaction_id == first.transaction_id
    for _ in range(2):
        payments.release(first)
    payments.release(attempt("never_used"))


@both
@pytest.mark.parametrize("module", ["generate_invoice", "reverse_payment", "add_services"])
def test_where_no_money_moved_there_is_nothing_to_write_down_before_a_skip(
    records: RecordTable, real: bool, module: str
) -> None:
    gateway = SandboxGateway(records.name, records.client)
    payments: Payments = PreAuthorization(gateway, ClientRecords(records)) if real else fakes.FakePayments()
    order = an_order(info={"payment_type": "cc", "cc_token": "tok_approve"}, total_cents=2000)
    held = order.changed(hold=payments.authorize(order, attempt("tok_approve")))
    action = next(iter(held.actions.values())).changed(module=module, attempts=1)

    assert payments.record_left_money(held, action, NOW) is False


@both
@pytest.mark.parametrize(
    ("token", "outcome", "raised"),
    [("tok_decline", "declined", PaymentDeclined), ("tok_times_out", "unclear", PaymentUnclear)],
)
def test_what_holds_no_money_says_why(
    records: RecordTable, real: bool, token: str, outcome: str, raised: type[Exception]
) -> None:
    gateway = BlindGateway(records.name, records.client)
    payments: Payments = PreAuthorization(gateway, ClientRecords(records)) if real else fakes.FakePayments(outcome)
    order = an_order(info={"payment_type": "cc", "cc_token": token}, total_cents=2000)

    with pytest.raises(raised):
        payments.authorize(order, attempt(token))


@pytest.mark.parametrize("real", [False, pytest.param(True, marks=pytest.mark.engine)], ids=["fake", "real"])
def test_a_machine_may_be_started_again_and_stays_as_it_is(request: pytest.FixtureRequest, real: bool) -> None:
    machine: Machine = fakes.FakeMachine()
    if real:
        engine: LocalEngine = request.getfixturevalue("deployed_engine")
        client, arn = one_state(engine.client_options(), ACCOUNT_ID)
        machine = StepFunctionsMachine({"1": arn}, client=client)
    for _ in range(2):
        machine.start(an_order())


@both
def test_counts_take_every_change_as_often_as_it_is_told(records: RecordTable, real: bool) -> None:
    counts: Follower = StepCounts(records) if real else fakes.FakeCounts()
    lead = an_order()
    moved = lead.changed(step_id=12, revision=lead.revision + 1)
    for old, new in ((None, lead), (lead, moved), (lead, moved), (moved, None)):
        counts.follow(old, new)


def events(count: int) -> list[OrderEvent]:
    return [changes(None, an_order(order_id=str(number)))[0] for number in range(count)]


@both
@pytest.mark.parametrize("count", [0, 1, 25])
def test_a_bus_takes_all_events(real: bool, count: int) -> None:
    client: Any = BusClient()
    bus: Bus = EventBridgeBus("bus", client) if real else fakes.FakeBus()

    assert bus.put(events(count)) == []
    assert len(client.taken if real else bus.accepted) == count  # type: ignore[attr-defined]


@both
@pytest.mark.parametrize("refuses", [0, 3, 12])
def test_a_bus_returns_the_events_it_did_not_take(real: bool, refuses: int) -> None:
    client: Any = BusClient(refuses)
    bus: Bus = EventBridgeBus("bus", client) if real else fakes.FakeBus(refuses=refuses)

    assert bus.put(events(25)) == events(25)[refuses:]
