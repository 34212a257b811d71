"""The way back to an unfinished order, for who asked for it and for who left: only while there is something to go on with."""

import json
from typing import Any

import pytest

from lambdas.mail.link_mail import link_mail
from lambdas.mail.link_requests import LinkRequests
from lambdas.mail.sender import Sender
from lambdas.notices import reminders
from lambdas.notices.reminders import HOUR, remind
from lambdas.orders.model.order import Order
from lambdas.records.links.link import LinkPurpose
from tests.support.build import a_queue, an_order
from tests.unit.notices.conftest import Desk


def wish(desk: Desk, email: str, *, form: str = "hosting", message_id: str = "w-1") -> list[str]:
    """Somebody asks for a link on the form's page, and the message comes out of the queue."""
    bodies: list[str] = []

    class Queue:
        def send_message(self, *, QueueUrl: str, MessageBody: str) -> None:
            bodies.append(MessageBody)

    LinkRequests("url", Queue()).put(form, email)
    assert email not in bodies[0]
    return desk.receive(json.loads(bodies[0]), message_id=message_id)


def begun(desk: Desk, **info: Any) -> Order:
    order = desk.lead(**info)
    desk.tell("OrderCreated", order)
    return order


def test_a_wish_brings_the_newest_lead_back_with_the_queue_s_texts(desk: Desk) -> None:
    begun(desk)
    newest = begun(desk)
    begun(desk, email="eve@example.com")

    assert wish(desk, "ADA@Example.com ") == []

    (mail,) = desk.ses.sent
    assert mail["Destination"] == {"ToAddresses": ["ada@example.com"]}
    assert mail["Content"]["Simple"]["Subject"]["Data"] == "Your order"
    assert "Continue where you stopped:\n\nhttps://orders.example.com/forms/hosting/resume/" in desk.text()
    assert "Someone, most likely you, requested this link" in desk.text()
    link = desk.links.find(desk.token(), LinkPurpose.RESUME)
    assert link is not None
    assert (link.order_id, link.form) == (newest.order_id, "hosting")


@pytest.mark.parametrize(
    ("email", "form"),
    [("nobody@example.com", "hosting"), ("ada@example.com", "dedicated-server"), ("ada@example.com", "gone")],
)
def test_a_wish_without_a_lead_mails_nothing_and_is_done(desk: Desk, email: str, form: str) -> None:
    begun(desk)

    assert wish(desk, email, form=form) == []
    assert desk.ses.sent == []


def test_a_wish_that_comes_twice_mails_once_and_a_second_wish_mails_again(desk: Desk) -> None:
    begun(desk)
    for message_id in ("w-1", "w-1", "w-2"):
        wish(desk, "ada@example.com", message_id=message_id)

    assert len(desk.ses.sent) == 2


def test_submitted_canceled_and_expired_orders_and_those_of_another_address_now_are_not_gone_on_with(
    desk: Desk,
) -> None:
    desk.service.submit(begun(desk))
    desk.service.cancel(begun(desk))
    moved = begun(desk)
    desk.service.update(moved, {"info": {"email": "new@example.com"}})
    wish(desk, "ada@example.com")
    assert desk.ses.sent == []

    desk.tell("OrderUpdated", moved)
    wish(desk, "new@example.com")
    assert len(desk.ses.sent) == 1


@pytest.mark.parametrize("last", ["OrderSubmitted", "OrderCanceled"])
def test_an_order_that_is_no_lead_any_more_is_found_no_more_in_whatever_order_that_is_told(
    desk: Desk, last: str
) -> None:
    order = begun(desk)
    desk.service.submit(order)
    for name in (last, "OrderCreated"):
        desk.tell(name, order)

    found = desk.notices.records.client.scan(TableName="records")["Items"]
    assert not [item for item in found if item["pk"]["S"].startswith("begun#")]


def test_reminders_go_out_at_their_hours_once_each(desk: Desk) -> None:
    order = begun(desk)
    begun(desk, form=0)
    sent = []
    for hours in range(100):
        desk.clock.time += HOUR
        if count := remind(desk.notices):
            sent.append((hours + 1, count))

    assert sent == [(24, 1), (72, 1)]
    resumes = [link for link in desk.links.of_order(order.order_id) if link.purpose is LinkPurpose.RESUME]
    assert len(resumes) == 2
    assert "the order closes automatically" in desk.ses.sent[0]["Content"]["Simple"]["Body"]["Text"]["Data"]


@pytest.mark.parametrize("ends", ["submit", "cancel"])
def test_who_submitted_or_canceled_is_not_reminded(desk: Desk, ends: str) -> None:
    getattr(desk.service, ends)(begun(desk))
    desk.clock.time += 25 * HOUR

    assert remind(desk.notices) == 0


def test_an_expired_lead_is_not_reminded_even_if_the_sweeper_is_late(desk: Desk) -> None:
    order = begun(desk)
    desk.notices.store.save(order.changed(lead_ends_at=desk.clock() + 20 * HOUR))
    desk.clock.time += 25 * HOUR

    assert remind(desk.notices) == 0


def test_who_types_just_now_is_reminded_later(desk: Desk) -> None:
    order = begun(desk)
    desk.clock.time += 24 * HOUR - 60
    desk.service.update(order, {"info": {"phone": "+44 20 7946 0000"}})
    desk.clock.time += 120
    assert remind(desk.notices) == 0

    desk.clock.time += HOUR
    assert remind(desk.notices) == 1


def test_a_reminder_that_is_late_by_much_is_left_out(desk: Desk) -> None:
    begun(desk)
    desk.clock.time += (24 + reminders.LATE_HOURS) * HOUR + 1

    assert remind(desk.notices) == 0


def test_one_that_fails_keeps_nobody_else_from_being_reminded(desk: Desk) -> None:
    for _ in range(3):
        begun(desk)
    desk.ses.fails = [ConnectionError("not of AWS")]
    desk.clock.time += 24 * HOUR

    assert remind(desk.notices) == 2


def test_the_template_names_fields_and_the_link_where_it_wants_it() -> None:
    queue = a_queue(
        sendlink_from="sales@example.com",
        sendlink_sub="Order ##order_id##\nof ##company##",
        sendlink_body="Dear ##first## (##company##), ##link## leads on with ##reference##; ##other## stays.",
    )
    order = an_order(queue, info={"first": "Ada\nBcc: x", "company": "Engines Ltd", "email": "ada@example.com"})
    mail = link_mail(order, queue, Sender(mail_from="orders@example.com", company="Räck"), "https://x/y")

    assert mail.subject == "Order 1001 of Engines Ltd"
    assert (
        mail.body == f"Dear Ada Bcc: x (Engines Ltd), https://x/y leads on with {order.reference}; ##other## stays.\n"
    )
    assert mail.sender.endswith("<sales@example.com>")
