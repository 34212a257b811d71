"""The pages themselves: small, shown the same everywhere, with a price that is the one that is charged."""

import re
from urllib.parse import urlencode

import pytest

from infra.generate.places import places_json
from lambdas.forms.form import load_forms
from lambdas.forms.pages.amounts import amount, per_period
from lambdas.forms.pages.templates import static_file, static_path
from lambdas.forms.shop import Shop
from lambdas.orders.contact.places import PLACES_FILE
from tests.support.coupons import SALE
from tests.unit.forms.browser import Browser
from tests.unit.forms.conftest import the_order_id, to_payment

MAX_FIRST_PAGE_BYTES = 60_000


@pytest.mark.parametrize("name", sorted(load_forms()))
def test_the_first_page_is_small_and_loads_nothing_from_elsewhere(browser: Browser, shop: Shop, name: str) -> None:
    look, page = shop.looks.of(shop.queue_of(shop.forms[name]).brand_id), browser.open(f"/forms/{name}")
    files = re.findall(r'(?:href|src)="(/forms/static/[^"]+)"', page.body)

    assert len(files) == (4 if look.logo else 3)
    size = len(page.body.encode()) + sum(len(browser.ask("GET", file).body.encode()) for file in files)
    assert size < MAX_FIRST_PAGE_BYTES
    assert not re.findall(r'<(?!a )[^>]*(?:href|src|action)="(?!/|#)', page.body)
    assert set(re.findall(r'<a href="(?!/|#)([^"]*)"', page.body)) == {look.terms}
    assert "style=" not in page.body
    assert re.findall(r"<script[^>]*>", page.body) == [f'<script src="{static_path("form.js")}" defer>']


def test_static_files_are_kept_for_ever_under_the_hash_of_their_content(browser: Browser) -> None:
    page = browser.ask("GET", static_path("form.css"))

    assert (page.status, page.headers["Content-Type"]) == (200, "text/css; charset=utf-8")
    assert page.headers["Cache-Control"] == "public, max-age=31536000, immutable"
    assert static_file("form-000000000000.css") is None


def test_every_input_has_a_label_and_says_what_is_wrong_with_it(browser: Browser) -> None:
    browser.open("/forms/hosting")
    page = browser.send()
    body = page.body

    for name in ("email",):
        assert f'<label for="{name}">' in body
        assert f'aria-describedby="{name}-help {name}-error" aria-invalid="true"' in body
        assert f'id="{name}-error"' in body
    assert "<title>Error: Choose your hosting" in body
    assert '<html lang="en" dir="ltr">' in body


def test_what_is_typed_is_never_markup(browser: Browser) -> None:
    browser.open("/forms/hosting")
    page = browser.send(email='"><script>alert(1)</script>')

    assert "<script>alert" not in page.body
    assert page.inputs["email"] == '"><script>alert(1)</script>'


def test_the_live_price_is_that_of_the_page_that_comes_next(browser: Browser) -> None:
    browser.open("/forms/dedicated-server")
    browser.send(server="2:3", email="ada@example.com")
    typed = {
        **browser.shown.inputs,
        "options_31": "101",
        "quantity": "2",
        "hosts": "a.example.com b.example.com",
        "operating_system": "none",
    }
    live = browser.post("/forms/dedicated-server/price?page=equipment", typed)
    saved = browser.send(**{key: typed[key] for key in ("options_31", "quantity", "hosts", "operating_system")})

    # 2 x (429.00 + 3 x 30.00) and 49.00 once
    assert "</dt><dd>$1,087.00</dd>" in live.body
    stamp, _, shown = live.body.strip().partition("\n")  # the stamp also says what was kept before
    assert 'name="seen"' in stamp
    assert shown in saved.body
    assert "Memory: 64 GB, Bandwidth: 10 TB, a.example.com, b.example.com" in live.body


def test_a_live_price_changes_nothing(browser: Browser, shop: Shop) -> None:
    to_payment(browser)
    before = shop.service.get(order_id=the_order_id(browser, shop))
    browser.post("/forms/hosting/price?page=plan", {**browser.shown.inputs, "plan": "1:1"})

    assert shop.service.get(order_id=before.order_id) == before


def test_another_plan_takes_the_options_of_the_first_one_off(shop: Shop, browser: Browser) -> None:
    from lambdas.forms.save_page import change_order, preview_order

    browser.open("/forms/dedicated-server")
    browser.send(server="2:3", email="ada@example.com")
    form, order = shop.forms["dedicated-server"], shop.service.get(order_id=the_order_id(browser, shop))
    order = shop.service.update(order, {"info": {"pack1": {"options": {"31": "101"}}}})
    other = {"pack1": {"plan_id": "1", "period": 12}}

    assert preview_order(shop, form, order, other).total_cents == 9900
    order = change_order(shop, form, order, other)
    assert (order.total_cents, order.info["pack1"]["options"]) == (9900, "")
    assert shop.service.pricing.missing(order.info, SALE) == ()


def test_the_address_of_a_country_is_drawn_for_scripts(browser: Browser) -> None:
    canada = browser.ask("GET", "/forms/hosting/address?page=contact&country=CA")
    assert (canada.status, canada.read.offered["state"][1]) == (200, "AB")
    assert "Quebec" in canada.text
    emirates = browser.ask("GET", "/forms/hosting/address?page=contact&country=AE")
    assert list(emirates.inputs) == ["address", "state", "city"]
    for query in ("", "?country=XX", "?page=nothing&country=CA", "?page=contact&country=%3Cscript%3E"):
        assert browser.ask("GET", f"/forms/hosting/address{query}").status == 200


def test_a_form_whose_queue_is_closed_takes_no_orders(browser: Browser, shop: Shop) -> None:
    queues = dict(shop.service.queues)
    shown = browser.open("/forms/hosting").inputs
    queues[1] = queues[1].model_copy(update={"active": False})
    object.__setattr__(shop.service, "queues", queues)

    assert Browser(shop).open("/forms/hosting").status == 503
    assert browser.ask("POST", "/forms/hosting/plan", urlencode({**shown, "email": "a@b.c"})).status == 503


def test_places_are_those_of_pycountry() -> None:
    """After an update of pycountry: `python -m infra.generate.places`."""
    assert PLACES_FILE.read_text("utf-8") == places_json()


def test_amounts_and_periods_are_written_as_people_read_them() -> None:
    assert (amount(159900, "USD"), amount(995, "CHF"), amount(-100, "EUR")) == (
        "$1,599.00",
        "CHF\u00a09.95",
        "\u2212€1.00",
    )
    assert [per_period(months) for months in (0, 1, 3, 12)] == ["once", "a month", "every 3 months", "a year"]
