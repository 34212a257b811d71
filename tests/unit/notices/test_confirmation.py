"""Who ordered on a form gets what they ordered by mail: once, whatever comes twice, late or not at all."""

from dataclasses import replace
from typing import Any

import pytest
from botocore.exceptions import ClientError, ReadTimeoutError

from lambdas.notices.confirmation_mail import confirmation
from lambdas.orders.model.order import Order
from lambdas.rate_limits.form_limits import FormLimits
from lambdas.records.clients.client import Client, ClientRecords
from lambdas.records.links.link import LinkPurpose
from lambdas.records.posts.notification import MailState, NotificationRecords
from tests.support.logs import logged
from tests.unit.notices.conftest import Desk


def submitted(desk: Desk, **info: Any) -> Order:
    return desk.service.submit(desk.lead(**info))


def refusal(status: int, code: str) -> ClientError:
    response: Any = {"Error": {"Code": code, "Message": ""}, "ResponseMetadata": {"HTTPStatusCode": status}}
    return ClientError(response, "SendEmail")


def test_it_says_what_was_ordered_what_is_charged_and_where_the_order_is_followed(desk: Desk) -> None:
    order = submitted(desk)

    assert desk.tell("OrderSubmitted", order) == []

    (mail,) = desk.ses.sent
    assert mail["Destination"] == {"ToAddresses": ["ada@example.com"]}
    assert mail["FromEmailAddress"] == "Example Hosting <orders@example.com>"
    assert mail["Content"]["Simple"]["Subject"]["Data"] == f"Your order {order.reference}"
    text = desk.text()
    assert text.startswith("Hello Ada,\n\nThank you.")
    assert "Web Hosting Basic: $9.95 a month" in text
    assert "First charge: $9.95\n  Then $9.95 a month" in text
    assert "$9.95 is held on your card ending in 4242 and will be charged with your invoice." in text
    link = desk.links.find(desk.token(), LinkPurpose.STATUS)
    assert link is not None
    assert link.order_id == order.order_id
    assert f"Your invoices, once they are issued:\nhttps://orders.example.com/orders/{desk.token()}/invoices" in text


def test_the_first_charge_is_what_is_held(desk: Desk) -> None:
    order = submitted(desk, pack1={"plan_id": "1", "period": 12})
    desk.tell("OrderSubmitted", order)

    assert order.hold is not None
    assert f"First charge: ${order.hold.amount_cents / 100:.2f}" in desk.text()


def test_how_it_is_paid_is_said_as_it_is(desk: Desk) -> None:
    """Money that was taken is not called held, and where nothing is due nothing is invoiced."""
    order = submitted(desk)
    assert order.hold is not None
    taken = order.changed(hold=order.hold.changed(captured=True))
    free = order.changed(hold=None, total_cents=0)
    form = desk.notices.form_of(order)
    queue = desk.notices.queues[order.order_queue_id]
    assert form is not None
    said = [
        line.strip()
        for each in (taken, free, order.changed(hold=None))
        for line in confirmation(each, form, queue, desk.notices.sender, "https://x").body.splitlines()
        if "$9.95 " in line and "First" not in line and "month" not in line
    ]

    assert said == [
        "$9.95 was charged to your card ending in 4242.",
        "$9.95 is billed by invoice. No money is held.",
    ]


def test_told_many_times_it_goes_out_once(desk: Desk) -> None:
    order = submitted(desk)
    for times in (1, 1, 2, 3):
        assert desk.tell("OrderSubmitted", order, times=times) == []

    assert len(desk.ses.sent) == 1
    assert len(desk.links.of_order(order.order_id)) == 1


def test_one_that_another_may_be_sending_is_left_and_sent_when_that_one_died(desk: Desk) -> None:
    order = submitted(desk)
    NotificationRecords(desk.notices.records).begin(order.order_id, "confirmation", desk.clock())

    assert len(desk.tell("OrderSubmitted", order, times=1)) == 1
    assert desk.ses.sent == []
    assert desk.tell("OrderSubmitted", order, times=2) == []
    assert len(desk.ses.sent) == 1


@pytest.mark.parametrize(
    "failure", [refusal(400, "MessageRejected"), refusal(503, "Down"), ReadTimeoutError(endpoint_url="x")]
)
def test_one_that_ses_did_not_take_comes_again(
    desk: Desk, failure: Exception, caplog: pytest.LogCaptureFixture
) -> None:
    order = submitted(desk)
    desk.ses.fails = [failure]

    assert len(desk.tell("OrderSubmitted", order)) == 1
    assert desk.tell("OrderSubmitted", order, times=2) == []
    assert len(desk.ses.sent) == 1
    assert "ada@example.com" not in logged(caplog)
    assert desk.token() not in logged(caplog)


def test_no_mail_without_a_form_without_an_address_and_after_a_cancel(desk: Desk) -> None:
    api, two, canceled = submitted(desk, form=0), submitted(desk), submitted(desk)
    earlier = {**two.info, "email": "ada@example.com, eve@example.com"}  # as orders of an earlier release may have it
    desk.service.store.save(two.changed(info=earlier))
    desk.service.cancel(canceled)
    for order in (api, two, canceled, desk.lead()):
        assert desk.tell("OrderSubmitted", order) == []

    assert desk.ses.sent == []


