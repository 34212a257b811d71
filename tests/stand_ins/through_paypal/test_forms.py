"""A buyer who pays by PayPal: from the order form to PayPal's page and back, or not back at all."""

from collections.abc import Iterator

import pytest
from mypy_boto3_dynamodb.client import DynamoDBClient

from lambdas.forms.shop import Shop as Forms
from lambdas.orders.model.order import Order
from lambdas.payments.gateway import TransactionState
from lambdas.payments.several.choice import SINGLE
from lambdas.payments.several.pages import PagesOfStage
from tests.stand_ins.paypal.payments import CANCELED, DECLINED
from tests.stand_ins.stripe.faults import Fault
from tests.stand_ins.through_paypal.shop import PayPalShop, answered
from tests.unit.forms.browser import HOST, Browser, Page
from tests.unit.forms.conftest import KeptLinkRequests, the_order_id, to_payment
from tests.unit.forms.conftest import shop as forms_shop


@pytest.fixture
def forms(dynamodb: DynamoDBClient, paypal: PayPalShop) -> Iterator[Forms]:
    """The order forms of an installation that is paid by PayPal."""
    yield paypal_forms(dynamodb, paypal)


def paypal_forms(dynamodb: DynamoDBClient, paypal: PayPalShop) -> Forms:
    function = forms_shop.__wrapped__  # type: ignore[attr-defined]
    made: Forms = function(dynamodb, paypal.records, lambda: int(paypal.clock()), paypal.gateway, KeptLinkRequests())
    form = made.forms["hosting"]
    last = form.last.changed(payment=("paypal", "account"))
    object.__setattr__(made, "forms", {**made.forms, "hosting": form.changed(pages=(*form.pages[:-1], last))})
    object.__setattr__(made, "hosted", PagesOfStage(SINGLE, lambda _: paypal.pages))
    return made


@pytest.fixture
def browser(forms: Forms) -> Browser:
    return Browser(forms)


def ordered(browser: Browser) -> Page:
    """The answer to the order of somebody who pays by PayPal."""
    to_payment(browser)
    return browser.send(terms="1", terms_signature="Ada Lovelace", payment="paypal")


def local(address: str) -> str:
    """The path of an address of ours."""
    assert address.startswith(f"https://{HOST}/forms/")
    return address.removeprefix(f"https://{HOST}")


def order_of(browser: Browser, forms: Forms) -> Order:
    return forms.service.get(order_id=the_order_id(browser, forms))


def test_a_buyer_approves_at_paypal_and_comes_back_with_a_submitted_order(
    browser: Browser, forms: Forms, paypal: PayPalShop
) -> None:
    asked = ordered(browser).headers["Location"]
    assert asked.startswith(f"{paypal.stand_in.url}/checkoutnow?token=")
    assert paypal.holds() == []
    page = browser.open(local(answered(asked)))

    order = order_of(browser, forms)
    assert page.path.startswith("/orders/")
    assert order.hold is not None
    assert (order.hold.method, order.hold.gateway, order.hold.captured) == ("paypal", "paypal", False)
    assert [each["id"] for each in paypal.holds()] == [order.hold.ids.authorization]
    assert "is reserved at PayPal" in page.text


def test_a_buyer_who_cancels_at_paypal_is_not_declined_and_pays_on_the_second_try(
    browser: Browser, forms: Forms, paypal: PayPalShop
) -> None:
    page = browser.open(local(answered(ordered(browser).headers["Location"], CANCELED)))
    order = order_of(browser, forms)
    assert page.path == "/forms/hosting/payment"
    assert "came back from PayPal without paying" in page.text
    assert (order.is_lead, order.attempt, order.declined_at) == (True, None, ())
    assert order.info["paypal_token"] == "approval"

    again = browser.send()
    browser.open(local(answered(again.headers["Location"])))
    assert not order_of(browser, forms).is_lead
    assert len(paypal.holds()) == 1


def test_a_buyer_who_goes_away_holds_nothing_and_may_come_back_another_day(
    browser: Browser, forms: Forms, paypal: PayPalShop
) -> None:
    ordered(browser)
    paypal.clock.advance(seconds=4 * 3_600)
    browser.open("/forms/hosting/payment")
    browser.send()
    order = order_of(browser, forms)
    assert (order.is_lead, order.attempt, order.declined_at) == (True, None, ())
    assert paypal.holds() == []

    browser.open(local(answered(browser.send().headers["Location"])))
    assert not order_of(browser, forms).is_lead


def test_a_declined_instrument_is_told_and_counted(browser: Browser, forms: Forms, paypal: PayPalShop) -> None:
    page = browser.open(local(answered(ordered(browser).headers["Location"], DECLINED)))

    order = order_of(browser, forms)
    assert (page.path, order.is_lead, len(order.declined_at)) == ("/forms/hosting/payment", True, 1)
    assert "another one can be chosen" in page.text
    assert paypal.again(key=f"{order.known_as}:submit:authorize:1").state is TransactionState.VOIDED


def test_a_return_that_was_not_approved_is_not_believed(browser: Browser, forms: Forms, paypal: PayPalShop) -> None:
    asked = ordered(browser).headers["Location"]
    name = asked.partition("token=")[2]
    back = paypal.stand_in.books.orders[name]["_back"]["approved"]
    led = browser.ask("GET", f"{local(back)}&token={name}&PayerID=NOBODY")

    assert (led.status, led.headers["Location"]) == (303, asked)
    assert order_of(browser, forms).is_lead


def test_a_lost_answer_to_the_approval_is_looked_up(browser: Browser, forms: Forms, paypal: PayPalShop) -> None:
    asked = ordered(browser).headers["Location"]
    paypal.stand_in.api.faults.plan("POST /v2/checkout/orders/*/authorize", Fault.CUT_AFTER)
    page = browser.open(local(answered(asked)))
    assert page.path == "/forms/hosting/wait"
    paypal.clock.advance(seconds=60)
    browser.open("/forms/hosting/wait")
    browser.send()

    assert not order_of(browser, forms).is_lead
    assert len(paypal.holds()) == 1
