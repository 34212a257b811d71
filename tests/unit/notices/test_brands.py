"""A mail comes from the brand of its order: in its name, from its address, with its notes and terms."""

from dataclasses import replace
from typing import Any

import pytest

from lambdas.catalog.brands.brand import load_brands
from lambdas.catalog.plan import load_plans
from lambdas.forms.brands.branded import branded
from lambdas.mail.sender import Sender
from lambdas.orders.decisions.lead.draft import OrderDraft
from lambdas.orders.model.order import Order
from tests.support.build import CARD, CONTACT
from tests.unit.notices.conftest import Desk

NOTE = "Example Domains is a brand of Example Hosting B.V., Keizersgracht 1, 1015 AA Amsterdam, Netherlands."


@pytest.fixture
def desk(desk: Desk) -> Desk:
    brands = load_brands()
    sender = Sender(
        mail_from="orders@example.com",
        company="Example Group",
        brand_mail_from={2: "orders@domains.example.com"},
        brands=brands,
    )
    notices = desk.notices
    forms = branded(notices.forms, notices.queues, brands)
    changed = replace(notices, sender=sender, forms=forms, languages=("en", "de"), plans=load_plans())
    return replace(desk, notices=changed)


def a_domain(desk: Desk, **info: Any) -> Order:
    pack = {"plan_id": "3", "period": 12, "desserv": "ada.example"}
    msa = {"domain-terms-2026-11": "1"}
    content = {**CONTACT, **CARD, "pack1": pack, "msa": msa, **info}
    return desk.service.create(OrderDraft(order_queue_id=4, order_form_id=3, info=content))


def sent(desk: Desk) -> tuple[str, str]:
    """Sender and text of the only mail."""
    (mail,) = desk.ses.sent
    return mail["FromEmailAddress"], desk.text()


def test_the_confirmation_is_the_brands(desk: Desk) -> None:
    desk.tell("OrderSubmitted", desk.service.submit(a_domain(desk), by="test"))
    sender, text = sent(desk)

    assert sender == "Example Domains <orders@domains.example.com>"
    assert text.endswith(f"\n\nExample Domains\n\n{NOTE}\n")
    assert "Seller: Example Domains" in text
    assert "https://domains.example.com/terms" in text
    assert "Example Group" not in text
    assert "Example Hosting" not in text.replace(NOTE, "")


def test_another_brand_without_an_address_of_its_own_has_the_stages(desk: Desk) -> None:
    desk.tell("OrderSubmitted", desk.service.submit(desk.lead(), by="test"))
    sender, text = sent(desk)

    assert sender == "Example Hosting <orders@example.com>"
    assert "Domains" not in text


def test_a_reminder_and_an_ending_are_the_brands_too(desk: Desk) -> None:
    order = a_domain(desk, lang="de")
    desk.notices.remind(order.order_id, desk.notices.forms["domains"], 24)
    sender, text = sent(desk)
    assert sender == "Example Domains <orders@domains.example.com>"
    assert text.rstrip().endswith("Niederlande.")

    desk.ses.sent.clear()
    desk.service.cancel(desk.service.submit(desk.service.get(order_id=order.order_id), by="test"), because="asked")
    desk.tell("OrderCanceled", order)
    sender, text = sent(desk)
    assert sender == "Example Domains <orders@domains.example.com>"
    assert "\n\nExample Domains\n\nExample Domains ist eine Marke" in text


def test_a_brands_language_is_that_of_orders_which_name_none(desk: Desk) -> None:
    brands = load_brands()
    german = brands.changed(brands=(brands.brands[0], brands.brands[1].changed(language="de")))
    desk = replace(desk, notices=replace(desk.notices, sender=desk.notices.sender.changed(brands=german)))
    desk.tell("OrderSubmitted", desk.service.submit(a_domain(desk), by="test"))

    assert desk.text().startswith("Guten Tag Ada,")
