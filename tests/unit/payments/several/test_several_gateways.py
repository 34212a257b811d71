"""Several gateways in one stage: a payment is begun at the gateway of its brand and method, and no call of it goes elsewhere."""

from collections.abc import Callable
from typing import Any

import pytest

from lambdas.orders.decisions import hold_clock
from lambdas.orders.model.order import Order
from lambdas.orders.payment_key import gateway_of, key_at
from lambdas.orders.submit_request import SubmitRequest, attempt_of
from lambdas.payments.captures import capture_for, find_capture
from lambdas.payments.charge import Charges
from lambdas.payments.errors import NotChargeableError
from lambdas.payments.gateway import GatewayRefusedUsError, TransactionState
from lambdas.payments.gateways import gateways_of
from lambdas.payments.hosted_pages import HostedPage, SandboxPages
from lambdas.payments.preauthorization import PreAuthorization
from lambdas.payments.reversal import Reversals
from lambdas.payments.sandbox import SandboxGateway
from lambdas.payments.several.choice import SINGLE, GatewayChoice
from lambdas.payments.several.gateways import SeveralGateways, gateway_at
from lambdas.payments.several.pages import PagesOfStage
from lambdas.records.clients.client import ClientRecords
from lambdas.records.clients.payment_method import MethodKind, PaymentMethod
from lambdas.records.clients.stored_methods import PaymentMethodRecords
from lambdas.records.invoices.invoice import InvoiceStatus
from lambdas.records.invoices.records import InvoiceRecords
from lambdas.records.table import RecordTable
from tests.stand_ins.gateway_contract import Rig, run_contract
from tests.stand_ins.sandbox_gateway import sandbox_rig
from tests.support.build import CARD, CONTACT, NOW, Clock, a_draft, a_service
from tests.unit.records.builders import a_client, an_invoice

CHOICE = GatewayChoice(
    default="one",
    methods={MethodKind.PAYPAL: "two"},
    brands={2: {MethodKind.CARD: "two"}, 3: {MethodKind.PAYPAL: "one"}},
    kept=("three",),
)
PAYPAL = {"payment_type": "paypal", "paypal_token": "paypal_approve"}
DAY = "2027-01-15"
_VERBS = {"authorize", "authenticate", "renew", "capture", "void", "refund", "find"}


class Watched(SandboxGateway):
    """Is asked only for payments whose keys name it."""

    def __init__(self, name: str, records: RecordTable, now: Callable[[], float]) -> None:
        super().__init__(records.name, records.client, now=now)
        self.name = name
        self.asked: list[str] = []

    def __getattribute__(self, verb: str) -> Any:
        found = super().__getattribute__(verb)
        if verb not in _VERBS:
            return found

        def call(*args: Any, **asked: Any) -> Any:
            key = args[0] if args else asked["key"]
            assert gateway_of(key) == self.name, f"{verb} of {key} was asked of {self.name}"
            self.asked.append(verb)
            return found(*args, **asked)

        return call


class Stage:
    def __init__(self, records: RecordTable) -> None:
        self.clock, self.records = Clock(NOW), records
        self.adapters = {name: Watched(name, records, self.clock) for name in CHOICE.names}
        self.gateway = SeveralGateways(CHOICE, self.adapters.__getitem__)
        self.clients = ClientRecords(records)
        self.payments = PreAuthorization(self.gateway, self.clients, self.clock, CHOICE)
        self.service = a_service(payments=self.payments, now=self.clock)

    def submitted(self, **info: Any) -> Order:
        draft = a_draft(info={**CONTACT, **CARD, "pack1": {"plan_id": "1", "price": "20"}, **info})
        return self.service.submit(self.service.create(draft, by="web"), by="web")

    def asked(self, name: str) -> list[str]:
        return self.adapters[name].asked


@pytest.fixture
def stage(records: RecordTable) -> Stage:
    return Stage(records)


@pytest.mark.parametrize(
    ("brand", "kind", "name"),
    [
        (1, MethodKind.CARD, "one"),
        (1, MethodKind.PAYPAL, "two"),
        (2, MethodKind.CARD, "two"),
        (2, MethodKind.PAYPAL, "two"),
        (2, MethodKind.BANK_ACCOUNT, "one"),
        (3, MethodKind.PAYPAL, "one"),
    ],
)
def test_a_brands_own_choice_wins_then_the_methods_then_the_default(brand: int, kind: MethodKind, name: str) -> None:
    assert CHOICE.begun_at(brand, kind) == name


