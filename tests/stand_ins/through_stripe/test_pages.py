"""Stripe's hosted page: a person enters a method there, and comes back to the visit that led there."""

from urllib.parse import parse_qs, urlsplit

import pytest
import requests

from lambdas.payments.gateway import TransactionState
from lambdas.payments.hosted_pages import HostedPage, NotEnteredError
from lambdas.payments.stripe.addresses import ORIGINS
from lambdas.payments.stripe.pages import StripePages
from tests.stand_ins.stripe.faults import Fault
from tests.stand_ins.stripe_gateway import Shop

BACK = "https://shop.example/default/payment/return"
STATE = "state-of-this-browser"
SESSIONS = "POST /v1/checkout/sessions"


def come_back(
    shop: Shop, choice: str, page: HostedPage = HostedPage.CARD, state: str = STATE, currency: str = "USD"
) -> dict[str, str]:
    """The query that a browser comes back with."""
    url = shop.pages.entry_url(page, back=BACK, state=state, currency=currency)
    answer = requests.post(url, data={"choice": choice}, allow_redirects=False, timeout=5)
    location = urlsplit(answer.headers["Location"])
    assert f"{location.scheme}://{location.netloc}{location.path}" == BACK
    return {name: values[0] for name, values in parse_qs(location.query).items()}


def test_a_card_is_entered_at_stripe_and_can_then_be_held(shop: Shop) -> None:
    answer = come_back(shop, "pm_card_visa")
    entered = shop.pages.entered(HostedPage.CARD, answer)
    token = entered.pop("cc_token")

    assert answer["state"] == STATE
    assert entered == {"payment_type": "cc", "cc_type": "Visa", "cc_num": "4242", "cc_expire": "1230"}
    assert shop.authorize(token=token).state is TransactionState.HELD
    assert shop.authorize(token=token, key="later").state is TransactionState.HELD


@pytest.mark.parametrize(
    ("currency", "choice", "known_by"),
    [
        ("USD", "pm_usBankAccount_success", {"ach_acct": "6789", "ach_bank": "STRIPE TEST BANK"}),
        ("EUR", "pm_success_de", {"ach_acct": "3000", "ach_bank": ""}),
    ],
)
def test_a_bank_account_is_entered_with_its_mandate_as_its_currency_is_debited(
    shop: Shop, currency: str, choice: str, known_by: dict[str, str]
) -> None:
    answer = come_back(shop, choice, HostedPage.BANK_ACCOUNT, currency=currency)
    entered = shop.pages.entered(HostedPage.BANK_ACCOUNT, answer)
    token = entered.pop("ach_token")

    mandate = shop.booked("mandate")[0]["id"]
    assert entered == {"payment_type": "ach", "ach_mandate": mandate, **known_by}
    assert shop.authorize(token=token, currency=currency).state is TransactionState.PENDING


def test_a_session_of_another_visit_enters_nothing(shop: Shop) -> None:
    theirs = come_back(shop, "pm_card_visa", state="state-of-another-browser")

    with pytest.raises(NotEnteredError, match="another visit"):
        shop.pages.entered(HostedPage.CARD, {**theirs, "state": STATE})


def test_a_card_is_no_answer_to_the_page_for_bank_accounts(shop: Shop) -> None:
    answer = come_back(shop, "pm_card_visa")

    with pytest.raises(NotEnteredError):
        shop.pages.entered(HostedPage.BANK_ACCOUNT, answer)


def test_coming_back_before_the_end_enters_nothing(shop: Shop) -> None:
    url = shop.pages.entry_url(HostedPage.CARD, back=BACK, state=STATE)
    session = urlsplit(url).path.rpartition("/")[2]

    with pytest.raises(NotEnteredError, match="without entering"):
        shop.pages.entered(HostedPage.CARD, {"state": STATE, "session": session})
    with pytest.raises(NotEnteredError, match="without entering"):
        shop.pages.entered(HostedPage.CARD, come_back(shop, "back"))


@pytest.mark.parametrize("session", ["", "cs_nobody", "pi_1", "cs_1/../../refunds", "cs_1?expand[]=customer", "cs_é"])
def test_a_session_that_is_none_enters_nothing(shop: Shop, session: str) -> None:
    with pytest.raises(NotEnteredError, match="could not be read"):
        shop.pages.entered(HostedPage.CARD, {"state": STATE, "session": session})


def test_a_card_number_in_the_address_is_refused_before_stripe_is_asked(shop: Shop) -> None:
    with pytest.raises(NotEnteredError, match="card number"):
        shop.pages.entered(HostedPage.CARD, {"state": STATE, "session": "4242424242424242"})
    assert shop.stand_in.api.calls == []


@pytest.mark.parametrize("fault", [Fault.CUT_AFTER, Fault.TOO_MANY, Fault.HTML_502_BEFORE])
def test_a_stripe_that_does_not_answer_is_said_so_and_can_be_tried_again(shop: Shop, fault: Fault) -> None:
    shop.stand_in.api.faults.plan(SESSIONS, fault)
    with pytest.raises(NotEnteredError, match="does not answer"):
        shop.pages.entry_url(HostedPage.CARD, back=BACK, state=STATE)
    answer = come_back(shop, "pm_card_visa")
    shop.stand_in.api.faults.plan("GET /v1/checkout/sessions/*", fault)
    with pytest.raises(NotEnteredError, match="does not answer"):
        shop.pages.entered(HostedPage.CARD, answer)

    assert shop.pages.entered(HostedPage.CARD, answer)["cc_num"] == "4242"


def test_each_visit_to_the_page_is_a_session_of_its_own(shop: Shop) -> None:
    first, second = come_back(shop, "pm_card_visa"), come_back(shop, "pm_card_mastercard")

    assert first["session"] != second["session"]
    assert shop.pages.entered(HostedPage.CARD, second)["cc_num"] == "4444"


def test_a_session_is_made_under_a_key_of_ours_and_tells_nothing_of_the_client(shop: Shop) -> None:
    come_back(shop, "pm_card_visa")
    (session,) = shop.booked("cs")

    assert shop.stand_in.api.calls[0].idempotency_key.startswith("checkout:")
    assert (session["metadata"], session.get("customer_email")) == ({}, None)


def test_the_bank_gets_its_way_back_when_the_payment_is_confirmed(shop: Shop) -> None:
    pages = StripePages(shop.calls)
    assert pages.challenge_url("https://hooks.stripe.com/x", back=BACK, state=STATE) == "https://hooks.stripe.com/x"
    assert shop.pages.proof({"payment_intent": "pi_1"}) == {"challenge_id": "pi_1"}
    assert pages.origins == ORIGINS
