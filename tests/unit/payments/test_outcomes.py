"""Every outcome that a provider can answer, at the doors of money: a submit, a charge, the way back."""

from typing import Any

import pytest

from lambdas.orders.errors import Again
from lambdas.orders.pauses import NO_PAUSES
from lambdas.orders.payment_ports import (
    PaymentDeclined,
    PaymentDeclinedByBank,
    PaymentForReview,
    PaymentLapsed,
    PaymentUnavailable,
    PaymentUnclear,
)
from lambdas.payments import paused_gateway
from lambdas.payments.authentication import AuthenticationState, authentication_of
from lambdas.payments.captures import end_charge
from lambdas.payments.charge import Charges
from lambdas.payments.errors import (
    ChargeLapsedError,
    ChargeMisusedError,
    ChargeRefusedError,
    ChargeUnavailableError,
    ChargeUnknownError,
)
from lambdas.payments.gateway import (
    Challenge,
    DeclinedError,
    GatewayMisusedError,
    GatewayRefusedUsError,
    LapsedError,
    OutcomeUnknownError,
    Transaction,
    TransactionState,
    void_or_refund,
)
from lambdas.payments.preauthorization import PreAuthorization
from lambdas.payments.reversal import ReversalPendingError, Reversals
from lambdas.payments.sandbox import HOLD_SECONDS, SandboxGateway
from lambdas.payments.sandbox_books import PENDING_SECONDS
from lambdas.records.clients.client import ClientRecords
from lambdas.records.clients.payment_method import MethodKind, PaymentMethod
from lambdas.records.invoices.invoice import Invoice, InvoiceStatus
from lambdas.records.invoices.records import InvoiceRecords
from lambdas.records.table import RecordTable
from lambdas.runtime.telemetry import metrics
from tests.support.build import CARD, Clock, an_order
from tests.unit.payments.test_preauthorization import KEY, an_attempt, card, paid_with
from tests.unit.records.builders import an_invoice


class Scripted(SandboxGateway):
    """Raises what it is told to, by call, before it does anything. `as_state`: how it sees every payment."""

    def __init__(self, records: RecordTable, clock: Clock) -> None:
        super().__init__(records.name, records.client, now=clock)
        self.raised: dict[str, Exception] = {}
        self.as_state: TransactionState | None = None
        self.asked: list[str] = []

    def authorize(self, *, key: str, **asked: Any) -> Transaction:
        self._raise("authorize", key)
        return super().authorize(key=key, **asked)

    def capture(self, *, key: str, **asked: Any) -> Transaction:
        self._raise("capture", key)
        return super().capture(key=key, **asked)

    def void(self, *, key: str, **asked: Any) -> Transaction:
        self._raise("void", key)
        return super().void(key=key, **asked)

    def refund(self, *, key: str, **asked: Any) -> Transaction:
        self._raise("refund", key)
        return super().refund(key=key, **asked)

    def find(self, key: str) -> Transaction | None:
        found = super().find(key)
        return found.model_copy(update={"state": self.as_state}) if found and self.as_state else found

    def _raise(self, call: str, key: str) -> None:
        self.asked.append(f"{call} {key}")
        if call in self.raised:
            raise self.raised[call]


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def scripted(records: RecordTable, clock: Clock) -> Scripted:
    return Scripted(records, clock)


@pytest.fixture
def payments(scripted: Scripted, records: RecordTable, clock: Clock) -> PreAuthorization:
    return PreAuthorization(scripted, ClientRecords(records), clock)


@pytest.mark.parametrize(
    ("state", "raised"),
    [
        (TransactionState.PENDING, PaymentUnclear),
        (TransactionState.LAPSED, PaymentLapsed),
        (TransactionState.FAILED, PaymentDeclinedByBank),
        (TransactionState.VOIDED, PaymentDeclined),
        (TransactionState.REFUNDED, PaymentDeclined),
    ],
)
def test_what_a_later_submit_finds_that_holds_nothing_is_not_a_hold(
    payments: PreAuthorization, scripted: Scripted, state: TransactionState, raised: type[Exception]
) -> None:
    payments.authorize(paid_with(CARD), an_attempt())
    scripted.as_state = state

    with pytest.raises(raised) as error:
        payments.authorize(paid_with(CARD), an_attempt(tries=2))
    assert type(error.value) is raised


def test_a_hold_that_lapsed_while_nobody_submitted_is_no_decline(payments: PreAuthorization, clock: Clock) -> None:
    payments.authorize(paid_with(CARD), an_attempt())
    clock.time += HOLD_SECONDS + 1

    with pytest.raises(PaymentLapsed):
        payments.authorize(paid_with(CARD), an_attempt(tries=2))
    assert not issubclass(PaymentLapsed, PaymentDeclined)


