"""The provider's pages: where they lead back to, how they are kept from misuse, and the card holder's confirmation."""

import re

import pytest

from lambdas.payments.gateway import DeclinedError, Transaction, TransactionState
from lambdas.payments.hosted_pages import SandboxPages
from lambdas.payments.sandbox import CHALLENGE_SECONDS, SandboxGateway
from tests.support.build import Clock
from tests.unit.sandbox_provider.conftest import CARD, HOST, SHOP, Visitor

ELSEWHERE = [
    "https://evil.example.com/forms/hosting/return",
    f"http://{HOST}/forms/hosting/return",
    f"https://{HOST}@evil.example.com/forms/hosting/return",
    f"https://{HOST}.evil.example.com/forms/hosting/return",
    f"https://{HOST}/forms/../api/2.0",
    f"https://{HOST}/api/2.0",
    f"https://{HOST}/forms/hosting/return?next=https://evil.example.com",
    f"https://{HOST}/forms/hosting/return#x",
    f"https://{HOST}/forms/hosting\\..\\return",
    "//evil.example.com/forms/hosting/return",
    "/forms/hosting/return",
    "https://[/forms/hosting/return",
    "javascript:alert(1)",
    "",
]


@pytest.mark.parametrize("back", ELSEWHERE)
def test_it_leads_back_to_our_forms_and_nowhere_else(visitor: Visitor, back: str) -> None:
    for shown in (visitor.opens("card", **{"return": back}), visitor.sends("card", CARD, **{"return": back})):
        assert shown.status == 400
        assert "Location" not in shown.headers


@pytest.mark.parametrize("state", ["", "<script>", "a b", "x" * 201])
def test_a_state_that_no_form_makes_is_refused(visitor: Visitor, state: str) -> None:
    assert visitor.opens("card", state=state).status == 400


@pytest.mark.parametrize("page", ["card", "bank_account"])
def test_the_page_says_that_it_is_a_test_and_takes_the_number_in_a_body(visitor: Visitor, page: str) -> None:
    shown = visitor.opens(page)

    assert shown.status == 200
    assert "Test payment provider: no money moves here." in shown.body
    assert f'<form method="post" action="/sandbox/{page}"' in shown.body
    assert SHOP["return"] in shown.body


def test_nothing_runs_on_the_page_and_nobody_may_frame_it(visitor: Visitor) -> None:
    shown = visitor.opens("card")

    assert "<script" not in shown.body
    policy = shown.headers["Content-Security-Policy"]
    assert "script-src" not in policy
    assert policy.startswith("default-src 'none';")
    assert "style-src 'sha256-" in policy
    assert "frame-ancestors 'none'" in policy
    assert (shown.headers["Referrer-Policy"], shown.headers["Cache-Control"]) == ("no-referrer", "no-store")
    for name in re.findall(r'<input id="(\w+)"', shown.body):
        assert f'<label for="{name}">' in shown.body


@pytest.mark.parametrize("path", ["/sandbox/other", "/sandbox", "/elsewhere/card"])
def test_there_is_nothing_else(visitor: Visitor, path: str) -> None:
    assert visitor.ask("GET", path).status == 404


def asked(gateway: SandboxGateway, card: str = "tok_sca") -> Transaction:
    return gateway.authorize(key="k", token=card, amount_cents=9900, currency="USD", order_id="1001")


def page_of(transaction: Transaction) -> str:
    assert transaction.challenge
    return transaction.challenge.url.removeprefix("/sandbox/")


def proved(gateway: SandboxGateway, transaction: Transaction, answer: dict[str, str]) -> Transaction:
    proof = SandboxPages().proof(answer)
    return gateway.authenticate(key="a", transaction_id=transaction.transaction_id, proof=proof)


def test_a_holder_who_approves_has_proved_themselves(visitor: Visitor, gateway: SandboxGateway) -> None:
    transaction = asked(gateway)
    shown = visitor.opens(page_of(transaction))
    assert "Do you pay 99.00 USD?" in shown.body
    answer = visitor.sends(page_of(transaction), {"answer": "approve"}).back

    assert proved(gateway, transaction, answer).state is TransactionState.HELD


def test_a_holder_who_refuses_has_not(visitor: Visitor, gateway: SandboxGateway) -> None:
    transaction = asked(gateway)
    answer = visitor.sends(page_of(transaction), {"answer": "refuse"}).back

    with pytest.raises(DeclinedError, match="could not confirm"):
        proved(gateway, transaction, answer)


def test_a_card_may_be_declined_after_its_holder_approved(visitor: Visitor, gateway: SandboxGateway) -> None:
    transaction = asked(gateway, "tok_sca_declines")
    answer = visitor.sends(page_of(transaction), {"answer": "approve"}).back

    with pytest.raises(DeclinedError, match="declined by its bank"):
        proved(gateway, transaction, answer)
    assert (found := gateway.find("k")) is not None
    assert found.state is TransactionState.VOIDED


def test_a_confirmation_that_is_over_only_leads_back(visitor: Visitor, gateway: SandboxGateway, clock: Clock) -> None:
    transaction = asked(gateway)
    clock.time += CHALLENGE_SECONDS + 1
    shown = visitor.opens(page_of(transaction))

    assert "There is nothing left to confirm" in shown.body
    assert 'value="approve"' not in shown.body
    assert "Back to your order" in shown.body


def test_a_caller_of_the_api_is_told_what_to_send(visitor: Visitor, gateway: SandboxGateway) -> None:
    transaction = asked(gateway)
    shown = visitor.ask("POST", f"/sandbox/{page_of(transaction)}", {"answer": "approve"})

    assert shown.status == 200
    assert "order.threedsecure2_payment" in shown.body
    assert "proof_authenticated" in shown.body


@pytest.mark.parametrize("challenge", ["sbc_0", "sbc_", "other"])
def test_an_unknown_confirmation_is_not_there(visitor: Visitor, challenge: str) -> None:
    assert visitor.opens(f"challenge/{challenge}").status == 404


def test_a_key_of_another_record_is_no_confirmation(visitor: Visitor) -> None:
    token = visitor.sends("card", CARD).back["token"]

    assert visitor.opens(f"challenge/{token}").status == 404
