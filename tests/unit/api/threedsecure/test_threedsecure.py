"""A card holder whom the bank asks: submit is refused with a challenge, and goes on under the same key when it is met."""

from typing import Any

import pytest

from lambdas.orders.payment_ports import Payer
from lambdas.payments.effects.recorded_gateway import RecordedGateway
from lambdas.payments.gateway import GatewayUnavailableError, Transaction, TransactionState
from lambdas.payments.sandbox import CHALLENGE_SECONDS, SandboxGateway
from tests.support.build import CARD, CONTACT, hold_key
from tests.unit.api.conftest import Answer, Caller

INFO = {**CONTACT, **CARD, "cc_token": "tok_sca", "pack1": {"plan_id": "1", "period": 1}}


@pytest.fixture
def order_id(caller: Caller) -> str:
    return str(caller.call("order.create", {"order_queue_id": 1, "info": INFO}).body["order_id"])


def sandbox_of(caller: Caller) -> SandboxGateway:
    """The provider behind the ledger."""
    recorded = caller.api.backend.gateway
    assert isinstance(recorded, RecordedGateway)
    assert isinstance(recorded.gateway, SandboxGateway)
    return recorded.gateway


def submit(caller: Caller, order_id: str) -> Answer:
    return caller.call("order.submit", {"order_id": order_id})


def pay(caller: Caller, order_id: str, challenge: dict[str, Any], proof: str = "proof_authenticated") -> Answer:
    given = {"challenge_id": challenge["challenge_id"], "proof": proof}
    return caller.call("order.threedsecure2_payment", {"order_id": order_id, "threedsecure": given})


def step(caller: Caller, order_id: str) -> str:
    return str(caller.call("order.get", {"order_id": order_id}).body["step"]["name"])


def held(caller: Caller, attempt: int = 1) -> Transaction | None:
    """What an attempt of the only order holds."""
    return caller.api.backend.gateway.find(hold_key(caller.api.backend.service.get(order_id="1001"), attempt))


def state(caller: Caller, attempt: int = 1) -> TransactionState | None:
    found = held(caller, attempt)
    return found.state if found else None


def test_submit_says_what_the_card_holder_has_to_do(caller: Caller, order_id: str) -> None:
    answer = submit(caller, order_id)

    assert (answer.status, answer.body["type"].rpartition(":")[2]) == (402, "authentication_required")
    assert answer.body["url"].endswith(answer.body["challenge_id"])
    assert answer.body["url"] in answer.body["detail"]
    assert answer.body["expires"] > 0
    assert step(caller, order_id) == "Leads"
    assert state(caller) is TransactionState.NEEDS_AUTHENTICATION


def test_the_challenge_is_found_again(caller: Caller, order_id: str) -> None:
    first = submit(caller, order_id).body
    asked = {"order_id": order_id, "action": "authenticate", "threedsecure": {}}
    found = caller.data("order.threedsecure2_process", asked)

    assert submit(caller, order_id).body["challenge_id"] == first["challenge_id"] == found["challenge_id"]
    assert (found["status"], found["url"], found["expires"]) == ("pending", first["url"], str(first["expires"]))
    assert held(caller, 2) is None
    assert pay(caller, order_id, first).status == 200
    assert caller.call("order.threedsecure2_process", asked).body["state"] == "authenticated"


def test_a_proof_submits_the_order_under_the_same_key(caller: Caller, order_id: str) -> None:
    answer = pay(caller, order_id, submit(caller, order_id).body)

    assert (answer.status, answer.body["step"]["name"]) == (200, "Processing")
    assert state(caller) is TransactionState.HELD
    order = caller.api.backend.service.get(order_id=order_id)
    assert order.hold
    assert (order.hold.key, order.hold.method) == (hold_key(order), "card")


def test_the_old_door_answers_as_submit_does(caller: Caller, order_id: str) -> None:
    challenge = submit(caller, order_id).body
    proof = {"challenge_id": challenge["challenge_id"], "proof": "proof_authenticated"}
    text = caller.data("order.threedsecure2_payment", {"order_id": order_id, "threedsecure": proof})

    assert text.startswith("<p>")
    assert order_id in text


def test_paying_again_answers_the_same_and_holds_nothing_more(caller: Caller, order_id: str) -> None:
    challenge = submit(caller, order_id).body
    first, again = (pay(caller, order_id, challenge) for _ in range(2))

    assert first.status == again.status == 200
    assert held(caller, 2) is None


@pytest.mark.parametrize("proof", ["proof_failed", ""])
def test_a_failed_authentication_is_a_decline_and_the_order_can_be_paid_otherwise(
    caller: Caller, order_id: str, proof: str
) -> None:
    challenge = submit(caller, order_id).body
    refused = pay(caller, order_id, challenge, proof)
    caller.call("order.update", {"order_id": order_id, "info": {"cc_token": "tok_approve"}})

    assert (refused.status, refused.body["type"].rpartition(":")[2]) == (402, "payment_refused")
    assert state(caller) is TransactionState.VOIDED
    assert submit(caller, order_id).body["step"]["name"] == "Processing"
    assert pay(caller, order_id, challenge).status == 200  # submitted: answered as submit does
    assert state(caller) is TransactionState.VOIDED