def test_a_provider_that_cannot_be_reached_declined_nobody(payments: PreAuthorization) -> None:
    with pytest.raises(PaymentUnavailable, match="cannot be reached; nothing was charged"):
        payments.authorize(paid_with(card("tok_unavailable")), an_attempt())
    assert not issubclass(PaymentUnavailable, PaymentDeclined)


def test_a_buyer_is_not_told_that_our_keys_are_wrong(payments: PreAuthorization, scripted: Scripted) -> None:
    scripted.raised["authorize"] = GatewayRefusedUsError("Invalid API Key provided: sk_****")

    with pytest.raises(PaymentUnavailable) as told:
        payments.authorize(paid_with(CARD), an_attempt())
    assert told.value.args == ("payments cannot be taken just now; nothing was charged",)


def test_our_own_fault_gives_the_order_to_a_person(payments: PreAuthorization, scripted: Scripted) -> None:
    scripted.raised["authorize"] = GatewayMisusedError("amount too small")

    with pytest.raises(PaymentForReview, match="cannot do what it was asked to: amount too small"):
        payments.authorize(paid_with(CARD), an_attempt())


def test_a_key_that_is_refused_may_hold_money_already(payments: PreAuthorization, scripted: Scripted) -> None:
    held = payments.authorize(paid_with(CARD), an_attempt())
    scripted.raised["authorize"] = GatewayMisusedError("the key is known with other parameters")

    assert payments.authorize(paid_with(CARD), an_attempt()) == held


@pytest.mark.parametrize("state", list(TransactionState))
def test_every_state_of_a_payment_says_how_far_its_authentication_is(
    scripted: Scripted, state: TransactionState
) -> None:
    scripted.authorize(key=KEY, token="tok_sca", amount_cents=2000, currency="USD", order_id="1001")
    scripted.as_state = state
    found = authentication_of(an_order(attempt=an_attempt()), scripted, 0)

    failed = state in (TransactionState.VOIDED, TransactionState.FAILED)
    waits = state is TransactionState.NEEDS_AUTHENTICATION
    expected = AuthenticationState.FAILED if failed else AuthenticationState.AUTHENTICATED
    assert found is not None
    assert isinstance(found.challenge, Challenge)
    assert found.state is (AuthenticationState.PENDING if waits else expected)


@pytest.mark.parametrize("state", list(TransactionState))
def test_what_is_returned_depends_on_the_state(scripted: Scripted, state: TransactionState) -> None:
    token = (
        "paypal_captured" if state in (TransactionState.CAPTURED, TransactionState.PARTLY_REFUNDED) else "tok_approve"
    )
    scripted.authorize(key=KEY, token=token, amount_cents=2000, currency="USD", order_id="1001")
    scripted.as_state, scripted.asked = state, []

    if state is TransactionState.PENDING:
        with pytest.raises(OutcomeUnknownError, match="not decided"):
            void_or_refund(scripted, KEY)
    else:
        void_or_refund(scripted, KEY)
    voids = state in (TransactionState.HELD, TransactionState.NEEDS_AUTHENTICATION)
    refunds = token == "paypal_captured"
    assert scripted.asked == ([f"void {KEY}:void"] if voids else [f"refund {KEY}:refund"] if refunds else [])


def test_a_hold_that_lapses_while_it_is_voided_is_released(scripted: Scripted) -> None:
    scripted.authorize(key=KEY, token="tok_approve", amount_cents=2000, currency="USD", order_id="1001")
    scripted.raised["void"] = LapsedError()

    assert (found := void_or_refund(scripted, KEY)) is not None
    assert found.state is TransactionState.LAPSED


class Charged:
    """An open invoice that is charged."""

    key = "invoice:1000000001:charge:1"

    def __init__(self, records: RecordTable, scripted: Scripted, clock: Clock) -> None:
        self.invoices, self.scripted, self.clock, self.records = InvoiceRecords(records), scripted, clock, records
        self.invoice = self.invoices.issue(an_invoice())

    def charge(self, token: str) -> Invoice:
        method = PaymentMethod(kind=MethodKind.CARD, token=token, last_four="4242")
        return Charges(self.invoices, self.scripted, self.clock).charge(self.read(), "7", method)

    def read(self) -> Invoice:
        found = self.invoices.get(self.invoice.invoice_id)
        assert found
        return found


@pytest.fixture
def charged(records: RecordTable, scripted: Scripted, clock: Clock) -> Charged:
    return Charged(records, scripted, clock)


