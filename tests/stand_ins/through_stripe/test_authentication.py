"""A bank that asks at submit: the buyer goes from the order form to Stripe's page and back, and the payment is looked up."""

from collections.abc import Iterator
from urllib.parse import parse_qs, urlsplit

import pytest
import requests
from hypothesis import example, given
from hypothesis import strategies as st
from mypy_boto3_dynamodb.client import DynamoDBClient

from lambdas.forms.shop import Shop as Forms
from lambdas.orders.model.order import Order
from lambdas.orders.payment_ports import ABSENT, Payer
from lambdas.payments.gateway import DeclinedError, TransactionState
from lambdas.payments.hosted_pages import NotEnteredError, SandboxPages, is_page_of
from lambdas.payments.several.choice import SINGLE
from lambdas.payments.several.pages import PagesOfStage
from lambdas.payments.stripe.addresses import ORIGINS
from lambdas.payments.stripe.gateway import StripeGateway
from lambdas.payments.stripe.intents import Intents
from tests.stand_ins.stripe.faults import Fault
from tests.stand_ins.stripe_gateway import KEY, Shop
from tests.support.logs import logged
from tests.unit.forms.browser import HOST, Browser, Page
from tests.unit.forms.conftest import KeptLinkRequests, the_order_id, to_payment
from tests.unit.forms.conftest import shop as forms_shop

ASKS = "pm_card_threeDSecure2Required"
CONFIRM = "POST /v1/payment_intents/*/confirm"
BACK = Payer(return_to="https://shop.example/back?state=s")
ELSEWHERE = [
    "https://hooks.stripe.com.evil.example/x",
    "https://hooks.stripe.com@evil.example/x",
    "https://evil.example/https://hooks.stripe.com/",
    "https://hooks.stripe.com:8443/x",
    "https://hooks.stripe.com\\@evil.example/x",
    "https://hooks.stripe.com/x\r\nSet-Cookie: a=b",
    "http://hooks.stripe.com/x",
    "//hooks.stripe.com/x",
    "javascript:alert(1)",
    "https://[hooks.stripe.com/x",
    "",
]


@pytest.fixture
def forms(dynamodb: DynamoDBClient, shop: Shop) -> Iterator[Forms]:
    """The order forms of an installation that is paid by Stripe."""
    function = forms_shop.__wrapped__  # type: ignore[attr-defined]
    made: Forms = function(dynamodb, shop.records, lambda: int(shop.clock()), shop.gateway, KeptLinkRequests())
    object.__setattr__(made, "hosted", PagesOfStage(SINGLE, lambda _: shop.pages))
    yield made


@pytest.fixture
def browser(forms: Forms) -> Browser:
    return Browser(forms)


def on_page(address: str, choice: str) -> str:
    """What the person chooses on Stripe's page, and where that leads their browser."""
    led = requests.post(address, data={"choice": choice}, allow_redirects=False, timeout=5)
    return str(led.headers["Location"])


def ordered(browser: Browser, card: str = ASKS) -> Page:
    """The answer to the order of somebody who entered this card on Stripe's page."""
    to_payment(browser)
    led = browser.send(terms="1", terms_signature="Ada Lovelace", payment="enter:card")
    browser.open(local(on_page(led.headers["Location"], card)))
    return browser.send()


def local(address: str) -> str:
    """The path of an address of ours."""
    assert address.startswith(f"https://{HOST}/forms/")
    return address.removeprefix(f"https://{HOST}")


def order_of(browser: Browser, forms: Forms) -> Order:
    return forms.service.get(order_id=the_order_id(browser, forms))


def test_a_buyer_whose_bank_asks_goes_to_its_page_and_comes_back_with_a_submitted_order(
    browser: Browser, forms: Forms, shop: Shop, caplog: pytest.LogCaptureFixture
) -> None:
    asked = ordered(browser).headers["Location"]
    assert asked.startswith(f"{shop.stand_in.url}/pages/authenticate/")
    back = on_page(asked, "proved")
    page = browser.open(local(back))

    order = order_of(browser, forms)
    assert page.path.startswith("/orders/")
    assert order.hold is not None
    assert [each["status"] for each in shop.booked("ch")] == ["succeeded"]
    secret = parse_qs(urlsplit(back).query)["payment_intent_client_secret"][0]
    assert secret not in order.model_dump_json() + page.body + logged(caplog)


