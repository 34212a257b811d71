"""`make screenshots`: pictures of the order desk for docs/desk.md, on orders in memory."""

import logging
import os
from pathlib import Path

import boto3
from moto import mock_aws
from playwright.sync_api import Page

from lambdas.desk.web.site import Site
from lambdas.orders.model.order import Order
from lambdas.orders.pauses import PauseKind
from lambdas.records.table import RecordTable
from tests.browser.chromium import chromium
from tests.browser.desk.desk_in_memory import Followers, fill, served, tell, waiting_in
from tests.support.build import Clock
from tests.support.quick_moto import make_moto_quick
from tests.support.tables import make_table
from tests.unit.desk.site import make_site
from tests.unit.desk.staff import an_order_in

PICTURES = Path(__file__).resolve().parents[2] / "docs" / "screenshots" / "desk"
ORDERS = 1_000
_DEDICATED, _QA = 3, "QA"
_LOOKS = (("", {"width": 1100, "height": 760}, "light"), ("-dark-phone", {"width": 360, "height": 740}, "dark"))
_ON_PHONES = ("worklist", "waits-for-qa")


def main() -> None:
    PICTURES.mkdir(parents=True, exist_ok=True)
    make_moto_quick()
    os.environ |= {"AWS_ACCESS_KEY_ID": "none", "AWS_SECRET_ACCESS_KEY": "none", "AWS_DEFAULT_REGION": "us-east-1"}
    os.environ |= {"POWERTOOLS_METRICS_DISABLED": "true"}
    logging.disable(logging.CRITICAL)
    with mock_aws(), chromium() as browser:
        client = boto3.client("dynamodb", region_name="us-east-1")
        clock = Clock()
        site = make_site(client, RecordTable(make_table(client, "records"), client), clock)
        token = site.users.add("boss", now=clock.time)
        with served(site) as address:
            pages = {}
            for suffix, viewport, scheme in _LOOKS:
                pages[suffix] = browser.new_page(viewport=viewport, color_scheme=scheme, locale="en-GB")  # type: ignore[arg-type]
            take(pages[""], address, "/desk", "empty", token=token)
            places = _filled(site, clock)
            token = site.users.rotate("boss", now=clock.time)
            for suffix, page in pages.items():
                page.context.clear_cookies()
                for name, path in places.items():
                    if not suffix or name in _ON_PHONES:
                        take(page, address, path, name + suffix, token=token)
            take_many_orders(pages[""], address, site, token=token)


def take(page: Page, address: str, path: str, name: str, *, token: str) -> None:
    page.goto(address + path)
    if page.get_by_label("Token").count():
        page.get_by_label("User").fill("boss")
        page.get_by_label("Token").fill(token)
        page.get_by_role("button", name="Sign in").click()
        page.goto(address + path)
    whole = name.removesuffix("-dark-phone") not in ("worklist", "board", "empty", "found", "many-orders")
    page.screenshot(path=PICTURES / f"{name}.png", full_page=whole)


def take_many_orders(page: Page, address: str, site: Site, *, token: str) -> None:
    """Last, because a pause is shown on every page."""
    site.pausing.records.start(
        PauseKind.MODULE, "call_webhook", reason="the panel is moved", by="kim", ends_at=site.now() + 7_200
    )
    take(page, address, "/desk/pauses", "pauses", token=token)
    take(page, address, "/desk/bulk", "many-orders", token=token)
    page.locator("#state").select_option("failed")
    page.get_by_label("Act", exact=True).select_option("retry")
    page.get_by_role("button", name="Show the preview").click()
    page.get_by_role("heading", level=1, name="Preview").wait_for()
    page.screenshot(path=PICTURES / "preview.png")


def _filled(site: Site, clock: Clock) -> dict[str, str]:
    """Paths of the pages by the names of their pictures."""
    fill(site, clock, ORDERS)
    waits, failed, canceled = (_order(site, clock, last) for last in ("Lovelace", "Hopper", "Turing"))
    waits, failed = _in_step(site, clock, waits, _QA), _in_step(site, clock, failed, "Build", is_failed=True)
    tell(site, waits, clock.time)
    followers = Followers(site, clock)
    followers.follow(canceled, site.desk.service.cancel(canceled, "The client found another provider.", "kim"))
    return {
        "worklist": "/desk/worklist?whose=all",
        "board": "/desk/board",
        "found": "/desk/find?q=lindq",
        "waits-for-qa": f"/desk/orders/{waits.order_id}",
        "failed": f"/desk/orders/{failed.order_id}",
        "canceled": f"/desk/orders/{canceled.order_id}",
        "history": f"/desk/orders/{waits.order_id}/history",
    }


def _order(site: Site, clock: Clock, last: str) -> Order:
    clock.time += 3_600
    company = f"{last} Engines Ltd"
    order = an_order_in(
        site, _DEDICATED, first="Ada", last=last, company=company, phone="+44 20 7946 0018", city="London"
    )
    return Followers(site, clock).follow(None, order)


def _in_step(site: Site, clock: Clock, order: Order, step: str, *, is_failed: bool = False) -> Order:
    """The order as its history tells how it came to this step."""
    followers = Followers(site, clock)
    for passed in order.checklist_steps:
        if not order.actions_of(passed.step_id) or passed.name == "Leads":
            continue
        wanted = waiting_in(order, passed.step_id, clock.time, is_failed=is_failed and passed.name == step)
        changes = {name: getattr(wanted, name) for name in ("step_id", "step_status", "actions", "waits")}
        order = followers.change(order, "machine", "wait", **changes)
        if passed.name == step:
            break
    return order


if __name__ == "__main__":
    main()
