"""Several domain names on one page: typed or pasted, looked up, ticked and ordered. All of it without JavaScript."""

from dataclasses import replace

import pytest

from lambdas.forms.shop import Shop
from lambdas.rate_limits.failures import Limit
from lambdas.rate_limits.form_limits import FormLimits
from lambdas.registrar.lookups import Lookups
from lambdas.registrar.registrar import Standing
from lambdas.registrar.sandbox import SandboxRegistrar
from tests.unit.forms.browser import Browser, Page
from tests.unit.forms.conftest import the_order_id

EMAIL = "ada@example.com"


class CountedRegistrar(SandboxRegistrar):
    """The sandbox's, with the names that it was asked for. Late answers come too late at once."""

    def __init__(self) -> None:
        super().__init__(lambda seconds: None)
        self.asked: list[str] = []

    def ask(self, name: str) -> Standing:
        self.asked.append(name)
        return super().ask(name)


@pytest.fixture
def registrar() -> CountedRegistrar:
    return CountedRegistrar()


@pytest.fixture
def browser(shop: Shop, registrar: CountedRegistrar) -> Browser:
    return Browser(replace(shop, lookups=Lookups(registrar)))


def look(browser: Browser, names: str, **typed: str) -> Page:
    if browser.page is None:
        browser.open("/forms/domains")
    return browser.send(domains=names, look="1", **typed)


def tick(*names: str) -> dict[str, str]:
    return {f"domains-{name}": "1" for name in names}


def transfer(*names: str) -> dict[str, str]:
    return {f"domains_transfer-{name}": "1" for name in names}


def ordered(browser: Browser) -> dict[str, str]:
    """The plan of each name that the order has."""
    info = browser.shop.service.get(order_id=the_order_id(browser, browser.shop)).info
    packs = (info[key] for key in info if key.startswith("pack") and info[key])
    return {pack["desserv"]: pack["plan_id"] for pack in packs}


def test_each_name_is_answered_in_its_own_way(browser: Browser) -> None:
    page = look(browser, "ada-lovelace.com, taken.net\npremium.org unknown.de\tshop.xyz not_a_name")

    assert page.status == 200
    for said in (
        "ada-lovelace.com Free Register ada-lovelace.com $14.50 a year",
        "taken.net Taken",
        "premium.org Free, but at a higher price. Contact us to order it",
        "unknown.de We could not find out whether it is free.",
        "shop.xyz We do not sell this ending. We sell .com, .net, .org, .example, .de, .eu, .nl, .co.uk",
        "not_a_name This is no domain name.",
    ):
        assert said in page.text
    offered = {**tick("ada-lovelace.com", "unknown.de"), **transfer("taken.net", "unknown.de")}
    assert set(page.read.offered) == set(offered)
    assert page.inputs["domains"].splitlines() == [
        "ada-lovelace.com, taken.net",
        "premium.org unknown.de\tshop.xyz not_a_name",
    ]


def test_addresses_words_and_other_scripts_are_names_too(browser: Browser, registrar: CountedRegistrar) -> None:
    page = look(browser, "https://www.Flowers.co.uk/shop?x=1 BÜCHER.de tulip")

    assert set(registrar.asked) == {"flowers.co.uk", "xn--bcher-kva.de"} | {
        f"tulip.{ending}" for ending in ("com", "net", "org", "example", "de", "eu", "nl", "co.uk")
    }
    assert "bücher.de xn--bcher-kva.de Free Register bücher.de $9.90 a year" in page.text


def test_what_is_ticked_is_ordered_each_with_the_plan_of_its_ending(browser: Browser) -> None:
    look(browser, "ada.com bücher.de other.net")
    page = browser.send(email=EMAIL, **tick("ada.com", "xn--bcher-kva.de"))

    assert page.path == "/forms/domains/certificate"
    assert ordered(browser) == {"ada.com": "3", "xn--bcher-kva.de": "5"}
    assert "$24.40" in page.text  # 14.50 and 9.90
    back = browser.open("/forms/domains/domain")
    assert back.inputs["domains"].split() == ["ada.com", "bücher.de"]
    assert (back.inputs["domains-ada.com"], back.inputs["domains-xn--bcher-kva.de"]) == ("1", "1")


def test_the_price_counts_what_is_ticked_before_it_is_sent(browser: Browser) -> None:
    page = look(browser, "ada.com bea.de")

    assert "Nothing is chosen yet" in page.text
    drawn = browser.post("/forms/domains/price?page=domain", {**page.inputs, **tick("ada.com", "bea.de")})
    assert "$24.40" in drawn.body


