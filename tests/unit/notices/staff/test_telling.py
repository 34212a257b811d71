"""Staff learns of what needs them: the team that owns it, each once, whatever comes twice, late or not at all."""

from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from lambdas.actions._frame.module import TransientError
from lambdas.orders.events import OrderEvent
from lambdas.orders.model.checklist import ActionState
from lambdas.orders.model.steps import StepStatus
from tests.support.logs import logged
from tests.unit.notices.staff.conftest import Office
from tests.unit.notices.test_confirmation import refusal

QA_MAIL = "qa-lead@example.com"


def test_a_team_learns_what_waits_for_it_and_where(office: Office) -> None:
    events = office.waits(office.order())

    assert office.receive(*events) == []
    assert office.mails() == [(QA_MAIL, "[A queue] Order 1001 waits for qa lead: QA Checklist")]
    text = office.text()
    assert "Queue: A queue\nStep: QA\nAction: QA Checklist\nTeam: qa lead\nDue: 2027-01-15 12:00 UTC" in text
    assert "https://api.example.com/desk/orders/1001" in text


def test_a_failure_is_told_once_and_not_as_a_wait_too(office: Office) -> None:
    order = office.order()
    failed = order.actions["21"].changed(
        state=ActionState.FAILED, attempts=3, failed_last=True, reason="card of Lovelace"
    )
    first = office.happens(order, actions={**order.actions, "21": failed})
    parked = office.waits(office.now(), 21)

    assert office.receive(*first, *parked) == []
    assert office.mails() == [("netops@example.com", "[A queue] Order 1001: Install OS failed")]
    assert "Runs: 3" in office.text()
    assert "Lovelace" not in office.text()


def test_an_action_that_waits_for_a_program_is_nobodys(office: Office) -> None:
    assert office.receive(*office.waits(office.order(), 21)) == []

    assert office.mails() == []


def test_what_somebody_did_meanwhile_is_told_to_nobody(office: Office) -> None:
    events = office.waits(office.order())
    waiting = office.now()
    office.happens(
        waiting, waits={}, actions={**waiting.actions, "22": waiting.actions["22"].changed(state=ActionState.DONE)}
    )

    assert office.receive(*events) == []
    assert office.mails() == []


def test_new_canceled_and_stopped_orders_are_told_to_the_queue_s_team(office: Office) -> None:
    office.with_rules(owner="finance")
    lead = office.order(submitted_at=None, step_id=1, step_status=StepStatus.LEADS)
    new = office.happens(lead, submitted_at=5, step_id=2, step_status=StepStatus.ORDINARY)
    assert office.receive(*new) == []
    stopped = office.happens(office.now(), machine_stopped_at=6)
    assert office.receive(*stopped) == []
    canceled = office.happens(office.now(), step_id=4, step_status=StepStatus.CANCELED, canceled_at=7)
    assert office.receive(*canceled) == []

    assert office.mails() == [
        ("finance@example.com", "[A queue] New order 1001"),
        ("operations@example.com", "[A queue] Order 1001 has no execution and stands still"),
        ("finance@example.com", "[A queue] Order 1001 was canceled"),
    ]


def test_a_new_order_that_waits_already_is_told_to_the_queue_s_team_all_the_same(office: Office) -> None:
    """The machine may park before the event is read."""
    lead = office.order(submitted_at=None, step_id=1, step_status=StepStatus.LEADS)
    new = office.happens(lead, submitted_at=5, step_id=2, step_status=StepStatus.ORDINARY)
    office.waits(office.now())

    assert office.receive(*[event for event in new if event.name == "OrderSubmitted"]) == []
    assert office.mails() == [("operations@example.com", "[A queue] New order 1001")]


def test_a_client_s_reply_is_told_once_until_somebody_answers(office: Office) -> None:
    wrote = office.happens(office.order(), reply_id=5, reply_waiting_at=office.clock())
    assert office.receive(*wrote, *wrote) == []
    assert office.mails() == [("operations@example.com", "[A queue] The client of order 1001 wrote")]

    again = office.happens(office.now(), reply_id=6)
    office.happens(office.now(), reply_waiting_at=None)
    assert office.receive(*again) == []
    assert len(office.mails()) == 1


def test_an_expired_lead_is_told_to_nobody(office: Office) -> None:
    lead = office.order(submitted_at=None, step_id=1, step_status=StepStatus.LEADS)

    assert office.receive(*office.happens(lead, step_id=4, step_status=StepStatus.CANCELED, canceled_at=7)) == []
    assert office.mails() == []


