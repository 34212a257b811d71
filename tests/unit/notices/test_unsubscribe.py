"""A reminder says how to get no more of them, and who said so gets none: for the order and for the address."""

import re
from typing import Any

import pytest

from lambdas.notices.reminders import HOUR, remind
from lambdas.orders.model.order import Order
from lambdas.records.links.reminder_stop import ReminderStops, StopLink
from tests.unit.notices.conftest import Desk
from tests.unit.notices.test_links_by_mail import begun, wish

STOP = re.compile(r"https://orders\.example\.com/forms/reminders/([A-Za-z0-9_-]{43})")


def content(mail: dict[str, Any]) -> dict[str, Any]:
    return dict(mail["Content"]["Simple"])


def stop_link(desk: Desk, mail: dict[str, Any]) -> StopLink:
    """What the link in the reminder's text stops."""
    (token,) = STOP.findall(content(mail)["Body"]["Text"]["Data"])
    link = ReminderStops(desk.notices.records).find(token, desk.clock())
    assert link is not None
    return link


def reminded(desk: Desk) -> StopLink:
    """The first reminder of the only lead goes out; its link for getting no more."""
    desk.clock.time += 24 * HOUR
    assert remind(desk.notices) == 1
    return stop_link(desk, desk.ses.sent[-1])


def stop(desk: Desk, link: StopLink) -> None:
    ReminderStops(desk.notices.records).stop(link, desk.clock())


def reminders_of_new_leads(desk: Desk, *leads: Order) -> int:
    assert all(order.is_lead for order in leads)
    desk.clock.time += 24 * HOUR
    return remind(desk.notices)


def test_a_reminder_has_the_link_in_its_text_and_the_headers_of_mail_programs(desk: Desk) -> None:
    order = begun(desk)
    assert reminded(desk).order_id == order.order_id

    mail = content(desk.ses.sent[0])
    (url,) = (found[0] for found in STOP.finditer(mail["Body"]["Text"]["Data"]))
    assert mail["Headers"] == [
        {"Name": "List-Unsubscribe", "Value": f"<{url}>"},
        {"Name": "List-Unsubscribe-Post", "Value": "List-Unsubscribe=One-Click"},
    ]
    assert "/forms/hosting/resume/" in mail["Body"]["Text"]["Data"]


def test_no_other_mail_has_them(desk: Desk) -> None:
    begun(desk)
    wish(desk, "ada@example.com")
    desk.tell("OrderSubmitted", desk.service.submit(begun(desk)))

    assert len(desk.ses.sent) == 2
    for mail in map(content, desk.ses.sent):
        assert "Headers" not in mail
        assert not STOP.search(mail["Body"]["Text"]["Data"])


def test_each_reminder_has_a_link_of_its_own(desk: Desk) -> None:
    begun(desk)
    reminded(desk)
    desk.clock.time += 48 * HOUR
    remind(desk.notices)

    tokens = {STOP.findall(content(mail)["Body"]["Text"]["Data"])[0] for mail in desk.ses.sent}
    assert len(tokens) == 2


def test_who_said_stop_is_not_reminded_again(desk: Desk) -> None:
    begun(desk)
    stop(desk, reminded(desk))
    desk.clock.time += 48 * HOUR

    assert remind(desk.notices) == 0


@pytest.mark.parametrize("email", ["ada@example.com", "ADA@Example.COM"])
def test_no_other_order_of_the_address_is_reminded_of(desk: Desk, email: str) -> None:
    begun(desk)
    stop(desk, reminded(desk))

    assert reminders_of_new_leads(desk, begun(desk, email=email), begun(desk, email="eve@example.com")) == 1
    assert desk.ses.sent[-1]["Destination"] == {"ToAddresses": ["eve@example.com"]}


def test_another_brand_reminds(desk: Desk) -> None:
    begun(desk)
    stop(desk, reminded(desk))
    other = begun(desk)
    desk.notices.store.save(desk.notices.store.get(other.order_id).changed(brand_id=2))

    assert reminders_of_new_leads(desk, other) == 1


def test_an_order_whose_address_is_corrected_stays_stopped_and_the_new_address_is_not(desk: Desk) -> None:
    order = begun(desk)
    stop(desk, reminded(desk))
    desk.service.update(order, {"info": {"email": "new@example.com"}})
    desk.clock.time += 48 * HOUR
    assert remind(desk.notices) == 0

    assert reminders_of_new_leads(desk, begun(desk, email="new@example.com")) == 1


def test_the_address_that_the_reminder_went_to_is_stopped_whatever_the_order_has_since(desk: Desk) -> None:
    order = begun(desk)
    link = reminded(desk)
    desk.service.update(order, {"info": {"email": "eve@example.com"}})
    stop(desk, link)

    assert reminders_of_new_leads(desk, begun(desk), begun(desk, email="eve@example.com")) == 1


def test_mails_that_are_asked_for_still_come(desk: Desk) -> None:
    order = begun(desk)
    stop(desk, reminded(desk))
    wish(desk, "ada@example.com")
    desk.tell("OrderSubmitted", desk.service.submit(order))

    assert len(desk.ses.sent) == 3


def test_no_address_and_no_token_is_kept(desk: Desk) -> None:
    begun(desk)
    stop(desk, reminded(desk))

    (token,) = STOP.findall(content(desk.ses.sent[0])["Body"]["Text"]["Data"])
    found = str(desk.notices.records.client.scan(TableName="records")["Items"])
    assert (token in found, "example.com" in found) == (False, False)
