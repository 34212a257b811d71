"""Every shipped form is filled by people of many countries: forty orders, addresses as typed, taxes as by table."""

import pytest

from lambdas.forms.form import load_forms
from lambdas.forms.shop import Shop
from lambdas.orders.model.steps import StepStatus
from tests.unit.forms.browser import Browser, Page, provider_answers
from tests.unit.forms.conftest import CARD, the_order_id
from tests.unit.forms.people.people import PEOPLE, Person

TAXES = {"IE": 23, "DE": 19, "FR": 20, "NL": 21, "PL": 23, "GR": 24, "BG": 20}  # percent; elsewhere none
AT_HOME = {"NL": 21}  # of the brand of domains
PHONE = "+44 20 7946 0018"  # of those who state none, where the form needs one
NET_CENTS = {
    "hosting": 99_00,
    "domains": 14_50,
    "dedicated-server": 1_599_00 + 12 * 30_00,
}  # for a year, with 64 GB of memory
FORMS = sorted(load_forms())


def test_there_are_forty_people_of_twenty_countries_and_seven_scripts() -> None:
    assert len(PEOPLE) == 40
    assert len({person.country for person in PEOPLE}) >= 20
    assert {person.country for person in PEOPLE if not person.zip} >= {"AE", "HK", "IE"}


@pytest.mark.parametrize("at", range(len(PEOPLE)))
def test_everybody_orders(shop: Shop, at: int) -> None:
    person, form = PEOPLE[at], FORMS[at % len(FORMS)]
    browser = Browser(shop, source=f"198.51.100.{at}")
    page = _to_contact(browser, form, f"buyer{at}@example.com")
    asked = {"orders_as": "company" if person.company else "person"} if form != "dedicated-server" else {"phone": PHONE}
    page = browser.send(**{**asked, **person.typed})
    assert page.path.endswith("/payment"), page.text
    status = _pay(browser, form, person)

    order = shop.service.get(order_id=the_order_id(browser, shop))
    assert status.path.startswith("/orders/"), status.text
    assert (order.step_status is StepStatus.LEADS, order.hold is not None) == (False, True)
    wanted = {**person.typed, **person.kept}
    assert {name: order.info.get(name) for name in wanted} == wanted
    net = NET_CENTS[form]
    percent = 0 if person.vat_id else (AT_HOME if form == "domains" else TAXES).get(person.country, 0)
    assert sum(pack.tax_cents for pack in order.priced) == (net * percent + 50) // 100
    assert order.total_cents == net + (net * percent + 50) // 100


def _to_contact(browser: Browser, form: str, email: str) -> Page:
    browser.open(f"/forms/{form}")
    if form == "hosting":
        browser.send(plan="1:12", email=email)
        return browser.send(site="www.example.com")
    if form == "domains":
        browser.send(domains="my-flowers.com", email=email, **{"domains-my-flowers.com": "1"})
        return browser.send()
    browser.send(server="2:12", email=email)
    return browser.send(options_31="101", quantity="1", hosts="db1.example.com", operating_system="debian-13")


def _pay(browser: Browser, form: str, person: Person) -> Page:
    agreement = "agreement" if form == "dedicated-server" else "terms"
    agreed = {agreement: "1", f"{agreement}_signature": f"{person.first} {person.last}"}
    led = browser.send(**agreed, payment="enter:card")
    assert led.status == 303, led.text
    browser.open(provider_answers(led, token="tok_approve", **CARD))
    return browser.send()
