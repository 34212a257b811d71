"""Many orders in a browser: after an outage all are tried again."""

import re

import pytest
from playwright.sync_api import Page, expect

from lambdas.payments.gateway import TransactionState
from tests.browser.conftest import NewWalk
from tests.browser.desk.desk_staff import DeskStaff
from tests.browser.pages import problems_of
from tests.browser.test_everybody import _SMALL, focused, tab_to
from tests.flow.conftest import Shop
from tests.flow.staff.test_bulk import end_outage, orders_that_fail


@pytest.fixture
def staff(new_walk: NewWalk, shop: Shop) -> DeskStaff:
    return DeskStaff(new_walk().page, shop)


def choose_again(page: Page, orders: list[str]) -> None:
    page.get_by_label("Order numbers").fill(" ".join(orders))
    page.get_by_label("Act", exact=True).select_option("retry")
    page.get_by_role("button", name="Show the preview").click()


@pytest.mark.slow
def test_thirty_orders_are_tried_again_after_an_outage_and_none_is_charged_twice(staff: DeskStaff, shop: Shop) -> None:
    orders = orders_that_fail(shop, 30)
    end_outage(shop, orders)
    page = staff.open("/desk/bulk").sign_in().on("Many orders").page

    choose_again(page, orders)

    staff.on("Preview")
    expect(page.locator("#summary")).to_contain_text("30")
    expect(page.get_by_role("region", name="What is done")).to_contain_text("nothing is charged twice")
    page.get_by_label("Reason").fill("the bank is back")
    page.get_by_role("button", name="Do this with 30 orders").click()
    expect(page.locator(".run-state")).to_have_text("done", timeout=60_000)
    expect(page.locator(".counts")).to_contain_text("30 done, 0 changed meanwhile, 0 refused, 0 failed, 0 left")
    for order_id in orders:
        shop.until_step(order_id, "complete")
        taken = shop.gateway.find(shop.hold_key(order_id))
        assert taken
        assert (taken.state, taken.amount_cents) == (TransactionState.CAPTURED, 995)
        assert shop.gateway.find(shop.hold_key(order_id, 2)) is None
    staff.open("/desk/bulk/runs").on("Runs")
    expect(page.locator("tbody tr").first).to_contain_text("the bank is back")
    page.locator("tbody tr").first.get_by_role("link").click()
    page.locator(f"#outcome-{orders[0]}").click()
    staff.on(f"Order {orders[0]}")


def test_what_matches_nothing_is_said_and_nothing_can_be_run(staff: DeskStaff) -> None:
    page = staff.open("/desk/bulk").sign_in().on("Many orders").page

    choose_again(page, ["999999999"])

    staff.on("Preview")
    expect(page.locator("main")).to_contain_text("There is nothing to run.")
    expect(page.get_by_role("button", name=re.compile("^Do this"))).to_have_count(0)
    staff.open("/desk/bulk")
    choose_again(page, ["<b>1</b>"])
    expect(page.get_by_role("alert")).to_contain_text("Order numbers are digits")
    expect(page.get_by_label("Order numbers")).to_have_value("<b>1</b>")


def tab_to_input(page: Page, wanted: str) -> None:
    """By its id: links in the head may have it among their words."""
    tab_to(page, wanted)
    while focused(page) != wanted:
        tab_to(page, wanted)


def test_with_a_keyboard_alone_a_preview_is_made(staff: DeskStaff, shop: Shop) -> None:
    (order_id,) = orders_that_fail(shop, 1)
    page, keys = staff.open("/desk/bulk").sign_in().on("Many orders").page, staff.page.keyboard
    tab_to_input(page, "orders")
    keys.type(order_id)
    tab_to_input(page, "verb")
    keys.type("Try")
    tab_to_input(page, "preview")
    keys.press("Enter")

    staff.on("Preview")
    tab_to_input(page, "reason")
    keys.type("the bank is back")
    tab_to_input(page, "run")
    keys.press("Enter")
    expect(page.locator(".run-state")).to_have_text("done", timeout=60_000)


def test_on_a_telephone_and_for_a_screen_reader_nothing_is_missing(new_walk: NewWalk, shop: Shop) -> None:
    (order_id,) = orders_that_fail(shop, 1)
    staff = DeskStaff(
        new_walk(viewport={"width": 360, "height": 740}, has_touch=True, bypass_csp=True, reduced_motion="reduce").page,
        shop,
    )
    page = staff.open("/desk/bulk").sign_in().on("Many orders").page
    check_page(page, "choice")
    choose_again(page, [order_id])
    staff.on("Preview")
    check_page(page, "preview")
    page.get_by_label("Reason").fill("the bank is back")
    page.get_by_role("button", name="Do this with 1 order").click()
    expect(page.locator(".run-state")).to_have_text("done", timeout=60_000)
    check_page(page, "run")
    staff.open("/desk/bulk/runs").on("Runs")
    check_page(page, "runs")
    staff.open("/desk/pauses").on("Pauses")
    check_page(page, "pauses")


def check_page(page: Page, name: str) -> None:
    assert page.evaluate("() => document.documentElement.scrollWidth") <= 360, name
    assert page.evaluate(_SMALL) == [], name
    for scheme in ("light", "dark"):
        page.emulate_media(color_scheme="dark" if scheme == "dark" else "light")
        assert problems_of(page) == [], f"{name} in {scheme}"
