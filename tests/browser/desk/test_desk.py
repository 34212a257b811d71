"""The order desk in a browser: people sign in, see why an order waits, act on it, and answer its client."""

import re

from playwright.sync_api import expect

from tests.browser.conftest import NewWalk
from tests.browser.desk.desk_staff import CALL_BACK, DeskStaff, dedicated_order
from tests.browser.pages import problems_of
from tests.browser.test_everybody import _SMALL, focused, tab_to
from tests.flow.conftest import Shop


def staff_of(new_walk: NewWalk, shop: Shop, **options: object) -> DeskStaff:
    return DeskStaff(new_walk(**options).page, shop)


def test_staff_sign_in_see_why_an_order_waits_and_process_it(new_walk: NewWalk, shop: Shop) -> None:
    order_id = dedicated_order(shop)
    staff = staff_of(new_walk, shop).open(f"/desk/orders/{order_id}").sign_in().on(f"Order {order_id}: Verification")
    waits = staff.page.get_by_role("region", name="Why it waits")
    expect(waits).to_contain_text(CALL_BACK)
    expect(waits).to_contain_text("fraud lead")

    staff.do(f"Process {CALL_BACK}").notice("The action was processed.")

    staff.action(CALL_BACK, "done").action("Provision Client", "done")
    assert shop.order(order_id)["actions"][1]["by"] == shop.stack.user


def test_the_board_leads_to_the_orders_of_a_step(new_walk: NewWalk, shop: Shop) -> None:
    order_id = dedicated_order(shop)
    staff = staff_of(new_walk, shop).open().sign_in().open("/desk/board").on("Board")
    step = staff.page.get_by_role("region", name="Dedicated server").get_by_role("link", name="Verification")

    step.click()

    staff.on("Verification").page.get_by_role("link", name=order_id).click()
    staff.on(f"Order {order_id}")


def test_an_action_is_skipped_with_a_reason(new_walk: NewWalk, shop: Shop) -> None:
    order_id = dedicated_order(shop)
    staff = staff_of(new_walk, shop).open().sign_in().order(order_id)

    staff.do(f"Skip {CALL_BACK}", Reason="a client for years").notice("The action was skipped.")

    expect(staff.page.locator(".action", has_text=CALL_BACK).first).to_contain_text("a client for years")
    staff.action(CALL_BACK, "skipped")


def test_a_client_is_answered_and_reads_it(new_walk: NewWalk, shop: Shop) -> None:
    order_id = dedicated_order(shop)
    shop.done("order.client_respond", {"order_id": order_id, "author": "ada@example.com", "body": "When is it ready?"})
    staff = staff_of(new_walk, shop).open().sign_in().order(order_id)
    expect(staff.page.locator(".posts")).to_contain_text("When is it ready?")

    staff.page.get_by_label("Message to the client").fill("Tomorrow at noon.")
    staff.page.get_by_role("button", name="Send by e-mail").click()

    staff.notice("The message was sent.")
    posts = shop.done("order.post_list", {"order_id": order_id})["posts"]
    assert [post["body"] for post in posts] == ["When is it ready?", "Tomorrow at noon."]


def test_a_stale_button_does_nothing_and_what_changed_is_shown(new_walk: NewWalk, shop: Shop) -> None:
    order_id = dedicated_order(shop)
    staff = staff_of(new_walk, shop, java_script_enabled=False).open().sign_in().order(order_id)
    shop.done("order.process", {"order_id": order_id, "order_action_id": 3202})
    shop.until_action(order_id, CALL_BACK, "done")

    staff.do("Cancel the order", Reason="nobody answers")

    expect(staff.page.get_by_role("alert")).to_contain_text(f"{CALL_BACK} was waiting and is done now.")
    expect(staff.page.get_by_role("alert")).to_contain_text("nobody answers")
    assert shop.order(order_id)["step"]["status"] == "ordinary"


def test_the_page_updates_itself_and_keeps_what_is_typed(new_walk: NewWalk, shop: Shop) -> None:
    order_id = dedicated_order(shop)
    staff = staff_of(new_walk, shop).open().sign_in().order(order_id)
    message = staff.page.get_by_label("Message to the client")
    message.fill("Dear Ada, half a sentence")
    shop.done("order.process", {"order_id": order_id, "order_action_id": 3202})

    staff.action(CALL_BACK, "done")

    expect(message).to_have_value("Dear Ada, half a sentence")
    expect(message).to_be_focused()


def test_whoever_has_only_a_keyboard_signs_in_and_skips(new_walk: NewWalk, shop: Shop) -> None:
    order_id = dedicated_order(shop)
    staff = staff_of(new_walk, shop).open(f"/desk/orders/{order_id}")
    page, keys = staff.page, staff.page.keyboard
    tab_to(page, "user")
    keys.type(shop.stack.user)
    tab_to(page, "token")
    keys.type(shop.stack.token)
    keys.press("Enter")
    staff.on(f"Order {order_id}")
    keys.press("Tab")
    assert focused(page) == "Skip to the content"
    keys.press("Enter")
    tab_to(page, "skip-3202-summary")
    keys.press("Enter")
    tab_to(page, "skip-3202-reason")
    keys.type("known")
    tab_to(page, "skip-3202")
    keys.press("Enter")

    staff.notice("The action was skipped.")


def test_on_a_telephone_and_for_whoever_has_pages_read_nothing_is_missing(new_walk: NewWalk, shop: Shop) -> None:
    order_id = dedicated_order(shop, company="A" * 90)
    staff = staff_of(
        new_walk, shop, viewport={"width": 360, "height": 740}, has_touch=True, bypass_csp=True, reduced_motion="reduce"
    )
    staff.open("/desk/sign-in").sign_in()
    for path in ("/desk/sign-in", "/desk/board", "/desk/queues/3/302", f"/desk/orders/{order_id}", "/desk/nothing"):
        page = staff.open(path).page
        for summary in page.locator("summary").all():
            summary.click()
        assert page.evaluate("() => document.documentElement.scrollWidth") <= 360, path
        assert page.evaluate(_SMALL) == [], path
        for scheme in ("light", "dark"):
            page.emulate_media(color_scheme="dark" if scheme == "dark" else "light")
            assert problems_of(page) == [], f"{path} in {scheme}"


def test_a_session_ends_when_its_user_signs_out(new_walk: NewWalk, shop: Shop) -> None:
    staff = staff_of(new_walk, shop).open().sign_in()
    staff.page.get_by_role("button", name="Sign out").click()

    expect(staff.page).to_have_url(re.compile("/desk/sign-in$"))
    staff.open().on("Sign in to the order desk")
