"""A test number becomes a token that does what the number says, and the number itself is nowhere."""

from typing import Any

import pytest

from lambdas.orders.card_numbers.numbers import has_card_number
from lambdas.payments.gateway import DeclinedError, Transaction, TransactionState
from lambdas.payments.hosted_pages import HostedPage, SandboxPages
from lambdas.payments.sandbox import SandboxGateway
from lambdas.records.table import RecordTable
from lambdas.sandbox_provider.test_numbers import ACCOUNTS, CARDS, ROUTING_NUMBER
from tests.support.logs import logged_words
from tests.unit.sandbox_provider.conftest import CARD, SHOP, Visitor


def authorized(gateway: SandboxGateway, token: str, key: str = "k") -> Transaction:
    return gateway.authorize(key=key, token=token, amount_cents=995, currency="USD", order_id="1001")


def scanned(records: RecordTable) -> list[dict[str, Any]]:
    return [dict(item) for item in records.client.scan(TableName=records.name)["Items"]]


def made(records: RecordTable) -> list[str]:
    """The keys of all tokens that were made."""
    return [item["pk"]["S"] for item in scanned(records) if item["sk"]["S"] == "method"]


@pytest.mark.parametrize("number", CARDS)
def test_every_number_of_the_list_is_a_card_number_and_does_as_its_token_does(
    visitor: Visitor, gateway: SandboxGateway, number: str
) -> None:
    assert has_card_number(number)
    answer = visitor.sends("card", {**CARD, "number": number}).back
    assert answer["last_four"] == number[-4:]
    assert answer["brand"] == CARDS[number].brand

    def outcome(token: str, key: str) -> str:
        try:
            return authorized(gateway, token, key).state.value
        except DeclinedError as declined:
            return str(declined)

    assert outcome(answer["token"], "a") == outcome(CARDS[number].behaves_as, "b")


def test_what_comes_back_is_what_a_form_reads(visitor: Visitor) -> None:
    answer = visitor.sends("card", CARD).back

    assert answer["state"] == SHOP["state"]
    assert SandboxPages().entered(HostedPage.CARD, answer) == {
        "payment_type": "cc",
        "cc_token": answer["token"],
        "cc_type": "Visa",
        "cc_num": "4242",
        "cc_expire": "1234",
    }


@pytest.mark.parametrize("number", ACCOUNTS)
def test_bank_accounts_pay_or_say_why_not(visitor: Visitor, gateway: SandboxGateway, number: str) -> None:
    answer = visitor.sends("bank_account", {"routing": ROUTING_NUMBER, "number": number}).back
    entered = SandboxPages().entered(HostedPage.BANK_ACCOUNT, answer)
    assert (entered["payment_type"], entered["ach_acct"]) == ("ach", number[-4:])

    if ACCOUNTS[number].behaves_as == "ach_approve":
        assert authorized(gateway, answer["token"]).state is TransactionState.CAPTURED
    else:
        with pytest.raises(DeclinedError, match="account"):
            authorized(gateway, answer["token"])


def test_two_tokens_of_one_card_have_one_fingerprint_and_tokens_of_two_cards_have_two(
    visitor: Visitor, gateway: SandboxGateway
) -> None:
    typed = (CARD, {**CARD, "number": "4242-4242-4242-4242"}, {**CARD, "number": "5555555555554444"})
    tokens = [visitor.sends("card", each).back["token"] for each in typed]
    first, same, other = (gateway.fingerprint(token) for token in tokens)

    assert len({*tokens}) == 3
    assert first == same != other


def test_the_number_and_the_code_are_neither_kept_nor_logged_nor_shown_again(
    visitor: Visitor, records: RecordTable, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("INFO")
    typed = {"number": "5555 5555 5555 4444", "expiry": "12/34", "code": "7391"}
    entered, wrong = visitor.sends("card", typed), visitor.sends("card", {**typed, "expiry": "01/20"})

    said = logged_words(caplog)
    kept = [next(iter(value.values())) for item in scanned(records) for value in item.values()]
    assert "provider answered" in said
    assert "5555555555554444" not in " ".join([*said, *map(str, kept), str(entered.headers)]).replace(" ", "")
    assert "7391" not in [*said, *kept, *entered.back.values()]
    assert 'value="7391"' not in wrong.body
    assert 'value="5' not in wrong.body


WRONG = [
    ("number", "4111 1111 1111 1111", "Enter a test card"),  # a card number that is on no list
    ("number", "4242 4242 4242 4241", "Enter a card number"),
    ("number", "", "Enter a card number"),
    ("expiry", "13/34", "in which the card expires"),
    ("expiry", "12/26", "in which the card expires"),  # the month before now
    ("expiry", "12/99", "in which the card expires"),
    ("code", "12", "security code"),
    ("code", "abc", "security code"),
]


@pytest.mark.parametrize(("name", "value", "said"), WRONG)
def test_what_is_wrong_is_said_beside_its_input_and_nothing_is_kept(
    visitor: Visitor, records: RecordTable, name: str, value: str, said: str
) -> None:
    shown = visitor.sends("card", {**CARD, name: value})

    assert shown.status == 422
    assert said in shown.body
    assert f'id="{name}-error"' in shown.body
    assert f'aria-describedby="{name}-help {name}-error" aria-invalid="true"' in shown.body
    assert made(records) == []


def test_a_card_is_valid_to_the_end_of_its_month(visitor: Visitor) -> None:
    assert visitor.sends("card", {**CARD, "expiry": "1/2027"}).back["expiry"] == "0127"


def test_going_back_enters_nothing(visitor: Visitor, records: RecordTable) -> None:
    assert visitor.sends("card", {"cancel": "1"}).back == {"state": "s-1", "canceled": "1"}
    assert made(records) == []


def test_a_token_nobody_made_is_unknown(gateway: SandboxGateway) -> None:
    with pytest.raises(DeclinedError, match="does not know this payment token"):
        authorized(gateway, "tok_sb_made_up")
