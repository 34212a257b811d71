"""Clients learn how their order ended: once, by its own state, and never what was written for staff."""

from dataclasses import replace
from uuid import uuid4

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from lambdas.notices.ending_mails import ending_mail
from lambdas.orders.model.order import Order
from lambdas.orders.model.steps import StepStatus
from lambdas.records.links.link import LinkPurpose
from tests.unit.notices.conftest import Desk
from tests.unit.notices.test_confirmation import refusal, submitted

FRAUD = "card of a thief, see https://evil.example.com"


def completed(desk: Desk, **info: object) -> Order:
    order = submitted(desk, **info)
    step = order.checklist_steps[-2]
    done = order.changed(step_id=step.step_id, step_status=StepStatus.COMPLETE, completed_at=desk.clock())
    return desk.service.store.save(done)


def canceled(desk: Desk, order: Order) -> Order:
    return desk.service.cancel(order, because=FRAUD)


def subjects(desk: Desk) -> list[str]:
    return [mail["Content"]["Simple"]["Subject"]["Data"] for mail in desk.ses.sent]


def test_a_client_learns_that_the_order_is_complete_and_can_open_it(desk: Desk) -> None:
    order = completed(desk)

    for times in (1, 1, 2):
        assert desk.tell("OrderCompleted", order, times=times) == []

    assert subjects(desk) == [f"Your order {order.reference} is complete"]
    assert desk.text().startswith("Hello Ada,\n\nYour order is complete.")
    link = desk.links.find(desk.token(), LinkPurpose.STATUS)
    assert link is not None
    assert link.order_id == order.order_id


def test_a_client_learns_that_the_order_was_canceled_what_becomes_of_the_money_and_not_why(desk: Desk) -> None:
    order = canceled(desk, submitted(desk))

    for times in (1, 2):
        assert desk.tell("OrderCanceled", order, times=times) == []

    assert subjects(desk) == [f"Your order {order.reference} was canceled"]
    assert "The money held for it is released." in desk.text()
    assert "thief" not in desk.text()
    assert "evil" not in desk.text().split()


def test_money_is_called_what_it_is(desk: Desk) -> None:
    order = submitted(desk)
    assert order.hold is not None
    queue, sender = desk.notices.queues[1], desk.notices.sender
    captured = order.changed(hold=order.hold.changed(captured=True))

    assert "What you paid is refunded." in ending_mail(captured, "canceled", queue, sender, "https://x").body
    without = ending_mail(order.changed(hold=None), "canceled", queue, sender, "https://x").body
    assert "released" not in without
    assert "refunded" not in without


def test_nobody_is_told_of_leads_orders_of_the_api_and_what_is_no_longer_so(desk: Desk) -> None:
    expired, api = desk.service.cancel(desk.lead()), completed(desk, form=0)
    moved_on = submitted(desk)  # an event of a completion that an operator took back
    for order, name in ((expired, "OrderCanceled"), (api, "OrderCompleted"), (moved_on, "OrderCompleted")):
        assert desk.tell(name, order) == []

    assert desk.ses.sent == []


def test_a_form_can_do_without_them(desk: Desk) -> None:
    forms = {name: form.model_copy(update={"ending_mails": False}) for name, form in desk.notices.forms.items()}
    order = completed(desk)
    desk.notices = replace(desk.notices, forms=forms)

    assert desk.tell("OrderCompleted", order) == []
    assert desk.ses.sent == []


def test_one_that_ses_did_not_take_comes_again(desk: Desk) -> None:
    order = completed(desk)
    desk.ses.fails = [refusal(503, "Down")]

    assert len(desk.tell("OrderCompleted", order)) == 1
    assert desk.tell("OrderCompleted", order, times=2) == []
    assert len(desk.ses.sent) == 1


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    events=st.lists(st.sampled_from(["OrderSubmitted", "OrderUpdated", "OrderCompleted", "OrderCanceled"]), max_size=8)
)
def test_whatever_is_repeated_in_any_order_each_ending_is_mailed_once(desk: Desk, events: list[str]) -> None:
    order = completed(desk, email=f"{uuid4().hex}@example.com")  # an address gets a few mails a day
    desk.ses.sent.clear()
    for name in events:
        assert desk.tell(name, order) == []

    assert subjects(desk).count(f"Your order {order.reference} is complete") == min(events.count("OrderCompleted"), 1)
    assert f"Your order {order.reference} was canceled" not in subjects(desk)


def test_a_hostile_name_is_no_link_and_no_header(desk: Desk) -> None:
    order = completed(desk, first="www.evil.example.com", company="x")
    desk.tell("OrderCompleted", order)

    (mail,) = desk.ses.sent
    assert "evil.example" not in str(mail)
    assert desk.text().startswith("Hello,")
