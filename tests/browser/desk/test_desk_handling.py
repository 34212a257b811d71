"""The order desk in a browser: people find orders, hand them on, correct them and look back."""

import re
from uuid import uuid4

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import NewWalk
from tests.browser.desk.desk_staff import CALL_BACK, DeskStaff, dedicated_order
from tests.browser.pages import problems_of
from tests.browser.test_everybody import _SMALL, tab_to
from tests.flow.conftest import Shop, until


@pytest.fixture
def staff(new_walk: NewWalk, shop: Shop) -> DeskStaff:
    return DeskStaff(new_walk().page, shop)


def worklist_row(staff: DeskStaff, order_id: str) -> None:
    """Wait until the list of all shows the order; it follows the orders a moment later."""

    def ask() -> bool | None:
        return bool(staff.open("/desk/worklist?whose=all").page.locator(f"#order-{order_id}").count()) or None

    until(f"order {order_id} on the worklist", ask)


def test_an_order_is_found_by_its_domain_and_says_why_it_waits(staff: DeskStaff, shop: Shop) -> None:
    domain = f"engines-{uuid4().hex[:8]}.example.org"
    order_id = dedicated_order(shop, email=f"ada@{domain}")
    page = staff.open().sign_in().page

    def found() -> bool | None:
        staff.open(f"/desk/find?q={domain}")
        return bool(page.locator(f"#order-{order_id}").count()) or None

    until(f"order {order_id} found", found)
    page.locator(f"#order-{order_id}").click()

    staff.on(f"Order {order_id}")
    expect(page.get_by_role("region", name="Why it waits")).to_contain_text(CALL_BACK)


def test_a_row_of_the_worklist_is_taken_given_on_and_returned(staff: DeskStaff, shop: Shop) -> None:
    order_id = dedicated_order(shop)
    staff.open().sign_in().on("Worklist")
    worklist_row(staff, order_id)

    staff.page.get_by_role("button", name=f"Take {order_id}").click()

    staff.notice(f"Order {order_id}: You took it.")
    assert assigned(shop, order_id) == shop.stack.user
    staff.order(order_id).do("Return to the team").notice("It was returned to the team.")
    assert assigned(shop, order_id) is None
    staff.do("Give to somebody", User="nobody-of-this-name")
    expect(staff.page.get_by_role("alert")).to_contain_text("no user of this name")
    expect(staff.page.get_by_label("User", exact=True)).to_have_value("nobody-of-this-name")


def assigned(shop: Shop, order_id: str) -> object:
    return next(wait["assigned_to"] for wait in shop.order(order_id)["waits"] if wait["for"] == "3202")


def test_a_note_a_priority_and_contact_data_are_kept(staff: DeskStaff, shop: Shop) -> None:
    order_id = dedicated_order(shop)
    staff.open().sign_in().order(order_id)

    staff.do("Keep a note", Note="calls back on Monday <b>").notice("The note was kept.")
    expect(staff.page.locator(".posts")).to_contain_text("calls back on Monday <b>")
    staff.do("Correct the contact data", Telephone="+44 20 7946 0999").notice("The contact data was corrected.")
    expect(staff.page.get_by_role("region", name="Contact")).to_contain_text("+44 20 7946 0999")
    staff.page.locator("summary", has_text="Set the priority").click()
    staff.page.get_by_label("Priority", exact=True).select_option("urgent")
    staff.page.get_by_role("button", name="Set the priority").click()
    staff.notice("The priority was set.")

    assert shop.order(order_id)["priority"] == 3


def test_a_refused_correction_keeps_every_field(staff: DeskStaff, shop: Shop) -> None:
    order_id = dedicated_order(shop)
    staff.open().sign_in().order(order_id)

    staff.page.locator("summary", has_text="Correct the contact data").click()
    staff.page.get_by_label("City").fill("London")
    staff.page.get_by_label("E-mail").fill("no address")
    staff.page.get_by_role("button", name="Correct the contact data").click()

    expect(staff.page.get_by_role("alert")).to_contain_text("Nothing was done")
    expect(staff.page.get_by_label("City")).to_have_value("London")
    staff.page.get_by_label("E-mail").fill("grace@example.com")
    staff.page.get_by_role("button", name="Correct the contact data").click()
    staff.notice("The contact data was corrected.")


def test_the_order_is_seen_as_it_was(staff: DeskStaff, shop: Shop) -> None:
    order_id = dedicated_order(shop)
    shop.done("order.priority", {"order_id": order_id, "priority": 3, "reason": "promised"})
    revision = shop.order(order_id)["revision"]
    page = staff.open().sign_in().page

    def recorded() -> bool | None:
        staff.open(f"/desk/orders/{order_id}/history")
        return bool(page.locator(f"#version-{revision}").count()) or None

    until("the change in the history", recorded)
    expect(page.locator(".changes").first).to_contain_text("3")
    page.locator(f"#version-{revision - 1}").click()

    expect(page.get_by_role("heading", name="This is the order as it was")).to_be_visible()
    expect(page.get_by_role("region", name="Order", exact=True)).to_contain_text("normal")
    assert page.locator("main form").count() == 0


def test_a_file_of_a_client_is_saved(staff: DeskStaff, shop: Shop) -> None:
    order_id = dedicated_order(shop)
    answer = shop.http.post(
        "/order.client_respond",
        data={"order_id": order_id, "author": "ada@example.com", "body": "see the file"},
        files={"attach[0]": ("plan <b>.txt", b"rack 7", "text/html")},
    )
    assert answer.status_code == 201, answer.text
    staff.open().sign_in().order(order_id)

    with staff.page.expect_download() as saving:
        staff.page.get_by_role("link", name="plan <b>.txt").click()

    assert saving.value.path().read_bytes() == b"rack 7"


def test_who_has_only_a_keyboard_takes_work_and_notes(staff: DeskStaff, shop: Shop) -> None:
    order_id = dedicated_order(shop)
    staff.open().sign_in().order(order_id)
    page, keys = staff.page, staff.page.keyboard

    tab_to(page, "take-3202")
    keys.press("Enter")
    staff.notice("You took it.")
    tab_to(page, "note-0-summary")
    keys.press("Enter")
    tab_to(page, "note-0-note")
    keys.type("known to us")
    tab_to(page, "note-0")
    keys.press("Enter")

    staff.notice("The note was kept.")


def test_no_page_to_find_or_look_back_is_too_wide_or_hard_to_read(new_walk: NewWalk, shop: Shop) -> None:
    order_id = dedicated_order(shop, company="A" * 90)
    options = {"viewport": {"width": 360, "height": 740}, "has_touch": True, "bypass_csp": True}
    staff = DeskStaff(new_walk(**options, reduced_motion="reduce").page, shop).open().sign_in()
    staff.on("Worklist")
    worklist_row(staff, order_id)
    paths = ("/desk/worklist?whose=all", "/desk/find?q=AAAA", f"/desk/orders/{order_id}/history")
    for path in (*paths, f"/desk/orders/{order_id}?at=1"):
        page = staff.open(path).page
        assert page.evaluate("() => document.documentElement.scrollWidth") <= 360, path
        assert page.evaluate(_SMALL) == [], path
        for scheme in ("light", "dark"):
            page.emulate_media(color_scheme="dark" if scheme == "dark" else "light")
            assert problems_of(page) == [], f"{path} in {scheme}"
    expect(staff.page).to_have_title(re.compile("as it was"))
