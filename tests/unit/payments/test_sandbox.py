"""The sandbox does what each token says, and keeps its keys as real gateways do."""

from datetime import UTC, datetime
from typing import Any

import pytest

from lambdas.payments.gateway import (
    DeclinedError,
    GatewayMisusedError,
    GatewayUnavailableError,
    OutcomeUnknownError,
    Transaction,
    TransactionState,
)
from lambdas.payments.sandbox import HOLD_SECONDS, PROOF, SandboxGateway
from lambdas.payments.sandbox_tokens import EnteredMethod
from lambdas.records.table import RecordTable
from lambdas.runtime.items import from_item
from tests.support.build import NOW, Clock

KEY = "1001:submit:authorize:1"


def authorize(gateway: SandboxGateway, token: str, **changes: Any) -> Transaction:
    asked: dict[str, Any] = {"key": KEY, "amount_cents": 2000, "currency": "USD", "order_id": "1001", **changes}
    return gateway.authorize(token=token, **asked)


def capture(gateway: SandboxGateway, transaction: Transaction, amount_cents: int = 2000, key: str = "c") -> Transaction:
    return gateway.capture(
        key=key, transaction_id=transaction.transaction_id, amount_cents=amount_cents, currency="USD"
    )


def void(gateway: SandboxGateway, transaction: Transaction) -> Transaction:
    return gateway.void(key="v", transaction_id=transaction.transaction_id)


def refund(
    gateway: SandboxGateway, transaction: Transaction, amount_cents: int | None = None, key: str = "r"
) -> Transaction:
    return gateway.refund(key=key, transaction_id=transaction.transaction_id, amount_cents=amount_cents, currency="USD")


@pytest.mark.parametrize("token", ["tok_approve", "tok_capture_fails", "paypal_approve"])
def test_money_is_held_for_a_week(gateway: SandboxGateway, token: str) -> None:
    held = authorize(gateway, token)

    assert (held.state, held.amount_cents, held.currency) == (TransactionState.HELD, 2000, "USD")
    assert held.capture_before == NOW + HOLD_SECONDS
    assert gateway.find(KEY) == held


@pytest.mark.parametrize("token", ["tok_decline", "tok_nobody_knows", "", "4242"])
def test_a_declined_token_moves_nothing(gateway: SandboxGateway, token: str) -> None:
    with pytest.raises(DeclinedError):
        authorize(gateway, token)
    assert gateway.find(KEY) is None


def test_a_card_that_needs_its_holder_is_not_held(gateway: SandboxGateway) -> None:
    asked = authorize(gateway, "tok_needs_authentication")

    assert (asked.state, asked.capture_before) == (TransactionState.NEEDS_AUTHENTICATION, None)
    with pytest.raises(DeclinedError, match="needs_authentication"):
        capture(gateway, asked)


def test_an_answer_that_never_comes_leaves_money_to_be_found(gateway: SandboxGateway) -> None:
    with pytest.raises(OutcomeUnknownError):
        authorize(gateway, "tok_times_out")

    assert (found := gateway.find(KEY)) is not None
    assert found.state is TransactionState.HELD
    assert authorize(gateway, "tok_times_out") == found
    assert capture(gateway, found).state is TransactionState.CAPTURED


def test_a_gateway_that_cannot_be_reached_moves_nothing(gateway: SandboxGateway) -> None:
    with pytest.raises(GatewayUnavailableError):
        authorize(gateway, "tok_unavailable")
    assert gateway.find(KEY) is None


def test_paypal_may_take_the_money_at_once(gateway: SandboxGateway) -> None:
    taken = authorize(gateway, "paypal_captured")

    assert taken.state is TransactionState.CAPTURED
    assert capture(gateway, taken) == taken
    assert refund(gateway, taken).state is TransactionState.REFUNDED


def test_a_held_amount_is_captured(gateway: SandboxGateway) -> None:
    assert capture(gateway, authorize(gateway, "tok_approve")).state is TransactionState.CAPTURED


def test_a_bank_may_decline_to_pay_out_what_it_held(gateway: SandboxGateway) -> None:
    held = authorize(gateway, "tok_capture_fails")

    with pytest.raises(DeclinedError, match="pay out the held amount"):
        capture(gateway, held)
    assert gateway.find(KEY) == held


def test_one_key_holds_once(gateway: SandboxGateway, records: RecordTable) -> None:
    first = authorize(gateway, "tok_approve")
    void(gateway, first)

    assert authorize(gateway, "tok_approve") == first  # the first answer, whatever became of the hold since
    rows = [from_item(item) for item in records.client.scan(TableName=records.name)["Items"]]
    assert sorted(row["sk"] for row in rows) == [first.transaction_id, "transaction"]  # its day lists it


def test_another_key_is_another_hold(gateway: SandboxGateway) -> None:
    first, other = authorize(gateway, "tok_approve"), authorize(gateway, "tok_approve", key="1001:submit:authorize:2")

    assert first.transaction_id != other.transaction_id


