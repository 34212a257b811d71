"""The language of a page: the reader's choice by a link or a button, else the browser's; kept with the order."""

import re
from dataclasses import replace

import pytest

from lambdas.forms.shop import Shop
from lambdas.orders.model.order import Order
from tests.unit.forms.browser import Browser, Page
from tests.unit.forms.conftest import the_order_id, to_payment, with_card
from tests.unit.languages.pseudo import TAG


def asked_with(browser: Browser, accepted: str, path: str = "/forms/hosting") -> Page:
    return browser.ask("GET", path, **{"accept-language": accepted})


def order_of(browser: Browser, shop: Shop) -> Order:
    return shop.service.get(order_id=the_order_id(browser, shop))


def is_german(page: Page) -> bool:
    return '<html lang="de" dir="ltr">' in page.body and "Wählen Sie Ihr Hosting" in page.text


@pytest.mark.parametrize(
    ("accepted", "wanted"),
    [
        ("de-AT,de;q=0.9,en;q=0.8", "de"),
        ("fr-FR,fr;q=0.9,de;q=0.5,en;q=0.1", "de"),
        ("en;q=0.2, de;q=0.9", "de"),
        ("de;q=0, en;q=0.1", "en"),
        ("fr", "en"),
        ("", "en"),
        (";q=x,,de;;;q=1;q=2", "en"),
        ("ar", "ar"),
    ],
)
def test_the_browser_says_what_it_prefers(browser: Browser, accepted: str, wanted: str) -> None:
    page = asked_with(browser, accepted)

    assert f'<html lang="{wanted}"' in page.body
    assert not [cookie for cookie in page.set_cookies if "lang" in cookie]


def test_a_link_chooses_and_is_remembered(browser: Browser) -> None:
    page = browser.open("/forms/hosting?lang=de")

    assert is_german(page)
    assert [cookie for cookie in page.set_cookies if "lang" in cookie] == [
        "__Host-lang=de; Path=/; Max-Age=31536000; HttpOnly; SameSite=Lax; Secure"
    ]
    assert is_german(asked_with(browser, "en"))
    assert "Choose your hosting" in browser.open("/forms/hosting?lang=en").text


@pytest.mark.parametrize("lang", ["fr", "../../de", "DE", "", "de\r\nSet-Cookie: a=b", "d" * 5_000])
def test_a_language_that_is_not_offered_changes_nothing(browser: Browser, lang: str) -> None:
    page = browser.ask("GET", "/forms/hosting", **{"accept-language": "de"})
    query = lang.replace("\r", "%0D").replace("\n", "%0A").replace(" ", "%20")
    again = browser.ask("GET", f"/forms/hosting?lang={query}", **{"accept-language": "de"})

    assert is_german(page) and is_german(again)
    assert not [cookie for cookie in again.set_cookies if "__Host-lang" in cookie]


def test_the_stages_own_language_is_for_everybody_else(shop: Shop) -> None:
    german = Browser(replace(shop, languages=("de", "en")))

    assert is_german(asked_with(german, "fr"))
    assert is_german(german.open("/forms/hosting"))


def test_one_language_shows_no_choice_and_keeps_nothing(shop: Shop) -> None:
    browser = Browser(replace(shop, languages=("en",)))
    page = asked_with(browser, "de", "/forms/hosting?lang=de")
    to_payment(browser)

    assert '<html lang="en" dir="ltr">' in page.body
    assert "languages" not in page.body
    assert "lang" not in order_of(browser, browser.shop).info


def test_every_page_links_to_itself_in_the_other_languages(browser: Browser) -> None:
    page = browser.open("/forms/hosting/resume?asked=1")

    assert {"/forms/hosting/resume?asked=1&lang=de", "/forms/hosting/resume?asked=1&lang=ar"} <= set(page.read.links)