def test_a_form_can_do_without_it(desk: Desk) -> None:
    forms = {name: form.model_copy(update={"confirmation_mail": False}) for name, form in desk.notices.forms.items()}
    quiet = replace(desk.notices, forms=forms)
    order = submitted(desk)

    assert quiet.confirm(order.order_id, on_doubt="send") == "none"
    assert desk.ses.sent == []
    states = NotificationRecords(desk.notices.records).states(order.order_id, "a", "z")
    assert MailState.SENT not in states.values()


def test_only_a_submit_is_confirmed(desk: Desk) -> None:
    order = submitted(desk)
    for name in ("OrderCreated", "OrderUpdated", "OrderCanceled", "OrderCompleted"):
        desk.tell(name, order)

    assert desk.ses.sent == []


@pytest.mark.parametrize("body", ["no JSON", "{}", '{"detail-type": "OrderSubmitted", "detail": {"order_id": "77"}}'])
def test_what_makes_no_sense_comes_again_and_ends_in_the_dead_letters(desk: Desk, body: str) -> None:
    assert desk.receive(body, message_id="m-x") == ["m-x"]


@pytest.mark.parametrize("first", ["http://evil.example/win", "visit evil.example", "Eve@evil.example", "a\\b"])
def test_a_name_that_leads_somewhere_is_left_out(desk: Desk, first: str) -> None:
    desk.tell("OrderSubmitted", submitted(desk, first=first))

    assert desk.text().startswith("Hello,\n")
    assert "evil.example" not in desk.text()


def test_an_address_gets_so_many_mails_a_day_and_a_client_at_their_own_address_all(desk: Desk) -> None:
    """Twelve orders in somebody's name, sent by whoever likes to."""
    most = FormLimits().mails_of_address.most
    orders = [desk.service.submit(desk.lead()) for _ in range(12)]
    assert [again for order in orders for again in desk.tell("OrderSubmitted", order)] == []
    assert len(desk.ses.sent) == most

    ClientRecords(desk.notices.records).add(Client(client_id="100", brand_id=1, created_at=1, email="ada@example.com"))
    theirs = desk.service.submit(desk.service.update(desk.lead(), {"client_id": "100"}))
    desk.tell("OrderSubmitted", theirs)
    assert len(desk.ses.sent) == most + 1
    desk.clock.time += 86_400
    desk.tell("OrderSubmitted", desk.service.submit(desk.lead()))
    assert len(desk.ses.sent) == most + 2


SERVER: dict[str, Any] = {
    "pack1": {"plan_id": "2", "period": 1, "desserv": "db1.example.com", "options": {"31": "101"}},
    "company": "Analytical Engines",
    "city": "London",
    "msa": {"msa-2026-11": "1", "signer": "Ada Lovelace"},
}


def mail_of(desk: Desk, order: Order, **changes: Any) -> str:
    form, queue = desk.notices.form_of(order), desk.notices.queues[order.order_queue_id]
    assert form is not None
    return confirmation(order, form.model_copy(update=changes), queue, desk.notices.sender, "https://x").body


def test_it_is_the_confirmation_of_the_contract(desk: Desk) -> None:
    order = desk.service.submit(desk.lead(form=2, **SERVER))
    text = mail_of(
        desk, order, seller="Example Hosting B.V.\nKade 1, Delft", withdrawal="You may withdraw within 14 days."
    )
    (pack,) = order.priced
    options = [f"{pack.groups_desc[key]}: {name}" for key, name in pack.options_desc.items()]

    assert options
    assert [line for line in (*options, "db1.example.com", "Analytical Engines") if line not in text] == []
    for said in (
        f"Order {order.reference} of 15 January 2027",
        "Set-up: $",
        "Tax: $",
        "Then $",
        "is held on your card ending in 4242",
        "You agreed to: Master service agreement (msa-2026-11)\n  https://www.example.com/msa",
        "Signed by: Ada Lovelace",
        "Seller:\nExample Hosting B.V.\nKade 1, Delft",
        "Right of withdrawal:\nYou may withdraw within 14 days.",
    ):
        assert said in text


def test_it_names_no_host_where_nobody_paid_and_no_link_that_was_typed(desk: Desk) -> None:
    paid = desk.service.submit(
        desk.lead(form=2, **{**SERVER, "company": "evil.example", "city": "http://evil.example"})
    )
    order = paid.changed(hold=None)

    assert "db1.example.com" in mail_of(desk, paid)
    assert "db1.example.com" not in mail_of(desk, order)
    assert "evil.example" not in mail_of(desk, paid)


def test_without_texts_of_its_own_it_names_the_company_and_no_withdrawal(desk: Desk) -> None:
    text = mail_of(desk, submitted(desk))

    assert "Seller: Example Hosting" in text
    assert "withdrawal" not in text