def test_a_stage_with_one_gateway_names_it_in_no_key() -> None:
    assert GatewayChoice(default="one", methods={MethodKind.PAYPAL: "one"}).begun_at(1, MethodKind.PAYPAL) == ""
    assert CHOICE.names == ("one", "two", "three")


@pytest.mark.parametrize("key", ["1001-f00d:submit:authorize:1", "invoice:1-7:charge:2"])
@pytest.mark.parametrize("more", ["", ":void", ":refund", ":credit:7", ":release:100"])
def test_every_key_that_is_made_of_a_payments_key_names_its_gateway(key: str, more: str) -> None:
    assert gateway_of(key_at(key, "paypal") + more) == "paypal"
    assert gateway_of(key_at(key, "") + more) == ""


def test_an_order_is_held_captured_and_refunded_where_it_was_begun(stage: Stage) -> None:
    order = stage.submitted(**PAYPAL)
    assert order.hold is not None
    assert order.hold.key.endswith("@two")

    invoice = InvoiceRecords(stage.records).issue(an_invoice(order_id=order.order_id, total_cents=order.total_cents))
    capture_for(invoice, order, order.hold, stage.gateway)
    assert find_capture(order, stage.gateway)
    Reversals(stage.gateway, stage.records).void_or_refund(order.hold)

    assert {"authorize", "capture", "refund"} <= set(stage.asked("two"))
    assert stage.asked("one") == stage.asked("three") == []


def test_a_hold_is_renewed_and_released_where_it_was_begun(stage: Stage) -> None:
    order = stage.submitted(**PAYPAL)
    assert order.hold is not None
    key = hold_clock.renewal_key(order)
    stage.gateway.renew(key=key, transaction_id=order.hold.transaction_id, token="paypal_approve")
    renewed = order.hold.changed(key=key)
    Reversals(stage.gateway, stage.records).void(order.changed(hold=renewed), renewed, now=NOW)

    found = stage.gateway.find(key)
    assert found is not None
    assert found.state is TransactionState.VOIDED
    assert {"renew", "void"} <= set(stage.asked("two"))
    assert stage.asked("one") == []


def test_an_open_payment_keeps_its_gateway_when_the_choice_changes(stage: Stage) -> None:
    """The process behind it died. Its key names where money may have moved, whatever new payments are begun at."""
    order = stage.service.create(a_draft(info={**CONTACT, **CARD, **PAYPAL}), by="web").changed(total_cents=2000)
    begun = attempt_of(order, stage.payments.due(order), SubmitRequest(), claim="a", now=NOW)
    changed = PreAuthorization(stage.gateway, stage.clients, stage.clock, GatewayChoice(default="one", kept=("two",)))
    open_order = order.changed(attempt=begun)
    again = attempt_of(open_order, changed.due(open_order), SubmitRequest(), claim="b", now=NOW + 600)

    assert (gateway_of(begun.key), changed.due(order).gateway, again.key) == ("two", "one", begun.key)


def test_an_invoice_is_charged_at_the_gateway_of_its_brand_and_method(stage: Stage) -> None:
    invoices = InvoiceRecords(stage.records)
    charges = Charges(invoices, stage.gateway, stage.clock, CHOICE)
    issued = [invoices.issue(an_invoice(order_id=order_id)) for order_id in ("1001", "1002")]
    methods = [
        PaymentMethod(kind=MethodKind.CARD, token="tok_approve"),
        PaymentMethod(kind=MethodKind.PAYPAL, token="paypal_approve"),
    ]
    paid = [charges.charge(invoice, "7", method) for invoice, method in zip(issued, methods, strict=True)]

    assert {each.status for each in paid} == {InvoiceStatus.PAID}
    assert [gateway_of(each.charge.key) for each in paid if each.charge] == ["one", "two"]


KEPT_AT_TWO = PaymentMethod(kind=MethodKind.CARD, token="tok_approve", gateway="two")


