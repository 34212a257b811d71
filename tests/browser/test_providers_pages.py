"""Buyers who leave for a payment provider's page, in Chromium: they pay there, do not, are declined, or never come back.

The pages are those of the providers' stand-ins, on another origin than the form's, as the real ones are.
"""

from collections.abc import Iterator

import pytest
from mypy_boto3_dynamodb.client import DynamoDBClient
from playwright.sync_api import expect

from lambdas.forms.shop import Shop as Forms
from lambdas.orders.model.order import Order
from lambdas.records.table import RecordTable
from lambdas.webhooks import certificates
from tests.browser.served_forms import ServedForms, served
from tests.browser.walk import Walk
from tests.stand_ins.conftest import Clock
from tests.stand_ins.paypal.server import PayPalStandIn
from tests.stand_ins.stripe.server import StripeStandIn
from tests.stand_ins.stripe_gateway import Shop
from tests.stand_ins.through_paypal.shop import PayPalShop
from tests.stand_ins.through_paypal.test_forms import paypal_forms
from tests.stand_ins.through_paypal.test_webhooks import CERTIFICATE
from tests.stand_ins.through_paypal.test_webhooks import Post as PayPalPost
from tests.stand_ins.through_stripe.test_authentication import forms as stripe_forms
from tests.stand_ins.webhooks.post import Post as StripePost
from tests.unit.conftest import _no_account, dynamodb, dynamodb_client, records

__all__ = ["_no_account", "dynamodb", "dynamodb_client", "records"]


@pytest.fixture
def provider(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def paypal(records: RecordTable) -> Iterator[PayPalShop]:
    clock = Clock()
    with PayPalStandIn(clock) as stand_in:
        yield PayPalShop(stand_in, clock, records)


@pytest.fixture
def stripe(records: RecordTable) -> Iterator[Shop]:
    clock = Clock()
    with StripeStandIn(clock) as stand_in:
        yield Shop(stand_in, clock, records)


@pytest.fixture
def forms(provider: str, dynamodb: DynamoDBClient, request: pytest.FixtureRequest) -> Forms:
    """Of an installation that is paid by this provider."""
    if provider == "paypal":
        return paypal_forms(dynamodb, request.getfixturevalue("paypal"))
    made: Forms = next(stripe_forms.__wrapped__(dynamodb, request.getfixturevalue("stripe")))  # type: ignore[attr-defined]
    return made


@pytest.fixture
def pages(forms: Forms) -> Iterator[ServedForms]:
    with served(forms) as pages:
        yield pages


@pytest.fixture
def url(pages: ServedForms) -> str:
    return pages.url


by_paypal = pytest.mark.parametrize("provider", ["paypal"], indirect=True)
by_stripe = pytest.mark.parametrize("provider", ["stripe"], indirect=True)


def order_of(forms: Forms, order_id: str = "1001") -> Order:
    return forms.service.get(order_id=order_id)


def to_paypal(walk: Walk) -> Walk:
    walk.to_payment().agree().page.get_by_label("Pay by PayPal").check()
    return walk.order().on("Pay with PayPal")


def press(walk: Walk, name: str) -> None:
    walk.page.get_by_role("button", name=name, exact=True).click()


def press_and_lose_the_return(walk: Walk, pages: ServedForms, name: str) -> None:
    """The line breaks when the provider sends the browser back."""
    pages.lost = "/return"
    with walk.page.expect_event("requestfailed", lambda request: "/return" in request.url):
        press(walk, name)
    pages.lost = None


@by_paypal
def test_a_buyer_approves_at_paypal_and_has_ordered(walk: Walk, forms: Forms, paypal: PayPalShop) -> None:
    press(to_paypal(walk), "Pay")

    assert walk.ordered() == order_of(forms).reference
    assert len(paypal.holds()) == 1
    expect(walk.page.get_by_text("is reserved at PayPal")).to_be_visible()


@by_paypal
def test_who_abandons_paypal_finds_the_last_page_as_it_was_and_pays_then(
    walk: Walk, forms: Forms, paypal: PayPalShop
) -> None:
    press(to_paypal(walk), "Cancel and return")
    walk.at("payment")
    expect(walk.page.get_by_text("came back from PayPal without paying")).to_be_visible()
    expect(walk.page.get_by_label("Pay by PayPal")).to_be_checked()
    assert (order_of(forms).is_lead, paypal.holds()) == (True, [])

    press(walk.order().on("Pay with PayPal"), "Pay")
    walk.ordered()
    assert len(paypal.holds()) == 1


@by_paypal
def test_a_declined_instrument_at_paypal_is_explained(walk: Walk, forms: Forms, paypal: PayPalShop) -> None:
    press(to_paypal(walk), "Pay with a card that is declined")
    walk.at("payment")

    expect(walk.page.get_by_text("another one can be chosen")).to_be_visible()
    assert (order_of(forms).is_lead, paypal.holds()) == (True, [])


@by_paypal
def test_whose_return_from_paypal_is_lost_has_ordered_by_its_webhook(
    walk: Walk, pages: ServedForms, forms: Forms, paypal: PayPalShop, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(certificates, "fetched", lambda url: CERTIFICATE)
    post = PayPalPost(paypal, forms)
    to_paypal(walk)
    press_and_lose_the_return(walk, pages, "Pay")
    assert set(post.deliver()) == {200}
    post.work()

    assert (order_of(forms).is_lead, order_of(forms).changed_by) == (False, "webhook:paypal")
    assert walk.open("/forms/hosting/payment").ordered() == order_of(forms).reference
    assert len(paypal.holds()) == 1


def to_stripe(walk: Walk) -> Walk:
    walk.agree().page.get_by_label("Pay by card").check()
    press(walk, "Continue to enter your card")
    return walk.on("Save a payment method")


@by_stripe
def test_a_card_declined_on_stripes_page_stays_there_and_another_one_orders(
    walk: Walk, forms: Forms, stripe: Shop
) -> None:
    press(to_stripe(walk.to_payment()), "pm_card_visa_chargeDeclined")
    expect(walk.page.get_by_role("alert")).to_contain_text("declined")
    press(walk, "Back")
    walk.at("payment")
    assert order_of(forms).is_lead

    press(to_stripe(walk), "pm_card_visa")
    assert walk.at("payment").order().ordered() == order_of(forms).reference
    assert [each["status"] for each in stripe.booked("pi")] == ["requires_capture"]


@by_stripe
def test_whose_return_from_the_banks_page_is_lost_has_ordered_by_stripes_webhook(
    walk: Walk, pages: ServedForms, forms: Forms, stripe: Shop
) -> None:
    post = StripePost(stripe, forms)
    press(to_stripe(walk.to_payment()), "pm_card_threeDSecure2Required")
    walk.at("payment").order()
    press_and_lose_the_return(walk, pages, "Complete")
    post.deliver()
    post.work()

    assert (order_of(forms).is_lead, order_of(forms).changed_by) == (False, "webhook:stripe")
    assert walk.open("/forms/hosting/payment").ordered() == order_of(forms).reference
    assert [each["status"] for each in stripe.booked("pi")] == ["requires_capture"]
