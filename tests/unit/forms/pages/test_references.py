"""No page names the number of an order: whoever ordered twice would know how many others did in between."""

import re

from lambdas.forms.shop import Shop
from lambdas.records.links.link import LinkPurpose, new_token
from lambdas.records.links.reminder_stop import ReminderStops, stop_path
from lambdas.records.table import RecordTable
from tests.support.build import Clock
from tests.unit.forms.browser import Browser, Page
from tests.unit.forms.conftest import the_order_id, to_payment, with_card
from tests.unit.forms.pages.test_links import a_link


def test_pages_of_an_order_name_its_reference_and_never_its_number(
    browser: Browser, shop: Shop, records: RecordTable, clock: Clock
) -> None:
    seen: list[Page] = [to_payment(browser), with_card(browser)]
    order = shop.service.get(order_id=the_order_id(browser, shop))
    token = new_token()
    ReminderStops(records).offer(token, order.order_id, "address", now=clock())
    seen += [
        browser.open("/forms/hosting/new"),
        Browser(shop).open(a_link(shop, order.order_id, LinkPurpose.RESUME)),
        Browser(shop).open(stop_path(token)),
    ]
    browser.open("/forms/hosting/payment")
    seen.append(browser.send())

    for page in seen:
        assert order.reference in page.text, page.path
        assert not re.search(rf"\b{order.order_id}\b", page.text), page.path
