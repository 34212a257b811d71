"""The last page: each outcome of a payment leads to a page that says what is so; one order, one hold."""

import pytest

from lambdas.forms.shop import Shop
from lambdas.orders.model.order import Order
from lambdas.orders.model.steps import StepStatus
from lambdas.orders.submit_request import CLAIM_SECONDS
from lambdas.payments.gateway import OutcomeUnknownError
from lambdas.payments.hosted_pages import NotEnteredError, SandboxPages
from lambdas.payments.sandbox import CHALLENGE_PATH, PROOF, SandboxGateway
from tests.support.build import Clock, hold_key
from tests.unit.forms.browser import Browser, provider_answers
from tests.unit.forms.conftest import CARD, the_order_id, to_payment, with_card

AGREED = {"terms": "1", "terms_signature": "Ada Lovelace"}


def order_of(browser: Browser, shop: Shop) -> Order:
    return shop.service.get(order_id=the_order_id(browser, shop))


def test_the_card_is_entered_on_the_provider_s_page(browser: Browser) -> None:
    to_payment(browser)
    led = browser.send(**AGREED, payment="enter:card")

    assert led.status == 303
    assert led.headers["Location"].startswith(
        "/sandbox/card?return=https%3A%2F%2Forders.example.com%2Fforms%2Fhosting%2Freturn"
    )


def test_a_provider_without_a_page_leads_back_with_the_reason(
    browser: Browser, shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object, **__: object) -> str:
        raise NotEnteredError("The payment page does not answer just now.")

    to_payment(browser)
    monkeypatch.setattr(SandboxPages, "entry_url", refuse)
    page = browser.send(**AGREED, payment="enter:card")

    assert page.path == "/forms/hosting/payment"
    assert "The payment page does not answer just now." in page.text
    assert page.inputs["terms_signature"] == "Ada Lovelace"


def test_a_decline_comes_back_to_the_payment_page_with_the_same_order_and_the_reason(
    browser: Browser, shop: Shop
) -> None:
    to_payment(browser)
    with_card(browser, "tok_decline")
    order_id = the_order_id(browser, shop)
    page = browser.send()

    assert page.path == "/forms/hosting/payment"
    assert "the card was declined by its bank. Nothing was charged." in page.text
    assert page.inputs["terms_signature"] == "Ada Lovelace"
    with_card(browser)
    assert "declined" not in browser.shown.text
    browser.send()
    order = order_of(browser, shop)
    assert (order.order_id, order.step_status, order.declines) == (order_id, StepStatus.ORDINARY, 1)


def test_an_unknown_outcome_says_not_to_pay_again_and_is_looked_up(
    browser: Browser, shop: Shop, gateway: SandboxGateway, clock: Clock
) -> None:
    to_payment(browser)
    with_card(browser, "tok_times_out")
    find = gateway.find
    gateway.find = _silent  # type: ignore[method-assign]
    page = browser.send()

    assert page.path == "/forms/hosting/wait"
    assert "Do not pay again." in page.text
    assert '<meta http-equiv="refresh" content="5">' in page.body
    assert browser.open("/forms/hosting/payment").path == "/forms/hosting/wait"
    gateway.find = find  # type: ignore[method-assign]
    clock.time += CLAIM_SECONDS + 1
    page = browser.open("/forms/hosting/wait")
    assert ("data-at-once" in page.body, order_of(browser, shop).is_lead) == (True, True)  # a look asks nobody
    assert browser.send().path.startswith("/orders/")
    order = order_of(browser, shop)
    assert order.hold is not None
    assert (order.hold.key, order.hold.amount_cents) == (hold_key(order), 9900)


def _silent(key: str) -> None:
    raise OutcomeUnknownError


def test_a_second_click_while_the_first_is_under_way_waits_for_it(
    browser: Browser, shop: Shop, gateway: SandboxGateway
) -> None:
    to_payment(browser)
    review = with_card(browser)
    authorize, seen = gateway.authorize, []

    def clicked_again(**asked: object) -> object:
        seen.append(browser.post("/forms/hosting/payment", review.inputs).headers["Location"])
        return authorize(**asked)  # type: ignore[arg-type]

    gateway.authorize = clicked_again  # type: ignore[method-assign, assignment]
    sent = browser.post("/forms/hosting/payment", review.inputs)

    assert seen == ["/forms/hosting/wait"]
    assert sent.headers["Location"].startswith("/orders/")
    assert order_of(browser, shop).declines == 0


def test_a_holder_who_is_asked_goes_to_the_bank_and_comes_back_submitted(browser: Browser, shop: Shop) -> None:
    to_payment(browser)
    with_card(browser, "tok_sca")
    led = browser.send()
    assert led.headers["Location"].startswith(f"{CHALLENGE_PATH}sbc_")

    challenge = led.headers["Location"].partition("?")[0].rpartition("/")[2]
    page = browser.open(provider_answers(led, challenge_id=challenge, proof=PROOF))

    assert page.path.startswith("/orders/")
    assert order_of(browser, shop).hold is not None


def test_a_holder_who_fails_comes_back_to_the_payment_page(browser: Browser, shop: Shop) -> None:
    to_payment(browser)
    with_card(browser, "tok_sca")
    led = browser.send()
    challenge = led.headers["Location"].partition("?")[0].rpartition("/")[2]
    page = browser.open(provider_answers(led, challenge_id=challenge, proof="no"))

    assert (page.path, "could not confirm" in page.text) == ("/forms/hosting/payment", True)
    assert order_of(browser, shop).is_lead


def test_an_answer_for_another_browser_is_refused(browser: Browser, shop: Shop) -> None:
    to_payment(browser)
    led = browser.send(**AGREED, payment="enter:card")
    other = Browser(shop)
    to_payment(other)
    page = other.open(provider_answers(led, token="tok_approve", **CARD))

    assert page.status == 400
    assert "cc_token" not in order_of(other, shop).info


@pytest.mark.parametrize(
    "answer", [{"canceled": "1"}, {"token": "<script>"}, {"token": "tok_approve", "last_four": "4242424242424242"}]
)
def test_an_answer_without_a_method_leads_back_and_writes_nothing(
    browser: Browser, shop: Shop, answer: dict[str, str]
) -> None:
    to_payment(browser)
    led = browser.send(**AGREED, payment="enter:card")
    page = browser.open(provider_answers(led, **answer))

    assert page.path == "/forms/hosting/payment"
    assert 'role="alert"' in page.body
    assert "cc_token" not in order_of(browser, shop).info


def test_the_agreement_comes_before_the_money(browser: Browser) -> None:
    to_payment(browser)
    page = browser.send(payment="enter:card")

    assert (page.status, page.inputs["payment"]) == (422, "enter:card")
    assert "Tick the box" in page.text


def test_a_way_to_pay_that_is_not_offered_is_refused(browser: Browser) -> None:
    to_payment(browser)

    for payment in ("enter:bank_account", "stored:1", "entered", ""):
        page = browser.send(**AGREED, payment=payment)
        assert (page.status, "Select how you want to pay" in page.text) == (422, True)