def test_less_than_was_held_may_be_taken_but_not_more(gateway: SandboxGateway) -> None:
    held = authorize(gateway, "tok_approve")

    with pytest.raises(GatewayMisusedError, match="more than was held"):
        capture(gateway, held, 2001)
    assert capture(gateway, held, 500).amount_cents == 500


def test_each_step_may_be_repeated(gateway: SandboxGateway) -> None:
    held = authorize(gateway, "tok_approve")
    captured = [capture(gateway, held) for _ in range(2)]
    refunded = [refund(gateway, held) for _ in range(2)]
    voided = [void(gateway, authorize(gateway, "tok_approve", key="2")) for _ in range(2)]

    for pair in (captured, refunded, voided):
        assert pair[0] == pair[1]


WRONG = [("void", "paypal_captured"), ("refund", "tok_approve"), ("refund", "tok_needs_authentication")]


@pytest.mark.parametrize(("step", "token"), WRONG)
def test_a_step_in_the_wrong_state_is_refused_and_changes_nothing(
    gateway: SandboxGateway, step: str, token: str
) -> None:
    before = authorize(gateway, token)

    with pytest.raises(DeclinedError, match=f"the payment is {before.state}"):
        {"void": void, "refund": refund}[step](gateway, before)
    assert gateway.find(KEY) == before


@pytest.mark.parametrize("end", [void, refund])
def test_money_that_went_back_cannot_be_taken_any_more(gateway: SandboxGateway, end: Any) -> None:
    transaction = authorize(gateway, "tok_approve" if end is void else "paypal_captured")
    end(gateway, transaction)

    with pytest.raises(DeclinedError):
        capture(gateway, transaction)


def test_an_unknown_transaction_is_refused(gateway: SandboxGateway) -> None:
    with pytest.raises(DeclinedError, match="does not know this transaction"):
        gateway.void(key="v", transaction_id="sb_0")


def asked(gateway: SandboxGateway) -> tuple[Transaction, str]:
    transaction = authorize(gateway, "tok_sca")
    assert transaction.challenge
    return transaction, transaction.challenge.challenge_id


def prove(gateway: SandboxGateway, transaction: Transaction, **proof: str) -> Transaction:
    return gateway.authenticate(key="a", transaction_id=transaction.transaction_id, proof=proof)


def test_a_card_holder_who_is_asked_and_proved_holds(gateway: SandboxGateway) -> None:
    transaction, challenge = asked(gateway)
    assert transaction.state is TransactionState.NEEDS_AUTHENTICATION
    proved = [prove(gateway, transaction, challenge_id=challenge, proof=PROOF) for _ in range(2)]

    assert proved[0] == proved[1] == gateway.find(KEY)
    assert (proved[0].state, proved[0].avs_code) == (TransactionState.HELD, "Y")
    assert proved[0].capture_before == NOW + HOLD_SECONDS


@pytest.mark.parametrize("proof", ["no", ""])
def test_a_wrong_proof_ends_the_payment(gateway: SandboxGateway, proof: str) -> None:
    transaction, challenge = asked(gateway)

    for given in (proof, PROOF):
        with pytest.raises(DeclinedError):
            prove(gateway, transaction, challenge_id=challenge, proof=given)
    assert (found := gateway.find(KEY)) is not None
    assert found.state is TransactionState.VOIDED


def test_a_proof_for_another_payment_proves_nothing(gateway: SandboxGateway) -> None:
    transaction, _ = asked(gateway)

    with pytest.raises(DeclinedError, match="another payment"):
        prove(gateway, transaction, challenge_id="sbc_other", proof=PROOF)
    assert gateway.find(KEY) == transaction


def test_a_payment_that_waits_for_its_card_holder_can_be_given_up(gateway: SandboxGateway) -> None:
    transaction, challenge = asked(gateway)
    void(gateway, transaction)

    with pytest.raises(DeclinedError, match="the payment is voided"):
        prove(gateway, transaction, challenge_id=challenge, proof=PROOF)


@pytest.mark.parametrize(
    "other", [{"token": "paypal_approve"}, {"amount_cents": 9999}, {"currency": "EUR"}, {"order_id": "1002"}]
)
def test_a_known_key_with_other_parameters_holds_nothing_more(
    gateway: SandboxGateway, records: RecordTable, other: dict[str, Any]
) -> None:
    held = authorize(gateway, "tok_approve")
    with pytest.raises(GatewayMisusedError, match="the key of this authorize is known with other parameters"):
        authorize(gateway, **{"token": "tok_approve", **other})
    assert gateway.find(KEY) == held


def test_a_known_key_gets_its_first_answer(gateway: SandboxGateway) -> None:
    held = authorize(gateway, "tok_approve")
    captured = capture(gateway, held)
    part = refund(gateway, held, 500, key="r1")
    rest = refund(gateway, held, key="r2")

    assert (captured.state, part.state, rest.state) == (
        TransactionState.CAPTURED,
        TransactionState.PARTLY_REFUNDED,
        TransactionState.REFUNDED,
    )
    assert capture(gateway, held) == captured
    assert refund(gateway, held, 500, key="r1") == part
    assert refund(gateway, held, key="r2") == rest
    assert gateway.find(KEY) == rest