def test_a_pending_payment_is_not_paid_and_not_asked_for_again(charged: Charged, clock: Clock) -> None:
    for _ in range(3):
        with pytest.raises(ChargeUnknownError):
            charged.charge("ach_later")
        assert charged.read().status is InvoiceStatus.OPEN
        clock.time += 3600
    clock.time += PENDING_SECONDS
    assert charged.charge("ach_later").status is InvoiceStatus.PAID
    assert [call for call in charged.scripted.asked if call.startswith("authorize")] == [f"authorize {charged.key}"]


def test_a_pending_payment_that_fails_is_a_decline(charged: Charged, clock: Clock) -> None:
    with pytest.raises(ChargeUnknownError):
        charged.charge("ach_fails_later")
    clock.time += PENDING_SECONDS
    with pytest.raises(ChargeRefusedError, match="the account does not have enough funds"):
        charged.charge("ach_fails_later")
    assert charged.charge("tok_approve").status is InvoiceStatus.PAID


def test_a_pending_charge_is_neither_forgotten_nor_returned(
    charged: Charged, scripted: Scripted, clock: Clock, records: RecordTable
) -> None:
    with pytest.raises(ChargeUnknownError):
        charged.charge("ach_later")
    clock.time += 3600
    with pytest.raises(OutcomeUnknownError):
        end_charge(charged.invoices, scripted, charged.read(), now=clock())
    kept = charged.read().charge
    assert kept is not None
    with pytest.raises(ReversalPendingError, match="not known yet"):
        Reversals(scripted, records).void_or_refund(kept)


@pytest.mark.parametrize(
    ("error", "refusal", "kind"),
    [
        (LapsedError(), ChargeLapsedError, "hold_lapsed"),
        (GatewayMisusedError("no such currency"), ChargeMisusedError, "gateway_misused"),
    ],
)
def test_what_is_no_decline_is_not_called_one(
    charged: Charged, scripted: Scripted, error: Exception, refusal: type[ChargeRefusedError], kind: str
) -> None:
    scripted.raised["capture"] = error

    with pytest.raises(refusal) as refused:
        charged.charge("tok_approve")
    assert refused.value.kind == kind
    assert refused.value.again is Again.PERHAPS
    scripted.raised.clear()
    assert charged.charge("tok_approve").status is InvoiceStatus.PAID


def test_our_keys_refused_at_the_charge_takes_nothing_and_can_be_repeated(charged: Charged, scripted: Scripted) -> None:
    scripted.raised["authorize"] = GatewayRefusedUsError("our key was revoked")
    with pytest.raises(ChargeUnavailableError):
        charged.charge("tok_approve")
    scripted.raised.clear()

    assert charged.charge("tok_approve").status is InvoiceStatus.PAID
    assert scripted.asked[0] == scripted.asked[1] == f"authorize {charged.key}"


def test_the_sandbox_captures_nothing_after_a_hold_lapsed(scripted: Scripted, clock: Clock) -> None:
    held = scripted.authorize(key=KEY, token="tok_approve", amount_cents=2000, currency="USD", order_id="1001")
    clock.time += HOLD_SECONDS
    assert scripted.find(KEY) == held
    clock.time += 1

    with pytest.raises(LapsedError):
        scripted.capture(key="c", transaction_id=held.transaction_id, amount_cents=2000, currency="USD")
    with pytest.raises(LapsedError):
        scripted.void(key="v", transaction_id=held.transaction_id)
    with pytest.raises(DeclinedError, match="the payment is lapsed"):
        scripted.refund(key="r", transaction_id=held.transaction_id, currency="USD")
    assert (found := scripted.find(KEY)) is not None
    assert found.state is TransactionState.LAPSED


@pytest.mark.parametrize("error", [GatewayRefusedUsError("no such key"), GatewayMisusedError("no such currency")])
def test_those_who_operate_hear_of_what_only_they_can_put_right(
    scripted: Scripted, monkeypatch: pytest.MonkeyPatch, error: Exception
) -> None:
    counted: list[str] = []
    monkeypatch.setattr(metrics, "add_metric", lambda name, unit, value: counted.append(name))
    gateway = paused_gateway.PausableGateway(scripted, NO_PAUSES, "sandbox")
    asked: dict[str, Any] = {"key": KEY, "amount_cents": 2000, "currency": "USD", "order_id": "1001"}
    with pytest.raises(DeclinedError):
        gateway.authorize(token="tok_decline", **asked)
    assert counted == []
    scripted.raised["authorize"] = error
    with pytest.raises(type(error)):
        gateway.authorize(token="tok_approve", **asked)

    assert counted == ["GatewayRefusals"]