def test_a_second_look_keeps_what_was_ticked(browser: Browser, registrar: CountedRegistrar) -> None:
    look(browser, "ada.com")
    page = look(browser, "bea.de", **tick("ada.com"))

    assert page.inputs["domains-ada.com"] == "1"
    assert registrar.asked == ["ada.com", "bea.de"]
    browser.send(email=EMAIL, **tick("bea.de"))
    assert ordered(browser) == {"ada.com": "3", "bea.de": "5"}


def test_a_name_that_is_no_longer_ticked_is_taken_off(browser: Browser) -> None:
    look(browser, "ada.com bea.de")
    browser.send(email=EMAIL, **tick("ada.com", "bea.de"))
    browser.open("/forms/domains/domain")
    page = browser.shown
    sent = {name: value for name, value in page.inputs.items() if name != "domains-ada.com"}
    browser.post(page.read.action, {**sent, **tick("cy.nl"), "domains": "bea.de cy.nl"})

    assert ordered(browser) == {"bea.de": "5", "cy.nl": "5"}


def test_nothing_goes_on_without_a_name(browser: Browser) -> None:
    browser.open("/forms/domains")
    empty = browser.send(email=EMAIL)
    assert (empty.status, "Enter the domain names" in empty.text) == (422, True)
    unticked = browser.send(domains="ada.com", email=EMAIL)
    assert (unticked.status, "Select at least one of the names below" in unticked.text) == (422, True)
    assert "ada.com Free Register ada.com $14.50 a year" in unticked.text
    nothing = look(browser, "  ")
    assert (nothing.status, "Enter the domain names" in nothing.text) == (422, True)


def test_a_name_that_is_taken_meanwhile_is_refused_and_the_others_are_kept(browser: Browser) -> None:
    look(browser, "ada.com")
    page = browser.send(email=EMAIL, **tick("ada.com", "taken.net", "premium.org"))

    assert page.status == 422
    assert "taken.net is taken. Choose another name, or transfer it if it is yours." in page.text
    assert "premium.org costs more than other names." in page.text
    assert ordered(browser) == {"ada.com": "3"}


@pytest.mark.parametrize(
    "name",
    [
        "ada.xyz",
        "www.ada.com",
        "com",
        "",
        "ada.com.",
        "<b>",
        "a b.com",
        "ADA.com",
        "-.com",
        "a/b.com",
        "\x00.com",
        "a..com",
    ],
)
def test_a_name_that_no_page_offered_is_refused(browser: Browser, registrar: CountedRegistrar, name: str) -> None:
    look(browser, "ada.com")

    assert browser.send(email=EMAIL, **tick(name)).status == 422
    assert registrar.asked == ["ada.com"]


def test_no_more_names_than_the_form_takes(browser: Browser, registrar: CountedRegistrar) -> None:
    page = look(browser, " ".join(f"n{at}.com" for at in range(30)))

    assert "Domain names must be 20 names or fewer" in page.text
    assert len(registrar.asked) == 20
    refused = browser.send(email=EMAIL, **tick(*(f"n{at}.com" for at in range(21))))
    assert (refused.status, "Domain names must be 20 names or fewer" in refused.text) == (422, True)


def test_too_many_looks_leave_names_unknown_and_stop_no_order(
    browser: Browser, shop: Shop, registrar: CountedRegistrar
) -> None:
    limits = FormLimits(looks_of_source=Limit(most=1, seconds=3_600))
    browser.shop = replace(browser.shop, limits=limits)
    look(browser, "ada.com")
    page = look(browser, "ada.com bea.com")

    assert registrar.asked == ["ada.com"]
    assert "ada.com Free Register ada.com $14.50 a year" in page.text
    assert "bea.com We could not find out" in page.text
    browser.send(email=EMAIL, **tick("bea.com"))
    assert ordered(browser) == {"bea.com": "3"}


def test_a_stage_without_a_registrar_says_so_and_sells(shop: Shop) -> None:
    browser = Browser(shop)

    assert "We could not find out whether it is free" in look(browser, "ada.com").text


def test_a_card_number_is_neither_looked_up_nor_shown_again(browser: Browser, registrar: CountedRegistrar) -> None:
    page = look(browser, "4242424242424242")

    assert registrar.asked == []
    assert "4242424242424242" not in page.body


def test_the_enter_key_goes_on_and_does_not_look_up(browser: Browser) -> None:
    """A browser presses the first button of the form for it."""
    body = browser.open("/forms/domains").body

    assert body.index('name="act"') < body.index('name="look"')
