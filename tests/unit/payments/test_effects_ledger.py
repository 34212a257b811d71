"""Every call that may move money is written down before it is made, and what came of it afterwards."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest
from botocore.exceptions import ClientError

from lambdas.payments.effects.effect import Effect, EffectKind, Outcome, charge_key, subject_of
from lambdas.payments.effects.ledger import EffectLedger
from lambdas.payments.effects.recorded_gateway import RecordedGateway
from lambdas.payments.gateway import (
    DeclinedError,
    GatewayMisusedError,
    GatewayRefusedUsError,
    GatewayUnavailableError,
    LapsedError,
    OutcomeUnknownError,
    Transaction,
    TransactionState,
    void_or_refund,
)
from lambdas.payments.gateways import gateway_named
from lambdas.payments.paused_gateway import PausableGateway
from lambdas.payments.sandbox import SandboxGateway
from lambdas.records.pauses.pause import PauseRecords
from lambdas.records.table import RecordTable
from lambdas.runtime.asker import asked_by
from tests.stand_ins.gateway_contract import Rig, run_contract
from tests.stand_ins.sandbox_gateway import sandbox_rig
from tests.support.build import NOW, Clock

KEY = "1001-f00d:submit:authorize:1"
SUBJECTS = ("1001-f00d",)
APPROVED = "tok_approve"


class KilledError(BaseException):
    """The process ended here."""


@pytest.fixture
def ledger(records: RecordTable) -> EffectLedger:
    return EffectLedger(records)


@pytest.fixture
def recorded(gateway: SandboxGateway, ledger: EffectLedger, monkeypatch: pytest.MonkeyPatch) -> RecordedGateway:
    monkeypatch.setenv("POWERTOOLS_SERVICE_NAME", "api")
    return RecordedGateway(gateway, "sandbox", ledger, lambda: float(NOW))


def hold(gateway: RecordedGateway, key: str = KEY, token: str = APPROVED) -> Transaction:
    return gateway.authorize(key=key, token=token, amount_cents=995, currency="USD", order_id="1001")


def test_a_calls_record_says_what_was_asked_by_whom_and_what_came_of_it(
    recorded: RecordedGateway, ledger: EffectLedger
) -> None:
    with asked_by("jane"):
        held = hold(recorded)
    recorded.capture(
        key="1001-f00d:invoice:1:capture", transaction_id=held.transaction_id, amount_cents=995, currency="USD"
    )
    recorded.refund(key=f"{KEY}:refund", transaction_id=held.transaction_id, currency="USD", amount_cents=95)

    first, second, third = ledger.of(SUBJECTS)

    assert (first.kind, first.key, first.gateway, first.amount_cents, first.currency) == (
        EffectKind.AUTHORIZE, KEY, "sandbox", 995, "USD",
    )  # fmt: skip
    assert (first.asked_by, first.asked_in, first.asked_at, first.answered_at) == ("jane", "api", NOW, NOW)
    assert first.outcome is Outcome.DONE
    assert first.payment is not None
    assert (first.payment.transaction_id, first.payment.state) == (held.transaction_id, TransactionState.HELD)
    assert (second.kind, second.transaction_id, second.asked_by) == (EffectKind.CAPTURE, held.transaction_id, "")
    assert third.payment is not None
    assert (third.payment.state, third.payment.refunded_cents) == (TransactionState.PARTLY_REFUNDED, 95)


def test_no_token_is_written_down(recorded: RecordedGateway, records: RecordTable) -> None:
    with pytest.raises(DeclinedError):
        hold(recorded, token="tok_4242424242424242")

    items = records.client.scan(TableName=records.name)["Items"]
    ours = [item for item in items if str(item["pk"]["S"]).startswith("effects")]
    assert ours
    assert "tok_4242424242424242" not in json.dumps(ours)


@dataclass
class Failing(SandboxGateway):
    """Raises this from each call."""

    error: BaseException

    def __post_init__(self) -> None:
        self.asked = 0

    def _fail(self, **asked: Any) -> Any:
        self.asked += 1
        raise self.error

    authorize = authenticate = capture = void = refund = _fail

    def find(self, key: str) -> Transaction | None:
        raise self.error


CALLS: dict[str, Callable[[RecordedGateway], object]] = {
    "authorize": hold,
    "authenticate": lambda gateway: gateway.authenticate(key=f"{KEY}:authenticate", transaction_id="t", proof={}),
    "capture": lambda gateway: gateway.capture(
        key=f"{KEY}:capture", transaction_id="t", amount_cents=1, currency="USD"
    ),
    "void": lambda gateway: gateway.void(key=f"{KEY}:void", transaction_id="t"),
    "refund": lambda gateway: gateway.refund(key=f"{KEY}:refund", transaction_id="t", currency="USD"),
}


@pytest.mark.parametrize("call", CALLS)
def test_a_process_that_dies_at_the_gateway_leaves_a_call_with_an_unknown_outcome(
    ledger: EffectLedger, call: str
) -> None:
    gateway = RecordedGateway(Failing(KilledError()), "sandbox", ledger)

    with pytest.raises(KilledError):
        CALLS[call](gateway)

    (effect,) = ledger.of(SUBJECTS)
    assert (effect.kind.value, effect.outcome, effect.answered_at) == (call, Outcome.UNKNOWN, None)


@pytest.mark.parametrize(
    ("error", "outcome"),
    [
        (DeclinedError("no"), Outcome.DECLINED),
        (LapsedError(), Outcome.LAPSED),
        (GatewayUnavailableError(), Outcome.NOT_REACHED),
        (GatewayRefusedUsError(), Outcome.REFUSED_US),
        (GatewayMisusedError(), Outcome.MISUSED),
        (OutcomeUnknownError(), Outcome.UNKNOWN),
        (ValueError("a fault of ours"), Outcome.UNKNOWN),
    ],
)
@pytest.mark.parametrize("call", CALLS)
def test_each_refusal_has_its_outcome_and_is_passed_on(
    ledger: EffectLedger, call: str, error: Exception, outcome: Outcome
) -> None:
    gateway = RecordedGateway(Failing(error), "sandbox", ledger)

    for _ in range(2):
        with pytest.raises(type(error)):
            CALLS[call](gateway)

    effects = ledger.of(SUBJECTS)
    assert [each.outcome for each in effects] == [outcome, outcome]
    assert [each.try_number for each in effects] == [1, 2]


class Refusing(EffectLedger):
    """A ledger whose store is away."""

    def open(self, effect: Effect, *, at: float) -> Any:
        raise _away()

    def close(self, *_: Any, **__: Any) -> None:
        raise _away()

    def note_look_up(self, found: Any) -> None:
        raise _away()


class RefusingLater(Refusing):
    open = EffectLedger.open


def _away() -> ClientError:
    return ClientError({"Error": {"Code": "ServiceUnavailable", "Message": ""}}, "PutItem")


@pytest.mark.parametrize("call", CALLS)
def test_money_does_not_move_unrecorded(records: RecordTable, call: str) -> None:
    asked = Failing(AssertionError("it was asked"))
    gateway = RecordedGateway(asked, "sandbox", Refusing(records))

    with pytest.raises(GatewayUnavailableError, match="cannot be written down just now, so none is made"):
        CALLS[call](gateway)

    assert asked.asked == 0


def test_money_that_moved_is_told_though_its_outcome_cannot_be_recorded(
    gateway: SandboxGateway, records: RecordTable, ledger: EffectLedger
) -> None:
    recorded = RecordedGateway(gateway, "sandbox", RefusingLater(records))

    held = hold(recorded)
    captured = recorded.capture(key=f"{KEY}:c", transaction_id=held.transaction_id, amount_cents=995, currency="USD")

    assert captured.is_taken
    assert [each.outcome for each in ledger.of(SUBJECTS)] == [Outcome.UNKNOWN, Outcome.UNKNOWN]
    assert recorded.find(KEY) == captured


def test_a_refusal_is_told_though_it_cannot_be_recorded(gateway: SandboxGateway, records: RecordTable) -> None:
    with pytest.raises(DeclinedError):
        hold(RecordedGateway(gateway, "sandbox", RefusingLater(records)), token="tok_decline")


def test_look_ups_are_counted_with_their_last_answer(recorded: RecordedGateway, ledger: EffectLedger) -> None:
    assert recorded.find(KEY) is None
    (nothing,) = ledger.look_ups(SUBJECTS)
    with pytest.raises(OutcomeUnknownError):
        hold(recorded, token="tok_times_out")
    recorded.find(KEY)

    (found,) = ledger.look_ups(SUBJECTS)
    assert (nothing.times, nothing.is_there, nothing.payment) == (1, False, None)
    assert (found.times, found.is_there, found.looked_up_at) == (2, True, NOW)
    assert found.payment is not None
    assert found.payment.state is TransactionState.HELD
    assert len(ledger.of(SUBJECTS)) == 1


def test_a_look_up_without_an_answer_is_none_that_found_nothing(ledger: EffectLedger) -> None:
    gateway = RecordedGateway(Failing(GatewayUnavailableError()), "sandbox", ledger)

    with pytest.raises(GatewayUnavailableError):
        gateway.find(KEY)

    (found,) = ledger.look_ups(SUBJECTS)
    assert (found.times, found.answered_at, found.is_there) == (1, None, None)


def test_a_look_up_without_an_answer_keeps_the_answer_before(recorded: RecordedGateway, ledger: EffectLedger) -> None:
    hold(recorded)
    recorded.find(KEY)
    with pytest.raises(GatewayUnavailableError):
        RecordedGateway(Failing(GatewayUnavailableError()), "sandbox", ledger, lambda: NOW + 60.0).find(KEY)

    (found,) = ledger.look_ups(SUBJECTS)
    assert (found.times, found.looked_up_at, found.answered_at, found.is_there) == (2, NOW + 60, NOW, True)


def test_each_is_found_by_what_it_is_for(recorded: RecordedGateway, ledger: EffectLedger) -> None:
    hold(recorded)
    hold(recorded, "1001:submit:authorize:1")  # an order of before fingerprints, or one whose number was given again
    hold(recorded, charge_key("1-7", 2))
    void_or_refund(recorded, charge_key("1-7", 2))

    assert [each.kind.value for each in ledger.of(["1001"])] == ["authorize"]
    assert [each.kind.value for each in ledger.of(["invoice:1-7"])] == ["authorize", "void"]
    assert len(ledger.of(["1001", "1001-f00d", "invoice:1-7", "1001"])) == 4
    assert subject_of("invoice:1-7:charge:2:capture") == "invoice:1-7"


def test_a_day_lists_the_keys_of_its_calls(gateway: SandboxGateway, ledger: EffectLedger) -> None:
    at = [1_784_635_200.0]  # 2026-07-21
    recorded = RecordedGateway(gateway, "sandbox", ledger, lambda: at[0])
    for number in range(12):
        hold(recorded, f"{number}-f00d:submit:authorize:1")
    at[0] += 86_400
    hold(recorded)

    assert len({each.key for each in ledger.on_day("2026-07-21")}) == 12
    (of_next_day,) = ledger.on_day("2026-07-22")
    assert (of_next_day.key, of_next_day.kind, of_next_day.outcome) == (KEY, EffectKind.AUTHORIZE, Outcome.DONE)
    assert list(ledger.on_day("2026-07-20")) == []


def test_what_a_pause_stops_is_no_call(records: RecordTable, ledger: EffectLedger) -> None:
    paused = gateway_named("sandbox", records, PauseRecords(records, lambda: NOW))

    assert isinstance(paused, PausableGateway)
    assert isinstance(paused.gateway, RecordedGateway)
    assert isinstance(gateway_named("sandbox", records), SandboxGateway)


def test_a_recorded_gateway_keeps_the_contract_of_the_port(records: RecordTable) -> None:
    def rig() -> Rig:
        clock = Clock()
        sandbox = SandboxGateway(records.name, records.client, now=clock)
        return sandbox_rig(RecordedGateway(sandbox, "sandbox", EffectLedger(records), now=clock), clock)

    run_contract(rig, examples=5)
