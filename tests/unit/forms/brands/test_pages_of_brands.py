"""A page shows the brand of its form or order, and nothing of another one."""

import re
from dataclasses import replace

import pytest

from lambdas.catalog.brands.brand import load_brands
from lambdas.catalog.brands.colours import ink_on
from lambdas.forms.brands.brand_look import BrandLooks
from lambdas.forms.fields.agreement import AgreementField
from lambdas.forms.shop import Shop
from lambdas.orders.decisions.lead.draft import OrderDraft
from lambdas.orders.model.order import Order
from lambdas.records.links.link import LinkPurpose, new_token
from lambdas.records.links.reminder_stop import address_digest, stop_path
from tests.support.build import CARD, CONTACT
from tests.unit.forms.browser import Browser

HOSTING, DOMAINS = "Example Hosting", "Example Domains"
NOTE = "Example Domains is a brand of Example Hosting B.V., Keizersgracht 1, 1015 AA Amsterdam, Netherlands."
TERMS = "https://domains.example.com/terms"


def titled(brand: str) -> str:
    return f"\u2013 {brand}</title>"


def style_of(browser: Browser, path: str) -> str:
    (file,) = re.findall(r'rel="stylesheet" href="([^"]+)"', browser.open(path).body)
    return browser.ask("GET", file).body


def an_order_of(shop: Shop, queue_id: int) -> Order:
    info = {**CONTACT, **CARD, "pack1": {"plan_id": "3", "period": 12, "desserv": "ada.example"}}
    return shop.service.create(OrderDraft(order_queue_id=queue_id, order_form_id=3, info=info))


def status_path(shop: Shop, order: Order) -> str:
    token = new_token()
    shop.links.make(token, LinkPurpose.STATUS, order.order_id, now=shop.now(), by="test")
    return f"/orders/{token}"


def test_a_form_shows_its_brand_and_no_other(browser: Browser) -> None:
    hosting, domains = browser.open("/forms/hosting").body, browser.open("/forms/domains").body

    assert f'<p class="company">{HOSTING}</p>' in hosting
    assert titled(HOSTING) in hosting
    assert DOMAINS not in hosting
    assert TERMS not in hosting
    assert titled(DOMAINS) in domains
    assert NOTE in domains
    assert f'<a href="{TERMS}" rel="noopener">Terms</a>' in domains
    assert HOSTING not in domains.replace(NOTE, "")


def test_colours_come_with_the_one_style_sheet_and_the_policy_stays(browser: Browser) -> None:
    hosting, domains = style_of(browser, "/forms/hosting"), style_of(browser, "/forms/domains")

    assert "--accent: #1d4ed8" not in hosting
    assert domains.startswith(hosting.partition("\n:root { --accent: #1f6f5c;")[0])
    assert f":root {{ --accent: #1d4ed8; --accent-ink: {ink_on('#1d4ed8')};" in domains
    page = browser.open("/forms/domains")
    assert "style-src 'self'; img-src 'self';" in page.headers["Content-Security-Policy"]


def test_the_logo_is_served_as_the_png_that_was_checked(browser: Browser) -> None:
    tag = re.search(
        r'<img src="([^"]+)" alt="Example Domains" width="261" height="32">', browser.open("/forms/domains").body
    )
    assert tag is not None
    answer = browser.ask("GET", tag[1])

    assert answer.headers["Content-Type"] == "image/png"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Cache-Control"] == "public, max-age=31536000, immutable"
    assert browser.ask("GET", "/forms/static/logo-000000000000.png").status == 404


def test_an_agreement_without_an_address_links_the_terms_of_its_brand(shop: Shop) -> None:
    def addresses(name: str) -> list[str]:
        return [field.url for field in shop.forms[name].fields if isinstance(field, AgreementField)]

    assert addresses("domains") == [TERMS]
    assert addresses("hosting") == ["https://www.example.com/terms"]


def test_the_status_page_of_an_order_shows_the_brand_of_the_order(browser: Browser, shop: Shop) -> None:
    ours, theirs = an_order_of(shop, 1), an_order_of(shop, 4)
    hosting, domains = browser.open(status_path(shop, ours)).body, browser.open(status_path(shop, theirs)).body

    assert titled(HOSTING) in hosting
    assert DOMAINS not in hosting
    assert titled(DOMAINS) in domains
    assert HOSTING not in domains.replace(NOTE, "")


def test_so_does_the_page_that_stops_reminders(browser: Browser, shop: Shop) -> None:
    order, token = an_order_of(shop, 4), new_token()
    shop.stops.offer(token, order.order_id, address_digest(2, "ada@example.com"), now=shop.now())

    assert titled(DOMAINS) in browser.open(stop_path(token)).body
    assert titled(DOMAINS) in browser.send().body


@pytest.mark.parametrize(
    ("path", "there", "absent"),
    [
        ("/forms?brand=1", "/forms/hosting", "/forms/domains"),
        ("/forms?brand=2", "/forms/domains", "/forms/hosting"),
    ],
)
def test_the_list_of_a_brand_has_its_forms_alone(browser: Browser, path: str, there: str, absent: str) -> None:
    page = browser.open(path).body

    assert f'href="{there}"' in page
    assert absent not in page


@pytest.mark.parametrize("path", ["/", "/forms", "/forms?brand=99", "/forms?brand=x", "/forms?brand=٢٢"])
def test_the_owners_list_has_all(browser: Browser, path: str) -> None:
    page = browser.open(path).body

    assert 'href="/forms/hosting"' in page
    assert 'href="/forms/domains"' in page
    assert titled(HOSTING) in page


def test_ways_on_from_a_brand_lead_to_that_brands_forms(browser: Browser, shop: Shop) -> None:
    order = shop.service.create(
        OrderDraft(order_queue_id=4, info={**CONTACT, **CARD, "pack1": {"plan_id": "3", "desserv": "a.example"}})
    )

    assert 'href="/forms?brand=2"' in browser.open(status_path(shop, order)).body


def test_a_brand_has_a_language_for_those_who_ask_for_none(shop: Shop) -> None:
    brands = load_brands()
    german = brands.changed(brands=(brands.brands[0], brands.brands[1].changed(language="de")))
    shop = replace(shop, languages=("en", "de"), looks=BrandLooks(german, HOSTING))

    assert '<html lang="de"' in Browser(shop).open("/forms/domains").body
    assert '<html lang="en"' in Browser(shop).open("/forms/hosting").body
    assert '<html lang="en"' in Browser(shop, cookies={"__Host-lang": "en"}).open("/forms/domains").body
    assert "ist eine Marke der" in Browser(shop).open("/forms/domains").body


def test_an_order_of_a_brand_that_was_removed_shows_the_owner(shop: Shop) -> None:
    brands = load_brands()
    order = an_order_of(shop, 4)
    shop = replace(shop, looks=BrandLooks(brands.changed(brands=brands.brands[:1]), "Seaside Group"))

    assert titled("Seaside Group") in Browser(shop).open(status_path(shop, order)).body