def test_an_authentication_that_comes_too_late_is_a_decline(
    caller: Caller, order_id: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    challenge = submit(caller, order_id).body
    monkeypatch.setattr(sandbox_of(caller), "_now", lambda: challenge["expires"] + 1.0)

    assert "too late" in pay(caller, order_id, challenge).body["detail"]
    assert state(caller) is TransactionState.VOIDED
    fresh = submit(caller, order_id).body
    assert fresh["challenge_id"] != challenge["challenge_id"]
    assert fresh["expires"] == challenge["expires"] + 1 + CHALLENGE_SECONDS


def test_where_nobody_was_asked_there_is_nothing_to_prove(caller: Caller, order_id: str) -> None:
    proof = {"challenge_id": "x"}
    answer = pay(caller, order_id, proof)

    assert (answer.status, answer.body["type"].rpartition(":")[2]) == (409, "no_challenge")
    asked = {"order_id": order_id, "action": "authenticate", "threedsecure": {}}
    assert caller.call("order.threedsecure2_process", asked).status == 409
    assert held(caller) is None


def test_another_card_ends_the_challenge(caller: Caller, order_id: str) -> None:
    challenge = submit(caller, order_id).body
    caller.call("order.update", {"order_id": order_id, "info": {"cc_token": "tok_approve"}})

    assert pay(caller, order_id, challenge).status == 402
    assert state(caller) is TransactionState.VOIDED
    assert submit(caller, order_id).status == 200


def test_a_canceled_order_is_not_paid(caller: Caller, order_id: str) -> None:
    challenge = submit(caller, order_id).body
    caller.call("order.cancel", {"order_id": order_id})

    assert pay(caller, order_id, challenge).body["type"].endswith("order_is_final")
    assert state(caller) is TransactionState.NEEDS_AUTHENTICATION  # the cancel's own undo gives it up


def test_a_provider_that_does_not_answer_is_asked_again_later(
    caller: Caller, order_id: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    submit(caller, order_id)

    def unreachable(key: str) -> None:
        raise GatewayUnavailableError(key)

    monkeypatch.setattr(sandbox_of(caller), "find", unreachable)
    asked = {"order_id": order_id, "action": "authenticate", "threedsecure": {}}
    answer = caller.call("order.threedsecure2_process", asked)

    assert (answer.status, answer.body["type"].rpartition(":")[2]) == (503, "gateway_busy")
    assert answer.headers["Retry-After"] == "10"
    assert "ask again" in answer.body["detail"]


@pytest.mark.parametrize(
    "address",
    [
        "http://shop.example/back",
        "//shop.example/back",
        "javascript:alert(1)",
        "https://",
        "https:///back",
        "https://user@shop.example/",
        "https://shop.example\\@other.example/",
        "https://shop.example/back#part",
        "https://shop.example:port/",
        "https://[shop.example/",
        "https://shop.example/a b",
        "http://localhost.shop.example/",
        "https://shop.example/" + "a" * 1_000,
    ],
)
def test_a_way_back_that_is_no_page_is_refused_before_anything_is_held(
    caller: Caller, order_id: str, address: str
) -> None:
    refused = caller.call("order.submit", {"order_id": order_id, "return_to": address})

    assert (refused.status, refused.body["errors"][0]["field"]) == (400, "return_to")
    assert held(caller) is None


@pytest.mark.parametrize(
    "address", ["https://shop.example/back?cart=7", "http://localhost:8080/back", "http://127.0.0.1/", ""]
)
def test_a_way_back_is_handed_to_the_gateway(
    caller: Caller, order_id: str, address: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    gateway, given = sandbox_of(caller), list[Payer]()
    authorize = gateway.authorize

    def watched(*, payer: Payer, **asked: Any) -> Transaction:
        given.append(payer)
        return authorize(payer=payer, **asked)

    monkeypatch.setattr(gateway, "authorize", watched)
    asked = caller.call("order.submit", {"order_id": order_id, "return_to": address})

    assert (asked.status, asked.body["type"].rpartition(":")[2]) == (402, "authentication_required")
    assert given == [Payer(return_to=address)]


def test_a_buyer_who_is_not_there_is_declined_by_a_bank_that_asks(caller: Caller, order_id: str) -> None:
    refused = caller.call("order.submit", {"order_id": order_id, "payer_present": "0"})

    assert (refused.status, refused.body["type"].rpartition(":")[2]) == (402, "payment_refused")
    assert "confirm the payment" in refused.body["detail"]
    assert held(caller) is None