def test_a_stored_method_pays_where_it_is_kept_also_after_the_choice_changed(stage: Stage) -> None:
    invoices = InvoiceRecords(stage.records)
    changed = GatewayChoice(default="one", kept=("two",))
    paid = Charges(invoices, stage.gateway, stage.clock, changed).charge(
        invoices.issue(an_invoice(order_id="1001")), "7", KEPT_AT_TWO
    )

    assert paid.status is InvoiceStatus.PAID
    assert {"authorize", "capture"} <= set(stage.asked("two"))
    assert stage.asked("one") == []


def test_an_order_is_paid_where_its_clients_stored_method_is_kept(stage: Stage) -> None:
    client_id = stage.clients.add(a_client(client_id="77"))
    number = PaymentMethodRecords(stage.records).add(client_id, KEPT_AT_TWO, is_default=True)
    stored = {"payment_type": "cc", "billing_info_id": number, "cc_token": ""}
    info = {**CONTACT, **CARD, "pack1": {"plan_id": "1", "price": "20"}}
    order = stage.service.create(a_draft(info=info), by="web")
    order = order.changed(client_id=client_id, info={**order.info, **stored}, total_cents=2000)

    assert stage.payments.due(order).gateway == "two"
    elsewhere = PreAuthorization(stage.gateway, stage.clients, stage.clock, GatewayChoice(default="one"))
    assert "no longer uses" in elsewhere.stored_problems(order)[0].text


def test_a_method_of_a_gateway_that_the_stage_left_is_refused_before_anything_is_asked(stage: Stage) -> None:
    invoices = InvoiceRecords(stage.records)
    invoice = invoices.issue(an_invoice(order_id="1001"))
    with pytest.raises(NotChargeableError, match="no longer uses"):
        Charges(invoices, stage.gateway, stage.clock, GatewayChoice(default="one")).charge(invoice, "7", KEPT_AT_TWO)

    assert (stage.asked("one"), stage.asked("two")) == ([], [])
    assert invoices.get(invoice.invoice_id) == invoice


def test_keys_of_a_stage_with_one_gateway_name_none(stage: Stage) -> None:
    assert GatewayChoice(default="two").charged_at(1, KEPT_AT_TWO) == ""
    assert CHOICE.charged_at(2, KEPT_AT_TWO.model_copy(update={"gateway": ""})) == "two"  # as it was entered


def test_a_day_lists_the_payments_of_all_gateways_also_of_one_that_begins_no_more(records: RecordTable) -> None:
    clock = Clock(NOW)
    gateways = {name: SandboxGateway(records.name, records.client, now=clock) for name in ("one", "two")}
    several = SeveralGateways(GatewayChoice(default="one", kept=("two",)), gateways.__getitem__)
    several.authorize(key="old@two", token="tok_approve", amount_cents=700, currency="USD", order_id="1001")

    assert [each.key for each in several.list_begun(DAY)] == ["old@two"] * 2  # one table has the books of both


def test_a_key_of_a_gateway_that_nobody_knows_moves_nothing(records: RecordTable) -> None:
    gateway = gateways_of(GatewayChoice(default="sandbox"), records)

    with pytest.raises(GatewayRefusedUsError, match="no gateway is called stone"):
        gateway.find("1001:submit:authorize:1@stone")
    assert gateway.find("1001:submit:authorize:1") is None
    assert isinstance(gateway_at(gateway, "sandbox"), SandboxGateway)


def test_pages_are_of_the_gateway_of_the_brand_and_of_the_payment() -> None:
    class Pages(SandboxPages):
        def __init__(self, name: str) -> None:
            self.name, self.origins = name, (f"https://{name}.example",)

    made = {name: Pages(name) for name in ("", *CHOICE.names)}
    pages = PagesOfStage(CHOICE, made.__getitem__)

    assert [pages.to_enter(brand, HostedPage.CARD) for brand in (1, 2)] == [made["one"], made["two"]]
    assert pages.of_payment("1001:submit:authorize:1@three:void") is made["three"]
    assert pages.origins == tuple(f"https://{name}.example" for name in CHOICE.names)
    assert PagesOfStage(SINGLE, made.__getitem__).of_payment("k") is made[""]


def test_several_gateways_keep_the_contract_of_the_port(records: RecordTable) -> None:
    def rig() -> Rig:
        clock = Clock()
        sandbox = SandboxGateway(records.name, records.client, now=clock)
        return sandbox_rig(SeveralGateways(GatewayChoice(default="sandbox"), lambda _: sandbox), clock)

    run_contract(rig, examples=3)
