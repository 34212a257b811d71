"""Pauses in a browser: begun, changed and ended by staff, and seen by buyers."""

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import NewWalk
from tests.browser.desk.desk_staff import DeskStaff
from tests.browser.desk.test_desk_bulk import check_page, tab_to_input
from tests.browser.walk import Walk
from tests.flow.conftest import Shop, new_client_order, until

GATEWAY, MODULE, OTHER = {"gateway": "sandbox"}, {"module": "update_fields"}, {"module": "email_blacklist"}


@pytest.fixture
def staff(new_walk: NewWalk, shop: Shop) -> DeskStaff:
    return DeskStaff(new_walk().page, shop)


@pytest.fixture(autouse=True)
def _all_resumed(shop: Shop) -> Iterator[None]:
    """The engine is shared: no pause outlives its test."""
    yield
    for what in (GATEWAY, MODULE, OTHER):
        shop.call("order.resume", what)


def paused(shop: Shop, minutes: int = 60, **what: str) -> dict[str, object]:
    return shop.done("order.pause", {**(what or MODULE), "minutes": minutes, "reason": "the panel is down"})


def shown_pause(page: Page, pause_id: object) -> str:
    return page.locator(".pause", has=page.locator(f"#change-{pause_id}")).inner_text()


def test_a_gateway_is_paused_and_resumed_and_buyers_read_an_honest_sentence(
    staff: DeskStaff, new_walk: NewWalk, shop: Shop
) -> None:
    buyer: Walk = new_walk().to_payment().with_card()
    page = staff.open("/desk/pauses").sign_in().on("Pauses").page
    page.get_by_label("What").select_option("gateway:sandbox")
    page.get_by_label("Ends automatically").fill("60")
    page.get_by_label("Reason").fill("the bank is down")
    page.get_by_role("button", name="Pause", exact=True).click()
    expect(page.locator(".pause")).to_contain_text("the bank is down")
    expect(staff.open("/desk/board").page.locator("body")).to_contain_text("paused until")
    until("the API notices the pause", lambda: is_refused(shop) or None)

    late = new_walk().to_payment(email="grace@example.com").page
    until("the form hides the paused way", lambda: offers_no_card(late) or None)
    expect(late.get_by_text(re.compile("Not possible before|We cannot take payments"))).to_be_visible()
    buyer.order().at("payment")

    expect(buyer.page.get_by_role("alert")).to_contain_text("We cannot take orders at the moment")
    expect(buyer.page.get_by_role("alert")).not_to_contain_text("the bank is down")
    lead = buyer.order_reference()
    assert shop.order(shop.id_of(lead))["step"]["status"] == "leads"
    staff.open("/desk/pauses").page.get_by_role("button", name=re.compile("^Resume")).click()
    expect(page.locator(".pause")).to_contain_text("over since")
    until("the form notices the end", lambda: not is_refused(shop) or None)
    assert buyer.order().ordered() == lead


def offers_no_card(page: Page) -> bool:
    page.reload()
    return page.get_by_label("Pay by card").count() == 0


def is_refused(shop: Shop) -> bool:
    order_id = str(shop.done("order.create", new_client_order())["order_id"])
    return not shop.call("order.submit", {"order_id": order_id}).is_success


def test_with_a_keyboard_alone_a_pause_is_prolonged(staff: DeskStaff, shop: Shop) -> None:
    pause_id = paused(shop)["pause_id"]
    page, keys = staff.open("/desk/pauses").sign_in().on("Pauses").page, staff.page.keyboard
    before = shown_pause(page, pause_id)

    tab_to_input(page, f"change-{pause_id}-summary")
    keys.press("Enter")
    tab_to_input(page, f"change-{pause_id}-minutes")
    keys.press("Control+a")
    keys.type("600")
    tab_to_input(page, f"change-{pause_id}-reason")
    keys.press("Control+a")
    keys.type("the panel is moved")
    tab_to_input(page, f"change-{pause_id}")
    keys.press("Enter")

    staff.notice("Its end and reason were changed. What waits for it waits until then.")
    assert "the panel is moved" in shown_pause(page, pause_id)
    assert ends_of(before) != ends_of(shown_pause(page, pause_id))


def ends_of(text: str) -> list[str]:
    return re.findall("paused until .* UTC", text)


def test_what_was_typed_stays_while_the_page_updates_itself(staff: DeskStaff, shop: Shop) -> None:
    pause_id = paused(shop)["pause_id"]
    page = staff.open("/desk/pauses").sign_in().on("Pauses").page
    page.locator(f"#change-{pause_id}-summary").click()
    page.locator(f"#change-{pause_id}-reason").fill("the panel is moved to another room")

    paused(shop, 30, **OTHER)

    said = page.get_by_role("status").filter(has_text="Something changed. What you typed is kept")
    expect(said).to_be_visible(timeout=60_000)
    expect(page.locator(f"#change-{pause_id}-reason")).to_be_visible()
    expect(page.locator(f"#change-{pause_id}-reason")).to_have_value("the panel is moved to another room")


def test_who_shows_an_older_pause_changes_nothing_and_is_told_so(staff: DeskStaff, shop: Shop) -> None:
    pause = paused(shop)
    page = staff.open("/desk/pauses").sign_in().on("Pauses").page
    page.locator(f"#change-{pause['pause_id']}-summary").click()
    shop.done("order.pause", {**MODULE, "minutes": 90, "reason": "the panel is worse", "pause_id": pause["pause_id"]})

    page.locator(f"#change-{pause['pause_id']}-minutes").fill("5")
    page.locator(f"#change-{pause['pause_id']}").click()

    staff.on("Pauses")
    expect(page.get_by_role("alert")).to_contain_text("was changed meanwhile by")
    expect(page.locator(f"#change-{pause['pause_id']}-minutes")).to_have_value("5")
    assert "the panel is worse" in shown_pause(page, pause["pause_id"])


def test_on_a_telephone_and_for_a_screen_reader_a_pause_can_be_changed(new_walk: NewWalk, shop: Shop) -> None:
    pause_id = paused(shop)["pause_id"]
    small = {"width": 360, "height": 740}
    walk = new_walk(viewport=small, has_touch=True, bypass_csp=True, reduced_motion="reduce")
    page = DeskStaff(walk.page, shop).open("/desk/pauses").sign_in().on("Pauses").page

    page.locator(f"#change-{pause_id}-summary").click()

    check_page(page, "a pause to change")
