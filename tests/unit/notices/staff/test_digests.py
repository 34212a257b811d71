"""Notices of quiet hours come in one mail, and what is overdue is told again: each once, and none is lost."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from lambdas.notices.staff.digests import send_digests, send_reminders
from lambdas.notices.staff.held import HeldNotices
from lambdas.notices.staff.tell import DAY_SECONDS, PUT_TOGETHER_AFTER_SECONDS
from tests.unit.notices.staff.conftest import Office
from tests.unit.notices.test_confirmation import refusal

QUIET = {"quiet": {"start": "00:00", "end": "23:59:59"}}  # the clock of these tests shows 08:00 UTC
LATER = 16 * 3_600 + PUT_TOGETHER_AFTER_SECONDS
QA_MAIL = "qa-lead@example.com"


def held(office: Office) -> int:
    return len(HeldNotices(office.notices.records).held_until(office.clock() + 10 * DAY_SECONDS))


def two_quiet_waits(office: Office) -> None:
    office.with_team("qa lead", **QUIET)
    for order_id in ("1001", "1002"):
        office.receive(*office.waits(office.order(order_id=order_id)), times=1)


def test_notices_of_quiet_hours_come_in_one_mail_at_their_end(office: Office) -> None:
    two_quiet_waits(office)
    assert (office.mails(), held(office), send_digests(office.notices)) == ([], 2, 0)

    office.clock.time += LATER
    assert send_digests(office.notices) == 1
    assert office.mails() == [(QA_MAIL, "2 notices for qa lead")]
    assert "2027-01-15 08:00 UTC  Order 1001 waits for qa lead: QA Checklist (A queue)" in office.text()
    assert "https://api.example.com/desk/orders/1002" in office.text()
    assert (held(office), send_digests(office.notices)) == (0, 0)


def test_what_is_urgent_passes(office: Office) -> None:
    office.with_team("qa lead", **QUIET)
    office.receive(*office.waits(office.order(priority=3)))

    assert office.mails() == [(QA_MAIL, "[A queue] Order 1001 waits for qa lead: QA Checklist")]


def test_a_rule_s_address_and_chat_are_not_held(office: Office) -> None:
    office.with_team("qa lead", **QUIET)
    office.with_rules({"event": "waiting", "emails": ["night@example.com"], "webhook": "{chat}"})
    office.receive(*office.waits(office.order()))

    assert ([to for to, _ in office.mails()], len(office.chat.got), held(office)) == (["night@example.com"], 1, 1)


@pytest.mark.parametrize("failure", [refusal(400, "MessageRejected"), refusal(503, "Down")])
def test_a_digest_that_was_not_sent_loses_nothing(office: Office, failure: Exception) -> None:
    two_quiet_waits(office)
    office.clock.time += LATER
    office.ses.fails = [failure]
    assert (send_digests(office.notices), held(office), office.mails()) == (0, 2, [])

    office.clock.time += 900
    assert (send_digests(office.notices), held(office), len(office.mails())) == (1, 0, 1)


def test_one_bad_address_of_a_team_keeps_no_digest_from_the_others(office: Office) -> None:
    two_quiet_waits(office)
    office.with_team("qa lead", emails=["bad@example.com", QA_MAIL], **QUIET)
    office.clock.time += LATER
    office.ses.fails = [refusal(400, "MessageRejected")]

    assert (send_digests(office.notices), held(office)) == (1, 0)
    assert [to for to, _ in office.mails()] == [QA_MAIL]


def test_the_digest_of_a_team_that_was_removed_goes_to_operations(office: Office) -> None:
    two_quiet_waits(office)
    teams = {name: team for name, team in office.notices.teams.items() if name != "qa lead"}
    object.__setattr__(office.notices, "teams", teams)
    office.clock.time += LATER

    assert send_digests(office.notices) == 1
    assert [to for to, _ in office.mails()] == ["operations@example.com"]


def test_a_notice_that_comes_late_is_in_a_later_digest(office: Office) -> None:
    office.with_team("qa lead", **QUIET)
    events = office.waits(office.order())
    office.clock.time += LATER  # its quiet hours are over, and their digest went out
    assert office.receive(*events) == []
    assert send_digests(office.notices) == 0

    office.clock.time += 2 * DAY_SECONDS
    assert (send_digests(office.notices), len(office.mails())) == (1, 1)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=15, deadline=None)
@given(steps=st.lists(st.sampled_from(["event", "repeat", "run", "fail", "hour"]), min_size=1, max_size=14))
def test_each_held_notice_is_in_one_digest_whatever_fails_in_between(office: Office, steps: list[str]) -> None:
    office.ses.sent.clear()
    office.with_team("qa lead", **QUIET)
    office.clock.time += 30 * DAY_SECONDS
    events, first = [], office.clock()
    for step in steps:
        if step == "event":
            events.append(office.waits(office.order(order_id=str(office.clock()), revision=office.clock())))
            office.clock.time += 1
        if events and step in ("event", "repeat"):
            assert office.receive(*events[-1]) == []
        if step == "run":
            send_digests(office.notices)
        if step == "fail":
            office.ses.fails = [refusal(503, "Down")]
            send_digests(office.notices)
            office.ses.fails = []
            office.clock.time += 301
        if step == "hour":
            office.clock.time += 3_600 * 7
    office.clock.time += 3 * DAY_SECONDS
    send_digests(office.notices)

    lines = "".join(office.text(place) for place in range(len(office.ses.sent)))
    for event, *_ in events:
        assert int(event.order_id) >= first
        assert lines.count(f"Order {event.order_id} waits") == 1
    assert held(office) == 0


def test_what_is_overdue_is_told_again_after_a_day_and_then_to_the_supervisor(office: Office) -> None:
    office.receive(*office.waits(office.order()))
    office.receive(*office.overdue(office.now()))
    office.receive(*office.overdue(office.now()))  # nothing changes, so nothing happens
    assert send_reminders(office.notices) == 0

    for _ in range(5):
        office.clock.time += DAY_SECONDS
        send_reminders(office.notices)
        send_reminders(office.notices)
    assert office.mails() == [
        (QA_MAIL, "[A queue] Order 1001 waits for qa lead: QA Checklist"),
        (QA_MAIL, "[A queue] Order 1001 is overdue: QA Checklist"),
        (QA_MAIL, "[A queue] Order 1001 is still overdue: QA Checklist"),
        ("boss@example.com", "[A queue] Order 1001 is still overdue: QA Checklist"),
    ]


def test_nobody_is_reminded_of_what_somebody_did(office: Office) -> None:
    office.receive(*office.waits(office.order()))
    office.receive(*office.overdue(office.now()))
    told = len(office.mails())
    office.happens(office.now(), waits={})
    office.clock.time += DAY_SECONDS

    assert send_reminders(office.notices) == 1
    office.clock.time += DAY_SECONDS
    assert (send_reminders(office.notices), len(office.mails())) == (0, told)


def test_a_reminder_that_fails_comes_again(office: Office) -> None:
    office.receive(*office.waits(office.order()))
    office.receive(*office.overdue(office.now()))
    office.clock.time += DAY_SECONDS
    office.ses.fails = [refusal(503, "Down")]
    told = len(office.mails())

    assert send_reminders(office.notices) == 0
    office.clock.time += 900
    assert (send_reminders(office.notices), len(office.mails())) == (1, told + 1)


def test_a_queue_without_notices_of_it_plans_no_reminders(office: Office) -> None:
    office.with_rules({"event": "overdue", "off": True})
    office.receive(*office.waits(office.order()))
    office.receive(*office.overdue(office.now()))

    assert HeldNotices(office.notices.records).reminders_until(office.clock() + 10 * DAY_SECONDS) == []
