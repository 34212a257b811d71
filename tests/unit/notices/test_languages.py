"""A mail comes in the language in which its order was made, with links that lead to pages in it."""

from dataclasses import replace

import pytest

from lambdas.catalog.plan import load_plans
from tests.unit.notices.conftest import Desk


@pytest.fixture
def desk(desk: Desk) -> Desk:
    return replace(desk, notices=replace(desk.notices, languages=("en", "de"), plans=load_plans()))


def german(desk: Desk) -> tuple[str, str]:
    """The mail's text and the order's reference."""
    order = desk.lead(lang="de", msa={"terms-2026-11": "1", "signer": "Ada Lovelace"})
    desk.service.submit(order, by="test")
    desk.tell("OrderSubmitted", order)
    return desk.text(), order.reference


def test_the_confirmation_of_a_german_order_is_german(desk: Desk) -> None:
    text, reference = german(desk)

    assert text.startswith("Guten Tag Ada,\n\nVielen Dank. Ihre Bestellung ist eingegangen")
    for part in (
        f"Bestellung {reference} vom 15. Januar 2027", "Webhosting Basic: 9,95\u00a0$ im Monat", "Erste Zahlung: 9,95\u00a0$",
        "Danach 9,95\u00a0$ im Monat", "Bestellt von:", "Sie haben zugestimmt: Nutzungsbedingungen (terms-2026-11)",
        "Unterschrieben von: Ada Lovelace", "Verkäufer: Example Hosting", "Geben Sie diese Adresse nicht weiter",
    ):  # fmt: skip
        assert part in text
    assert "?lang=de\n" in text
    (mail,) = desk.ses.sent
    assert mail["Content"]["Simple"]["Subject"]["Data"] == f"Ihre Bestellung {reference}"


@pytest.mark.parametrize("lang", ["fr", "", "en", "xx/../de"])
def test_other_orders_get_the_stages_own_language(desk: Desk, lang: str) -> None:
    order = desk.lead(lang=lang)
    desk.service.submit(order, by="test")
    desk.tell("OrderSubmitted", order)

    assert desk.text().startswith("Hello Ada,")
    assert "?lang=en\n" in desk.text()


def test_an_ending_is_german(desk: Desk) -> None:
    order = desk.service.submit(desk.lead(lang="de"), by="test")
    desk.service.cancel(order, because="they asked")
    desk.tell("OrderCanceled", order)

    assert "Ihre Bestellung wurde storniert.\n\nDas dafür vorgemerkte Geld wird freigegeben." in desk.text()


def test_a_reminder_has_the_queues_own_german_texts(desk: Desk) -> None:
    order = desk.lead(lang="de")
    desk.notices.remind(order.order_id, desk.notices.forms["hosting"], 24)
    (mail,) = desk.ses.sent

    assert mail["Content"]["Simple"]["Subject"]["Data"] == "Ihre Bestellung"
    assert "Sie haben bei uns eine Bestellung begonnen." in desk.text()
    assert "Um die Erinnerungen zu beenden:\n" in desk.text()
    assert desk.text().count("?lang=de") == 2


def test_where_there_is_one_language_links_name_none(desk: Desk) -> None:
    desk = replace(desk, notices=replace(desk.notices, languages=("en",)))
    order = desk.lead(lang="de")
    desk.service.submit(order, by="test")
    desk.tell("OrderSubmitted", order)

    assert "lang=" not in desk.text()
    assert desk.text().startswith("Hello Ada,")
