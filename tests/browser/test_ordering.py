"""People order: new clients and old ones, at once, later, elsewhere, and after a card was declined."""

from uuid import uuid4

from playwright.sync_api import expect

from tests.browser.conftest import NewWalk
from tests.browser.walk import ASKS_HOLDER, DECLINED, Walk
from tests.flow.conftest import Shop


def test_a_new_client_orders_and_sees_the_order_complete(walk: Walk, shop: Shop) -> None:
    walk.to_payment()
    expect(walk.page.locator(".total dd")).to_have_text("$99.00")
    order_id = shop.id_of(walk.with_card().order().ordered())

    order = shop.until_step(order_id, "complete")
    assert order["total"] == "99.00"
    expect(walk.page.get_by_role("heading", level=1)).to_have_text("Complete")  # nobody loads the page again
    expect(walk.page.get_by_text("Invoice number")).to_be_visible()
    expect(walk.page.get_by_text("Web Hosting Basic")).to_be_visible()
    walk.open().on("Complete").page.get_by_role("link", name="Place another order").click()
    walk.at("plan")


def test_the_price_follows_what_is_chosen_before_anything_is_sent(walk: Walk) -> None:
    walk.open().at("plan")
    total = walk.page.locator(".total dd")
    walk.page.get_by_text("a year").first.click()
    expect(total).to_have_text("$99.00")
    walk.page.get_by_text("a month").first.click()
    expect(total).to_have_text("$9.95")


def test_who_leaves_goes_on_with_the_mailed_link_on_another_device(new_walk: NewWalk, shop: Shop) -> None:
    desk, phone = new_walk(), new_walk(viewport={"width": 390, "height": 800}, has_touch=True)
    reference = desk.open().plan().at("extras").order_reference()
    order_id = shop.id_of(reference)
    link = shop.done("order.link_create", {"order_id": order_id})["url"]
    desk.page.close()

    phone.page.goto(link)
    phone.on(f"Continue order {reference}").page.get_by_role("button", name="Continue").click()
    phone.at("contact").contact()
    assert phone.order_reference() == reference
    assert phone.with_card().order().ordered() == reference
    shop.until_step(order_id, "complete")


def test_who_is_declined_is_told_why_and_corrects_it(walk: Walk, shop: Shop) -> None:
    walk.to_payment().with_card(DECLINED).order().at("payment")
    expect(walk.page.get_by_role("alert")).to_contain_text("declined")
    reference = walk.order_reference()

    assert walk.with_card().order().ordered() == reference
    order_id = shop.id_of(reference)
    shop.until_step(order_id, "complete")
    assert shop.gateway.find(shop.hold_key(order_id, 3)) is None


def test_who_is_asked_by_their_bank_approves_and_has_ordered(walk: Walk, shop: Shop) -> None:
    walk.to_payment().with_card(ASKS_HOLDER).order().on("Do you pay")
    walk.page.get_by_role("button", name="Approve").click()

    shop.until_step(shop.id_of(walk.ordered()), "complete")


def test_who_pays_by_paypal_approves_there_and_changes_their_mind_before(walk: Walk, shop: Shop) -> None:
    walk.to_payment().agree().page.get_by_label("Pay by PayPal").check()
    walk.order().on("Do you pay").page.go_back()
    walk.at("payment").agree().page.get_by_label("Pay by PayPal").check()
    walk.order().on("Do you pay")
    walk.page.get_by_role("button", name="Approve").click()

    order_id = shop.id_of(walk.ordered())
    order = shop.until_step(order_id, "complete")
    assert (order["info"]["payment_type"], order["total"]) == ("paypal", "99.00")


def test_a_client_signs_in_and_pays_with_the_stored_card(walk: Walk, shop: Shop) -> None:
    login = f"grace-{uuid4().hex[:8]}"
    place = {"address": "1 Lane", "city": "London", "country": "GB"}
    person = {"first": "Grace", "last": "Hopper", "email": "grace@example.com", **place}
    client_id = str(shop.done("client.add", {**person, "uber_login": login, "uber_pass": "correct horse"})["client_id"])
    card = {"cc_token": "tok_approve", "cc_type": "Visa", "cc_num": "4242", "cc_expire": "1230"}
    shop.done("client.cc_add", {"client_id": client_id, "fname": "Grace", "lname": "Hopper", **place, **card})

    walk.open().plan("grace@example.com").at("extras")
    walk.page.get_by_role("link", name="Sign in").click()
    walk.page.get_by_label("Login name").fill(login)
    walk.page.get_by_label("Password").fill("correct horse")
    walk.page.get_by_role("button", name="Sign in").click()
    walk.at("contact").page.get_by_label("A private person").check()
    walk.go_on().agree()
    walk.page.get_by_label("Visa ending in 4242").check()
    order = shop.until_step(shop.id_of(walk.order().ordered()), "complete")

    assert order["client_id"] == client_id


def test_a_question_on_the_status_page_is_answered(walk: Walk, shop: Shop) -> None:
    order_id = shop.id_of(walk.to_payment().with_card().order().ordered())
    walk.page.get_by_label("Write to us").fill("When will it be ready?")
    walk.page.get_by_role("button", name="Send").click()
    expect(walk.page.locator(".posts")).to_contain_text("When will it be ready?")
    shop.done("order.respond", {"order_id": order_id, "subject": "Re", "followup": "It is ready."})
    walk.page.reload()

    expect(walk.page.locator(".posts .ours")).to_contain_text("It is ready.")