def test_a_switch_keeps_what_was_typed_and_saves_nothing(browser: Browser, shop: Shop) -> None:
    browser.open("/forms/hosting")
    typed = {"plan": "1:12", "email": "half an addr", "_lang": "de"}
    page = browser.send(**typed)

    assert page.status == 200
    assert is_german(page)
    assert (page.inputs["plan"], page.inputs["email"]) == ("1:12", "half an addr")
    assert "Etwas stimmt noch nicht" not in page.text
    with pytest.raises(AssertionError):
        the_order_id(browser, shop)
    assert is_german(browser.open("/forms/hosting"))


def test_a_switch_shows_no_card_number_again(browser: Browser) -> None:
    browser.open("/forms/hosting")
    page = browser.send(plan="1:12", email="4242424242424242", _lang="de")

    assert "4242424242424242" not in page.body


def test_a_switch_of_another_site_is_refused(browser: Browser) -> None:
    browser.open("/forms/hosting")
    page = browser.post("/forms/hosting", {**browser.shown.inputs, "_lang": "de"}, **{"sec-fetch-site": "cross-site"})

    assert page.status == 403


@pytest.mark.parametrize(("path", "typed"), [("/forms/hosting/sign-in", "email"), ("/forms/hosting/resume", "email")])
def test_other_pages_keep_what_was_typed_too(browser: Browser, path: str, typed: str) -> None:
    to_payment(browser)
    browser.open(path)
    page = browser.send(**{typed: "half an addr", "_lang": "de"})

    assert (page.status, page.inputs[typed]) == (200, "half an addr")
    assert "Link zuschicken" in page.text


def test_the_order_remembers_the_language_of_its_pages(browser: Browser, shop: Shop) -> None:
    browser.open("/forms/hosting?lang=de")
    to_payment(browser)
    assert order_of(browser, shop).info["lang"] == "de"

    browser.open("/forms/hosting/payment?lang=en")
    assert order_of(browser, shop).info["lang"] == "de"
    with_card(browser)
    assert order_of(browser, shop).info["lang"] == "en"


def test_a_german_buys_from_the_entrance_to_the_status_page(browser: Browser, shop: Shop) -> None:
    """The words that the law wants are on the button, and the amounts are written as in German."""
    assert "Webhosting bestellen" in asked_with(browser, "de-DE", "/").text
    page = browser.open("/forms/hosting?lang=de")
    assert "99,00\u00a0$ im Jahr" in page.body
    browser.send(plan="1:12", email="ada@example.com")
    browser.send(site="www.example.com")
    person = {"orders_as": "person", "first": "Änne", "last": "Müller", "address": "Hauptstraße 1", "city": "Köln"}
    page = browser.send(**person, country="DE", zip="50667")
    assert "Zahlungspflichtig bestellen" in page.body
    assert "Köln" in page.text and "Deutschland" in page.text

    page = with_card(browser)
    assert "Karte gespeichert, noch nichts abgebucht." in page.text
    page = browser.send(terms="1", terms_signature="Änne Müller", payment="entered")

    assert "Bestellung ist eingegangen, und wir richten Ihr Konto jetzt ein." in page.text
    assert "sind auf Ihrer Karte mit den Endziffern 4242 vorgemerkt" in page.text
    assert "Bearbeitung" in page.text
    assert order_of(browser, shop).submitted_at is not None


def test_a_refused_entry_is_refused_in_german(browser: Browser) -> None:
    browser.open("/forms/hosting?lang=de")
    page = browser.send(plan="1:12", email="nobody")

    assert page.status == 422
    assert "Fehler: Wählen Sie Ihr Hosting" in page.text
    assert "Geben Sie eine E-Mail-Adresse im richtigen Format ein, zum Beispiel name@example.com" in page.text


def test_amounts_and_numbers_keep_their_order_from_right_to_left(shop: Shop) -> None:
    """Without isolates, a browser shows `US$ 9.95` as `$US 9.95`, and `+44 20` as `20 44+`."""
    browser = Browser(shop, cookies={"__Host-lang": TAG})
    page = browser.open("/forms/hosting")

    assert re.search("\u2066[^\u2069]*9\\.95[^\u2069]*\u2069", page.body)
    assert "\u2066" not in Browser(shop, cookies={"__Host-lang": "de"}).open("/forms/hosting").body
