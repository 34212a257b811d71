"""The way through a form, page by page, and what becomes of it when it is left, repeated or raced."""

from mypy_boto3_dynamodb.client import DynamoDBClient

from lambdas.forms.shop import Shop
from lambdas.orders.model.order import Order
from lambdas.orders.model.steps import StepStatus
from lambdas.payments.sandbox import SandboxGateway
from tests.support.build import Clock, hold_key
from tests.unit.forms.browser import Browser
from tests.unit.forms.conftest import the_order_id, to_contact, to_payment, with_card


def order_of(browser: Browser, shop: Shop) -> Order:
    return shop.service.get(order_id=the_order_id(browser, shop))


def orders_written(dynamodb: DynamoDBClient) -> int:
    found = dynamodb.scan(
        TableName="orders", FilterExpression="sk = :o", ExpressionAttributeValues={":o": {"S": "order"}}
    )
    return found["Count"]


def test_the_order_exists_from_the_first_page_on(browser: Browser, shop: Shop) -> None:
    browser.open("/forms/hosting")
    browser.send(plan="1:12", email="ada@example.com")

    order = order_of(browser, shop)
    assert order.is_lead
    assert (order.order_queue_id, order.order_form_id, order.changed_by) == (1, 1, "form hosting")
    assert order.info == {
        "ip_address": "192.0.2.7",
        "email": "ada@example.com",
        "pack1": {"plan_id": "1", "period": 12},
    }


def test_a_page_with_one_good_field_makes_a_lead_of_it_and_says_what_is_missing(browser: Browser, shop: Shop) -> None:
    browser.open("/forms/hosting")
    page = browser.send(email="ada@example.com")

    assert (page.status, page.inputs["email"]) == (422, "ada@example.com")
    assert page.text.count("Select a plan") == 2  # summed up on top, and beside the field
    assert "#plan" in page.read.links
    assert order_of(browser, shop).info["email"] == "ada@example.com"


def test_a_first_page_without_anything_makes_nothing(browser: Browser, dynamodb: DynamoDBClient) -> None:
    browser.open("/forms/hosting")

    assert browser.send().status == 422
    assert orders_written(dynamodb) == 0


def test_the_whole_way_ends_with_money_held_and_the_status_page(
    browser: Browser, shop: Shop, gateway: SandboxGateway
) -> None:
    to_payment(browser)
    review = with_card(browser)
    assert review.inputs["payment"] == "entered"
    assert "Visa ending in 4242, expires 12/30" in review.text
    assert "First charge $99.00" in review.text

    status = browser.send()

    order = order_of(browser, shop)
    assert order.step_status is StepStatus.ORDINARY
    assert order.hold is not None
    assert order.hold.amount_cents == order.total_cents == 9900
    assert (order.signature, order.info["msa"]) == (
        "Ada Lovelace",
        {"terms-2026-11": "1", "signer": "Ada Lovelace"},
    )
    assert browser.went[-1].startswith("/orders/")
    assert f"Order {order.reference}" in status.text
    assert gateway.find(order.hold.key) is not None


def test_going_back_shows_what_was_typed(browser: Browser) -> None:
    to_payment(browser)

    assert browser.open("/forms/hosting/plan").inputs["plan"] == "1:12"
    assert browser.open("/forms/hosting/extras").inputs["site"] == "www.example.com"
    contact = browser.open("/forms/hosting/contact").inputs
    assert (contact["first"], contact["country"], contact["orders_as"]) == ("Ada", "GB", "person")


def test_nobody_gets_ahead_of_what_is_missing(browser: Browser) -> None:
    browser.open("/forms/hosting/payment")
    assert browser.went[-1] == "/forms/hosting/plan"

    to_contact(browser)
    browser.open("/forms/hosting/payment")
    assert browser.went[-1] == "/forms/hosting/contact"


def test_a_double_click_makes_one_order(browser: Browser, dynamodb: DynamoDBClient) -> None:
    first = browser.open("/forms/hosting")
    typed = {**first.inputs, "plan": "1:12", "email": "ada@example.com"}

    answers = [browser.post("/forms/hosting/plan", typed) for _ in range(2)]

    assert [answer.headers["Location"] for answer in answers] == ["/forms/hosting/extras"] * 2
    assert orders_written(dynamodb) == 1


