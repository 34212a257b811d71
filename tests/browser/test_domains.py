"""A buyer of domains in Chromium: looks names up, registers one, transfers another by its code, and orders."""

from playwright.sync_api import expect

from tests.browser.walk import Walk
from tests.flow.conftest import Shop

CODE = "Xk7-canary-code-9"


def test_a_name_is_registered_and_another_one_transferred(walk: Walk, shop: Shop) -> None:
    page = walk.open("/forms/domains").at("domain").page
    page.get_by_label("Domain names").fill("https://www.bücher.com/impressum, taken.com")
    page.get_by_role("button", name="Check these names").click()
    expect(page.get_by_text("xn--bcher-kva.com")).to_be_visible()
    page.get_by_role("checkbox", name="Register bücher.com").check()
    page.get_by_role("checkbox", name="transfer it here taken.com").check()
    page.get_by_label("Email address").fill("ada@example.com")

    walk.go_on()
    expect(page.get_by_role("alert")).to_contain_text("Enter the authorisation code of taken.com")
    page.get_by_label("Authorisation code taken.com").fill(CODE)
    walk.go_on().at("certificate")
    order = shop.order(shop.id_of(walk.order_reference()))
    packs = {pack["desserv"]: pack for name, pack in order["info"].items() if name.startswith("pack")}

    assert packs.keys() == {"xn--bcher-kva.com", "taken.com"}
    assert CODE not in str(order["info"])
    assert packs["taken.com"]["auth_code"].startswith("kept:")
    assert order["total"] == "26.50"
    expect(page.locator(".total dd").last).to_contain_text("$26.50")
