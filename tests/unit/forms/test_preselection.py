"""Links that choose a plan, a period and a coupon: what is unknown is left out in plain words, and never an error."""

from dataclasses import replace
from urllib.parse import urlencode

import pytest
from mypy_boto3_dynamodb.client import DynamoDBClient

from lambdas.catalog.coupon import Coupon, Discount
from lambdas.forms.fields.packs import CouponField
from lambdas.forms.session.coupon_guesses import OF_SOURCE
from lambdas.forms.shop import Shop
from lambdas.records.coupons.coupon import CouponRecords
from lambdas.records.table import RecordTable
from tests.unit.forms.browser import Browser, Page
from tests.unit.forms.conftest import the_order_id

NO_PLAN = "Your link names a plan that this form does not offer."
NO_PERIOD = "Your link names a billing period that this form does not offer."
NO_CODE = "The coupon code of your link was left out"
NASTY = '"><script>alert(1)</script>'


@pytest.fixture(autouse=True)
def _coupon(records: RecordTable) -> None:
    CouponRecords(records).add(Coupon(coupon_code="TENTH", class_id=1, discount=Discount(value=1_000)))


def opened(browser: Browser, form: str = "hosting", **asked: str) -> Page:
    return browser.open(f"/forms/{form}?{urlencode(asked)}")


@pytest.mark.parametrize(
    ("asked", "chosen"),
    [
        ({"plan": "1", "period": "12"}, "1:12"),
        ({"plan": "web-basic", "period": "1"}, "1:1"),
        ({"plan": "web-basic"}, "1:1"),
        ({"period": "12"}, "1:12"),
        ({"plan": " 1 ", "period": "12 ", "utm_source": "mail"}, "1:12"),
    ],
)
def test_a_link_chooses_plan_and_period(browser: Browser, asked: dict[str, str], chosen: str) -> None:
    page = opened(browser, **asked)

    assert (page.status, page.inputs["plan"]) == (200, chosen)
    assert "Your link" not in page.text
    assert "First charge" in page.text  # the price is that of the choice


@pytest.mark.parametrize(
    ("asked", "chosen", "note"),
    [
        ({"plan": "77"}, None, NO_PLAN),
        ({"plan": "2"}, None, NO_PLAN),  # sold, by another form
        ({"plan": NASTY, "period": NASTY, "coupon": NASTY}, None, NO_PLAN),
        ({"plan": "1", "period": "7"}, "1:1", NO_PERIOD),
        ({"period": "-1"}, None, NO_PERIOD),
        ({"plan": "1" * 5_000}, None, NO_PLAN),
        ({"plan": "1", "coupon": "NOPE"}, "1:1", NO_CODE),
        ({"plan": "1", "coupon": "x" * 65}, "1:1", NO_CODE),
        ({"plan": "\x00\ud7ff"}, None, NO_PLAN),
    ],
)
def test_what_is_unknown_is_left_out_in_plain_words(
    browser: Browser, asked: dict[str, str], chosen: str | None, note: str
) -> None:
    page = opened(browser, **asked)

    assert (page.status, page.inputs.get("plan")) == (200, chosen)
    assert note in page.text
    assert 'role="alert"' not in page.body
    assert "<script>alert" not in page.body


def test_nothing_is_saved_by_opening_a_link(browser: Browser, dynamodb: DynamoDBClient) -> None:
    opened(browser, plan="1", period="12", coupon="TENTH")

    assert dynamodb.scan(TableName="orders")["Count"] == 0


def test_the_coupon_of_a_link_counts_from_the_first_page_on(browser: Browser, shop: Shop) -> None:
    page = opened(browser, plan="1", period="12", coupon="tenth")
    assert "$89.10" in page.text
    price = browser.post("/forms/hosting/price?page=plan", {**page.inputs, "plan": "1:1"})
    assert "$8.95" in price.body or "$8.96" in price.body

    browser.page = page
    again = browser.send(email="not an address")
    assert (again.status, "$89.10" in again.text) == (422, True)
    browser.send(email="ada@example.com")
    order = shop.service.get(order_id=the_order_id(browser, shop))
    assert (order.info["coupon"], order.total_cents) == ("tenth", 8910)


def test_a_link_shows_its_choice_in_an_order_that_is_begun_and_saves_it_with_the_page(
    browser: Browser, shop: Shop
) -> None:
    opened(browser)
    browser.send(plan="1:1", email="ada@example.com")
    page = opened(browser, plan="1", period="12")

    assert (page.inputs["plan"], page.inputs["email"]) == ("1:12", "ada@example.com")
    assert shop.service.get(order_id=the_order_id(browser, shop)).info["pack1"]["period"] == 1
    browser.send()
    assert shop.service.get(order_id=the_order_id(browser, shop)).info["pack1"]["period"] == 12


def test_codes_of_links_are_counted_as_guesses_and_are_no_error_page(browser: Browser) -> None:
    for number in range(OF_SOURCE.most + 1):
        page = opened(browser, plan="1", coupon=f"GUESS{number}")

    assert (page.status, "too many codes were tried" in page.text) == (200, True)
    assert "too many codes" in opened(browser, plan="1", coupon="TENTH").text


def test_search_engines_list_what_is_the_same_for_everybody_alone(browser: Browser) -> None:
    for path in ("/", "/forms/hosting"):
        page = browser.ask("GET", path)
        assert "X-Robots-Tag" not in page.headers, path
        assert '<meta name="description" content="' in page.body
        assert '<link rel="canonical" href="/' in page.body
    assert "Web hosting with daily backups" in browser.ask("GET", "/").text  # what each form is for, beside its name
    for path in ("/forms/hosting?plan=1", "/forms/hosting/resume", "/orders/nothing"):
        assert browser.open(path).headers["X-Robots-Tag"] == "noindex", path
    browser.open("/forms/hosting")
    browser.send(plan="1:12", email="ada@example.com")
    for path in ("/forms/hosting", "/forms/hosting/extras"):
        assert browser.open(path).headers["X-Robots-Tag"] == "noindex", path


def test_robots_may_draw_the_pages_that_they_list(browser: Browser) -> None:
    assert "Allow: /forms/static/" in browser.ask("GET", "/robots.txt").body.splitlines()


def test_the_coupon_of_a_link_stands_in_the_field_of_a_first_page_that_asks_for_one(shop: Shop) -> None:
    form = shop.forms["hosting"]
    asks = CouponField(kind="coupon", name="code", label="Coupon code")
    first = form.first.model_copy(update={"fields": (*form.first.fields, asks)})
    last = form.last.model_copy(update={"fields": form.last.fields[1:]})
    early = form.model_copy(update={"pages": (first, *form.pages[1:-1], last)})
    browser = Browser(replace(shop, forms={"hosting": early}))

    page = opened(browser, plan="1", period="12", coupon="tenth")
    assert (page.inputs["code"], "$89.10" in page.text) == ("tenth", True)

    browser.send(email="ada@example.com")
    assert shop.service.get(order_id=the_order_id(browser, shop)).total_cents == 8910