def test_two_tabs_fill_one_order(browser: Browser, shop: Shop, dynamodb: DynamoDBClient) -> None:
    tab = browser.open("/forms/hosting").inputs
    other = browser.open("/forms/hosting").inputs
    browser.post("/forms/hosting/plan", {**tab, "plan": "1:1", "email": "ada@example.com"})
    browser.post("/forms/hosting/plan", {**other, "plan": "1:12", "email": "ada@example.org"})

    assert orders_written(dynamodb) == 1
    assert order_of(browser, shop).info["email"] == "ada@example.org"


def test_a_second_tab_whose_first_died_before_it_knew_the_order_finds_it(
    browser: Browser, shop: Shop, dynamodb: DynamoDBClient
) -> None:
    first = browser.open("/forms/hosting").inputs
    browser.post("/forms/hosting/plan", {**first, "plan": "1:1", "email": "ada@example.com"})
    link = shop.links.of_order(the_order_id(browser, shop))[0]
    dynamodb.delete_item(TableName="records", Key={"pk": {"S": f"link#{link.digest}"}, "sk": {"S": "link"}})

    browser.post("/forms/hosting/plan", {**first, "plan": "1:12", "email": "ada@example.com"})

    assert orders_written(dynamodb) == 1
    assert order_of(browser, shop).info["pack1"]["period"] == 12


def test_back_after_submit_shows_the_order_and_pays_nothing_again(browser: Browser, shop: Shop) -> None:
    to_payment(browser)
    review = with_card(browser)
    browser.send()
    submitted = order_of(browser, shop)

    again = browser.post("/forms/hosting/payment", review.inputs)
    assert again.headers["Location"].startswith("/orders/")
    browser.open("/forms/hosting")
    assert browser.went[-1].startswith("/orders/")
    late = browser.post("/forms/hosting/plan", {**review.inputs, "plan": "1:1", "email": "eve@example.com"})
    assert late.headers["Location"].startswith("/orders/")
    assert order_of(browser, shop) == submitted


def test_an_expired_lead_says_so_and_a_new_order_can_begin(browser: Browser, shop: Shop) -> None:
    review = to_payment(browser)
    first = order_of(browser, shop)
    shop.service.cancel(first, "expired")

    sent = browser.post("/forms/hosting/payment", {**review.inputs, "terms": "1", "payment": "account"})

    assert (sent.status, "Nothing was charged" in sent.text) == (410, True)
    assert "/forms/hosting/new" in sent.read.links
    browser.open("/forms/hosting/new")
    browser.send(plan="1:1", email="ada@example.com")
    assert order_of(browser, shop).order_id != first.order_id


def test_a_submit_that_expiry_overtakes_says_so_and_holds_nothing(
    browser: Browser, shop: Shop, gateway: SandboxGateway
) -> None:
    to_payment(browser)
    review = with_card(browser)
    order = order_of(browser, shop)
    authorize = gateway.authorize

    def expires_meanwhile(**asked: object) -> object:
        shop.service.cancel(shop.service.get(order_id=order.order_id), "expired")
        return authorize(**asked)  # type: ignore[arg-type]

    gateway.authorize = expires_meanwhile  # type: ignore[method-assign, assignment]
    sent = browser.post("/forms/hosting/payment", review.inputs)

    assert sent.status == 410
    payment = gateway.find(hold_key(order))
    assert payment is not None
    assert payment.state == "voided"


def test_a_submit_before_expiry_wins(browser: Browser, shop: Shop, clock: Clock) -> None:
    to_payment(browser)
    with_card(browser)
    clock.time += 29 * 86_400
    browser.send()

    assert order_of(browser, shop).step_status is StepStatus.ORDINARY


def test_a_domain_is_not_ordered_without_its_name(browser: Browser, shop: Shop) -> None:
    browser.open("/forms/hosting")
    browser.send(plan="1:12", email="ada@example.com")
    page = browser.send(domain="3:12", domain_name="")
    assert (page.status, "Enter the domain name to register" in page.text) == (422, True)

    page = browser.send(domain="3:12", domain_name="Example.com")

    assert page.path == "/forms/hosting/contact"
    assert shop.service.get(order_id=the_order_id(browser, shop)).info["pack2"]["desserv"] == "example.com"