def test_rules_reach_their_recipients_under_their_conditions(office: Office) -> None:
    office.with_rules(
        {"event": "waiting", "off": True},
        {"event": "waiting", "emails": ["big@example.com"], "when": {"total_cents_from": 100_000}},
        {"event": "waiting", "emails": ["urgent@example.com"], "when": {"priority_from": 3}},
        {"event": "waiting", "emails": ["step@example.com"], "when": {"step": "QA", "module": "manual_check_off"}},
        {"event": "waiting", "team": "finance", "when": {"owner": "netops"}},
        {"event": "waiting", "webhook": "{chat}"},
        {"event": "waiting", "topic": "pager"},
    )
    assert office.receive(*office.waits(office.order(total_cents=100_000))) == []

    assert [to for to, _ in office.mails()] == ["big@example.com", "step@example.com"]
    ((url, message, _),) = office.chat.got
    assert url == "https://hooks.slack.com/services/T0/B0/x"
    assert message["text"] == "[A queue] Order 1001 waits for qa lead: QA Checklist"
    (published,) = office.sns.got
    assert published["Subject"] == "Order 1001 waits for qa lead: QA Checklist"
    assert published["TopicArn"] == "arn:aws:sns:us-east-1:123456789012:pager"


def test_no_notice_and_no_log_holds_anything_of_a_person(office: Office, caplog: pytest.LogCaptureFixture) -> None:
    office.with_rules({"event": "failed", "webhook": "{chat}"}, {"event": "failed", "topic": "pager"})
    order = office.order()
    office.ses.fails = [refusal(400, "MessageRejected")]
    events = office.waits(order, 21, failed_last=True, reason="Ada Lovelace, ada@example.com")

    office.receive(*events)
    office.receive(*events, times=2)
    told = f"{office.ses.sent} {office.chat.got} {office.sns.got} {logged(caplog)}"
    assert len(office.ses.sent) == len(office.chat.got) == len(office.sns.got) == 1
    for personal in ("Ada", "Lovelace", "ada@example.com", order.hash):
        assert personal not in told
    assert "netops@example.com" not in logged(caplog)


def test_one_that_fails_holds_up_no_other_and_comes_again_alone(office: Office) -> None:
    office.with_rules({"event": "waiting", "webhook": "{chat}"}, {"event": "waiting", "emails": ["last@example.com"]})
    office.chat.answers = [TransientError("no answer")]
    events = office.waits(office.order())

    assert len(office.receive(*events)) == 1
    assert [to for to, _ in office.mails()] == [QA_MAIL, "last@example.com"]
    office.clock.time += 720  # SQS shows the message again
    assert office.receive(*events, times=2) == []
    assert (len(office.mails()), len(office.chat.got)) == (2, 1)


@pytest.mark.parametrize("answer", [404, 410, 301, 429, 500])
def test_a_webhook_that_refuses_comes_again(office: Office, answer: int) -> None:
    office.with_rules({"event": "waiting", "webhook": "{chat}"})
    office.chat.answers = [answer]
    events = office.waits(office.order())

    assert len(office.receive(*events)) == 1
    office.clock.time += 720
    assert office.receive(*events, times=2) == []
    assert len(office.chat.got) == 1


@pytest.mark.parametrize(
    "url",
    [
        "https://169.254.169.254/latest/meta-data/",
        "https://metadata.example.com.evil.test/x",
        "https://pager.example.com@169.254.169.254/x",
        "http://pager.example.com/x",
        "https://[::1]/x",
    ],
)
def test_a_webhook_to_a_host_that_the_stage_does_not_allow_is_never_called(office: Office, url: str) -> None:
    office.with_rules({"event": "waiting", "webhook": url})
    assert len(office.receive(*office.waits(office.order()))) == 1

    assert office.chat.got == []
    assert [to for to, _ in office.mails()] == [QA_MAIL]


def test_a_name_that_the_stage_does_not_know_holds_up_nothing(office: Office) -> None:
    office.with_rules({"event": "waiting", "webhook": "{elsewhere}/x"}, {"event": "waiting", "topic": "elsewhere"})

    assert office.receive(*office.waits(office.order())) == []
    assert ([to for to, _ in office.mails()], office.chat.got, office.sns.got) == ([QA_MAIL], [], [])


def test_an_event_of_a_queue_or_order_that_is_gone_is_over(office: Office) -> None:
    events = office.waits(office.order())
    gone = [event.model_copy(update={"order_id": "77"}) for event in events]
    elsewhere = [event.model_copy(update={"order_queue_id": 99}) for event in events]

    assert office.receive(*gone, *elsewhere) == []
    assert office.mails() == []


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=25, deadline=None)
@given(data=st.data())
def test_each_notice_goes_out_once_however_often_and_in_whatever_order_events_come(office: Office, data: Any) -> None:
    office.ses.sent.clear()
    office.chat.got.clear()
    office.with_rules({"event": "waiting", "webhook": "{chat}"}, {"event": "overdue", "webhook": "{chat}"})
    office.clock.time += 1_000_000  # other events than those of the example before
    order = office.order(revision=office.clock())
    events = office.waits(order)
    events += office.overdue(office.now())
    repeated = data.draw(st.lists(st.sampled_from(events), min_size=1, max_size=6))
    came: list[OrderEvent] = []
    for event in repeated:
        office.chat.answers = data.draw(st.lists(st.sampled_from([200, 404, 503]), max_size=1))
        if office.receive(event, times=len(came) + 1):
            office.clock.time += 720
            assert office.receive(event, times=len(came) + 2) == []
        came.append(event)

    expected = len({event.name for event in came})
    assert len(office.mails()) == len(set(office.mails())) == expected
    assert len({key for *_, key in office.chat.got}) == len(office.chat.got) == expected
