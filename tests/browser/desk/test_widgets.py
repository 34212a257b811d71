"""The desk's widgets in a page that cleans and calls as a dashboard does: people look, act, and learn when they are late."""

from typing import Any

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import NewWalk
from tests.browser.desk.dashboard import WIDGETS, Dashboard
from tests.browser.desk.desk_staff import CALL_BACK, dedicated_order
from tests.browser.pages import problems_of
from tests.flow.conftest import Shop, until

PROCESS = f"Process {CALL_BACK}"
# What would run, or call a function with the viewer's rights, if it were markup.
HOSTILE = (
    '</p><a>x</a><cwdb-action action="call" endpoint="arn:aws:lambda:eu-central-1:1:function:evil">{}</cwdb-action>'
    '<script>hacked = 1</script><img src=x onerror="hacked = 1">"><b>bold'
)


@pytest.fixture
def dashboard(new_walk: NewWalk, shop: Shop) -> Dashboard:
    return Dashboard(new_walk().page, shop)


def listed(dashboard: Dashboard, order_id: str, person: str = "") -> None:
    """Wait until the worklist, which follows orders, knows this one, and with whom it is."""

    def known() -> bool | None:
        line = dashboard.refresh("Worklist").widget("Worklist").get_by_role("row").filter(has_text=order_id)
        return bool(line.filter(has_text=person).count()) or None

    until(f"order {order_id} is on the worklist", known)


def note_and_history(shop: Shop, order_id: str) -> tuple[list[str], list[dict[str, Any]]]:
    posts = shop.done("order.post_list", {"order_id": order_id})["posts"]
    return [post["body"] for post in posts], shop.done("order.history", {"order_id": order_id})["changes"]


def test_staff_come_from_the_board_to_an_order_and_process_what_waits(dashboard: Dashboard, shop: Shop) -> None:
    order_id = dedicated_order(shop)
    dashboard.open().shows("Board", "Board")
    queue = dashboard.widget("Board").get_by_role("region", name="Dedicated server")
    queue.locator("a", has_text="Verification").click()
    dashboard.shows("Board", "Verification").press("Board", order_id).shows("Board", f"Order {order_id}: Verification")
    order = dashboard.widget("Board")
    expect(order.get_by_role("region", name="Why it waits")).to_contain_text(CALL_BACK)
    expect(order.locator(".action.waiting svg.mark")).to_have_count(1)
    before = shop.order(order_id)["revision"]

    order.locator(".action", has_text=CALL_BACK).get_by_label("Why").fill("called back, it is her")
    dashboard.press("Board", PROCESS).answer("Cancel", f"order {order_id}")
    assert shop.order(order_id)["revision"] == before
    dashboard.press("Board", PROCESS).answer("Confirm", "recorded as done from the AWS console")
    dashboard.popup("Done", "The action was processed.")

    shop.until_action(order_id, CALL_BACK, "done")
    posts = shop.done("order.post_list", {"order_id": order_id})["posts"]
    assert [(post["author"], "called back, it is her" in post["body"]) for post in posts] == [("aws-console", True)]
    dashboard.press("Board", PROCESS).answer("Confirm", "").popup(
        "Nothing was done: the order changed", f"{CALL_BACK} was waiting"
    )
    assert dashboard.cut() == []
    assert {part for part, _ in dashboard.called} == {"Reader", "Actor"}


def test_staff_keep_a_note_and_give_work_to_somebody(dashboard: Dashboard, shop: Shop) -> None:
    order_id, (qa, _) = dedicated_order(shop), shop.stack.people["qa"]
    dashboard.open().find(order_id).shows("Find an order", f"Order {order_id}")
    found = dashboard.widget("Find an order")

    found.get_by_role("region", name="Messages").get_by_label("Note").fill("She calls at nine.\nAsk for Ada.")
    dashboard.press("Find an order", "Keep a note").answer("Confirm", f"order {order_id}").popup("Done")
    posts = shop.done("order.post_list", {"order_id": order_id})["posts"]
    assert [(post["author"], post["body"]) for post in posts] == [("aws-console", "She calls at nine.\nAsk for Ada.")]

    dashboard.refresh("Find an order").find(order_id).shows("Find an order", f"Order {order_id}")
    waits = found.get_by_role("region", name="Why it waits")
    expect(found.get_by_role("region", name="Messages")).to_contain_text("She calls at nine.")
    waits.get_by_label("User").fill(qa)
    waits.get_by_label("Why").first.fill("she speaks French")
    dashboard.press("Find an order", "Give to somebody").answer("Confirm", "from the AWS console").popup("Done")
    listed(dashboard, order_id, qa)
    assert dashboard.cut() == []


def test_an_order_is_found_and_an_act_without_a_reason_is_refused(dashboard: Dashboard, shop: Shop) -> None:
    order_id = dedicated_order(shop)
    dashboard.open().find(order_id).shows("Find an order", f"Order {order_id}")

    dashboard.press("Find an order", PROCESS).answer("Confirm", order_id).popup("Nothing was done", "reason")

    assert [action["state"] for action in shop.order(order_id)["actions"] if action["name"] == CALL_BACK] == ["waiting"]
    dashboard.widget("Find an order").get_by_role("link", name="Execution")
    dashboard.press("Find an order", "Board").shows("Find an order", "Board")


def test_a_hostile_order_stays_text_in_every_widget(dashboard: Dashboard, shop: Shop) -> None:
    order_id = dedicated_order(shop, company=HOSTILE[:100], first=HOSTILE[:40], last="<script>hacked=1</script>")
    shop.done("order.client_respond", {"order_id": order_id, "author": "ada@example.com", "body": HOSTILE})
    dashboard.open()
    listed(dashboard, order_id)
    dashboard.find(order_id).shows("Find an order", f"Order {order_id}")
    found = dashboard.widget("Find an order")
    expect(found.get_by_role("region", name="Messages")).to_contain_text(HOSTILE)
    expect(found.get_by_role("region", name="Contact")).to_contain_text("<script>hacked=1</script>")
    dashboard.widget("Board").get_by_role("region", name="Dedicated server").locator(
        "a", has_text="Verification"
    ).click()
    dashboard.shows("Board", "Verification").press("Worklist", order_id).shows("Worklist", f"Order {order_id}")

    assert dashboard.cut() == []
    assert dashboard.endpoints() == {"Reader", "Actor"}
    assert dashboard.page.evaluate("() => typeof hacked") == "undefined"
    assert dashboard.page.locator("main img, main script, main b").count() == 0


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_widgets_are_read_to_whoever_has_pages_read(dashboard: Dashboard, shop: Shop, theme: str) -> None:
    order_id = dedicated_order(shop)
    dashboard.open(theme)
    assert problems_of(dashboard.page) == []
    for title, _ in WIDGETS:
        dashboard.refresh(title)
    dashboard.find(order_id).shows("Find an order", f"Order {order_id}")
    listed(dashboard, order_id)
    dashboard.press("Worklist", order_id).shows("Worklist", f"Order {order_id}")
    assert problems_of(dashboard.page) == [], "two widgets with one order"
    dashboard.press("Worklist", PROCESS).answer("Confirm", order_id)
    expect(dashboard.page.get_by_role("dialog", name="Pop-up")).to_contain_text("Nothing was done")
    assert problems_of(dashboard.page) == []
