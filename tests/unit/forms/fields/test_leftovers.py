"""Leads outlive plans, options and fields: what an order was begun with is shown, chosen anew, or taken off and said so."""

from collections.abc import Callable, Mapping
from typing import Any

import pytest

from lambdas.catalog.plan import Plan
from lambdas.forms.fields.leftovers import CHOOSE_ANEW, TAKEN_OFF
from lambdas.forms.form import Form
from lambdas.forms.shop import Shop
from lambdas.orders.model.order import Order
from lambdas.orders.model.steps import StepStatus
from tests.unit.forms.browser import Browser
from tests.unit.forms.conftest import the_order_id, to_payment, with_card

AGREED = {"terms": "1", "terms_signature": "Ada Lovelace"}
Deploys = Callable[[Mapping[str, Plan | None]], None]


@pytest.fixture
def deploys(shop: Shop) -> Deploys:
    """Sells these plans from now on; None: no more."""

    def deploy(plans: Mapping[str, Plan | None]) -> None:
        now = {key: plan for key, plan in {**shop.plans, **plans}.items() if plan}
        object.__setattr__(shop, "plans", now)
        object.__setattr__(shop.service.pricing, "plans", now)

    return deploy


@pytest.fixture
def without_certificate(shop: Shop) -> Callable[[], None]:
    """The form as it is without its fields of pack 3."""

    def deploy() -> None:
        form = shop.forms["hosting"]
        pages = tuple(
            page.model_copy(update={"fields": tuple(each for each in page.fields if getattr(each, "pack", 0) != 3)})
            for page in form.pages
        )
        object.__setattr__(shop, "forms", {**shop.forms, "hosting": Form(**{**shape_of(form), "pages": pages})})

    return deploy


def shape_of(form: Form) -> dict[str, Any]:
    return {name: getattr(form, name) for name in Form.model_fields}


def order_of(browser: Browser, shop: Shop) -> Order:
    return shop.service.get(order_id=the_order_id(browser, shop))


def with_certificate(browser: Browser) -> None:
    browser.open("/forms/hosting")
    browser.send(plan="1:12", email="ada@example.com")
    browser.send(site="www.example.com", certificate="4:0", certificate_name="www.example.com")
    person = {"orders_as": "person", "first": "Ada", "last": "Lovelace", "address": "12 Square", "city": "London"}
    browser.send(**person, country="GB")


def test_what_no_page_asks_for_any_more_is_taken_off_and_said_so(
    browser: Browser, shop: Shop, deploys: Deploys, without_certificate: Callable[[], None]
) -> None:
    with_certificate(browser)
    before = order_of(browser, shop).total_cents
    deploys({"4": None})
    without_certificate()
    page = browser.open("/forms/hosting/payment")

    assert TAKEN_OFF in page.text
    with_card(browser)
    browser.send()
    order = order_of(browser, shop)
    assert (order.step_status, order.info["pack3"]) == (StepStatus.ORDINARY, "")
    assert order.hold is not None
    assert order.hold.amount_cents == order.total_cents < before


def test_what_is_still_sold_stays_though_no_page_asks_for_it(
    browser: Browser, shop: Shop, without_certificate: Callable[[], None]
) -> None:
    with_certificate(browser)
    before = order_of(browser, shop).total_cents
    without_certificate()

    assert TAKEN_OFF not in browser.open("/forms/hosting/payment").text
    with_card(browser)
    browser.send()
    assert order_of(browser, shop).total_cents == before


def test_a_plan_that_is_gone_is_chosen_anew_on_its_page(browser: Browser, shop: Shop, deploys: Deploys) -> None:
    to_payment(browser)
    plan = shop.plans["1"]
    deploys({"1": plan.model_copy(update={"pricing": {1: plan.pricing[1]}})})
    page = browser.open("/forms/hosting/payment")

    assert page.path == "/forms/hosting/plan"
    assert CHOOSE_ANEW in page.text
    browser.send(plan="1:1")
    assert CHOOSE_ANEW not in browser.open("/forms/hosting/payment").text
    assert order_of(browser, shop).total_cents == 995


def server(browser: Browser, **options: Any) -> None:
    browser.open("/forms/dedicated-server")
    browser.send(server="2:1", email="ada@example.com")
    browser.send(quantity="1", **options)


def without_option(plan: Plan) -> Plan:
    """Its upgrade has only its default option."""
    (key, upgrade), *more = plan.upgrades.items()
    left = upgrade.model_copy(update={"options": {upgrade.default: upgrade.options[upgrade.default]}})
    return plan.model_copy(update={"upgrades": {key: left, **dict(more)}})


def test_an_option_that_is_gone_is_chosen_anew_on_its_page(browser: Browser, shop: Shop, deploys: Deploys) -> None:
    upgrade_id, upgrade = next(iter(shop.plans["2"].upgrades.items()))
    other = next(key for key in upgrade.options if key != upgrade.default)
    server(browser, **{f"options_{upgrade_id}": other})
    assert order_of(browser, shop).info["pack1"]["options"][upgrade_id] == other
    deploys({"2": without_option(shop.plans["2"])})
    page = browser.open("/forms/dedicated-server/payment")

    assert page.path == "/forms/dedicated-server/equipment"
    assert CHOOSE_ANEW in page.text
    browser.send(**{f"options_{upgrade_id}": upgrade.default})
    assert order_of(browser, shop).info["pack1"]["options"][upgrade_id] == upgrade.default
    assert order_of(browser, shop).priced


def test_an_upgrade_that_is_gone_is_taken_off(browser: Browser, shop: Shop, deploys: Deploys) -> None:
    upgrade_id = next(iter(shop.plans["2"].upgrades))
    server(browser)
    deploys({"2": shop.plans["2"].model_copy(update={"upgrades": {}})})

    assert TAKEN_OFF in browser.open("/forms/dedicated-server/equipment").text
    browser.send(quantity="2")
    order = order_of(browser, shop)
    assert not order.info["pack1"]["options"] or not order.info["pack1"]["options"][upgrade_id]
    assert [pack.quantity for pack in order.priced] == [2]


def test_a_link_of_a_form_that_is_gone_says_so(browser: Browser, shop: Shop) -> None:
    object.__setattr__(shop, "forms", {name: form for name, form in shop.forms.items() if name != "hosting"})
    page = browser.ask("GET", "/forms/hosting/resume/" + "a" * 43)

    assert (page.status, "This order form is closed" in page.text) == (410, True)