def test_keys_of_captures_and_refunds_are_known_with_their_parameters(gateway: SandboxGateway) -> None:
    held = authorize(gateway, "tok_approve")
    captured = capture(gateway, held, 1500)
    with pytest.raises(GatewayMisusedError, match="this capture is known"):
        capture(gateway, held, 2000)
    part = refund(gateway, held, 500)
    with pytest.raises(GatewayMisusedError, match="this refund is known"):
        refund(gateway, held, 600)

    assert (captured.amount_cents, part.refunded_cents) == (1500, 500)
    assert gateway.find(KEY) == part


def test_a_key_of_one_kind_of_call_is_new_to_another(gateway: SandboxGateway) -> None:
    held = authorize(gateway, "tok_approve")
    capture(gateway, held, key="k")

    assert refund(gateway, held, 500, key="k").refunded_cents == 500


def test_several_parts_come_to_the_whole_and_never_to_more(gateway: SandboxGateway) -> None:
    taken = authorize(gateway, "paypal_captured")
    for number in range(3):
        refund(gateway, taken, 600, key=f"r{number}")
    with pytest.raises(DeclinedError, match="more than is left"):
        refund(gateway, taken, 201, key="r4")

    assert refund(gateway, taken, 200, key="r5").state is TransactionState.REFUNDED


def test_a_payment_is_listed_on_the_day_it_was_begun_and_on_no_other(records: RecordTable) -> None:
    clock = Clock()
    gateway = SandboxGateway(records.name, records.client, now=clock)
    held = authorize(gateway, "tok_approve")
    clock.time += 86_400
    authorize(gateway, "tok_approve")

    days = [datetime.fromtimestamp(at, UTC).strftime("%Y-%m-%d") for at in (NOW, clock.time)]
    assert [list(gateway.list_begun(day)) for day in days] == [[held], []]


@pytest.mark.parametrize("call", ["capture", "refund"])
def test_another_currency_is_refused_before_money_moves(gateway: SandboxGateway, call: str) -> None:
    payment = authorize(gateway, "tok_approve" if call == "capture" else "paypal_captured")
    with pytest.raises(GatewayMisusedError, match="the payment is in USD, and EUR was asked for"):
        getattr(gateway, call)(key="k", transaction_id=payment.transaction_id, amount_cents=1, currency="EUR")
    assert gateway.find(KEY) == payment


def test_a_hold_is_renewed_in_one_step(gateway: SandboxGateway) -> None:
    old = authorize(gateway, "tok_approve")
    new = gateway.renew(key="again", transaction_id=old.transaction_id, token="tok_approve")

    assert (new.state, new.amount_cents, new.order_id) == (TransactionState.HELD, old.amount_cents, old.order_id)
    assert new.ids.authorization != old.ids.authorization
    after = gateway.find(old.key)
    assert after is not None
    assert after.state is TransactionState.VOIDED
    assert gateway.renew(key="again", transaction_id=old.transaction_id, token="tok_approve") == new
    with pytest.raises(GatewayMisusedError):
        gateway.renew(key="again", transaction_id=old.transaction_id, token="tok_avs_mismatch")


@pytest.mark.parametrize("token", ["tok_renews_never", "tok_sca", "tok_decline", "tok_of_nobody"])
def test_after_a_declined_renewal_the_old_hold_stands(gateway: SandboxGateway, token: str) -> None:
    old = authorize(gateway, "tok_renews_never")
    with pytest.raises(DeclinedError):
        gateway.renew(key="again", transaction_id=old.transaction_id, token=token)

    after = gateway.find(old.key)
    assert after is not None
    assert after.is_held
    assert gateway.find("again") is None


def test_a_made_token_that_is_forgotten_pays_no_more_and_a_named_one_is_nobodys(gateway: SandboxGateway) -> None:
    made = EnteredMethod(token="tok_sb_1", behaves_as="tok_approve", brand="Visa", last_four="4242", entered_at=NOW)
    gateway._tokens.keep(made)
    asked: dict[str, Any] = {"amount_cents": 100, "currency": "USD", "order_id": "1"}
    assert gateway.authorize(key="a", token="tok_sb_1", **asked).is_held
    for token in ("tok_sb_1", "tok_sb_1", "tok_sb_2", "tok_approve"):
        gateway.forget(token)

    with pytest.raises(DeclinedError):
        gateway.authorize(key="b", token="tok_sb_1", **asked)
    assert gateway.authorize(key="c", token="tok_approve", **asked).is_held
    left = gateway._tokens.find("tok_sb_1")
    assert left is not None
    assert (left.last_four, left.brand, left.fingerprint) == ("", "", "")