def test_a_buyer_who_fails_at_the_bank_may_pay_otherwise(browser: Browser, forms: Forms, shop: Shop) -> None:
    page = browser.open(local(on_page(ordered(browser).headers["Location"], "refused")))

    assert (page.path, "did not go through" in page.text) == ("/forms/hosting/payment", True)
    order = order_of(browser, forms)
    assert (order.is_lead, order.attempt, len(order.declined_at)) == (True, None, 1)
    assert shop.booked("ch") == []


def test_a_return_that_nobody_answered_is_not_believed(browser: Browser, forms: Forms, shop: Shop) -> None:
    asked = ordered(browser).headers["Location"]
    name = asked.rpartition("/")[2]
    redirect = shop.stand_in.books.get(name, "pi")["next_action"]["redirect_to_url"]["return_url"]
    led = browser.ask("GET", f"{local(redirect)}&payment_intent={name}&redirect_status=succeeded")

    assert (led.status, led.headers["Location"]) == (303, asked)
    assert order_of(browser, forms).is_lead
    assert shop.booked("ch") == []


def test_another_buyers_proved_payment_is_not_taken_for_mine(forms: Forms, shop: Shop) -> None:
    mine, theirs = Browser(forms), Browser(forms)
    asked = [ordered(each).headers["Location"] for each in (mine, theirs)]
    back = [on_page(asked[1], "proved")]
    page = mine.ask("GET", local(back[0]))  # with their state
    state = shop.stand_in.books.get(asked[0].rpartition("/")[2], "pi")["next_action"]["redirect_to_url"]["return_url"]
    again = mine.ask(
        "GET", f"{local(state)}&{urlsplit(back[0]).query.partition('&')[2]}"
    )  # with my state, their payment

    assert page.status == 400
    assert again.headers["Location"] == asked[0]
    assert order_of(mine, forms).is_lead


def test_a_lost_answer_to_confirming_leads_to_the_banks_page_all_the_same(
    browser: Browser, forms: Forms, shop: Shop
) -> None:
    shop.stand_in.api.faults.plan(CONFIRM, Fault.CUT_AFTER)
    shop.stand_in.api.faults.plan("GET /v1/payment_intents/*", Fault.CUT_BEFORE)
    assert ordered(browser).path == "/forms/hosting/wait"
    shop.clock.advance(seconds=60)
    browser.open("/forms/hosting/wait")
    led = browser.send()

    page = browser.open(local(on_page(led.headers["Location"], "proved")))
    assert page.path.startswith("/orders/")
    assert len(shop.booked("ch")) == 1


@pytest.mark.parametrize("address", ELSEWHERE)
def test_nobody_is_sent_to_an_address_that_is_not_the_gateways_or_ours(shop: Shop, address: str) -> None:
    assert not is_page_of(address, ORIGINS)
    with pytest.raises(NotEnteredError):
        shop.pages.challenge_url(address, back="https://shop.example/back", state="s")
    with pytest.raises(NotEnteredError):
        SandboxPages().challenge_url(address, back="https://shop.example/back", state="s")


def test_a_challenge_elsewhere_is_none_and_holds_nothing(shop: Shop) -> None:
    """The stand-in is not at an origin of Stripe's own, which this gateway would send people to alone."""
    careful = StripeGateway(shop.calls, Intents(shop.records), shop.clock)
    asked = {"key": KEY, "amount_cents": 2000, "currency": "USD", "order_id": "1001", "payer": BACK}
    found = careful.authorize(token=shop.token(ASKS), **asked)  # type: ignore[arg-type]

    assert (found.state, found.challenge) == (TransactionState.NEEDS_AUTHENTICATION, None)


@given(st.sampled_from(ORIGINS), st.text("/?#@\\:.ab\t\n", max_size=12))
@example(ORIGINS[0], "@b")
def test_what_is_accepted_has_a_host_of_stripes_for_every_reader(origin: str, rest: str) -> None:
    if is_page_of(origin + rest, ORIGINS):
        assert rest == "" or rest[0] in "/?#"


def test_a_payer_who_is_absent_is_declined_by_a_bank_that_asks(shop: Shop) -> None:
    with pytest.raises(DeclinedError, match="confirm the payment"):
        shop.authorize(ASKS, payer=ABSENT)

    assert shop.again().state is TransactionState.FAILED
    assert shop.authorize(key="other", payer=ABSENT).state is TransactionState.HELD
