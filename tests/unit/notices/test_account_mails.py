"""An address that is a client's is mailed a link to sign in; every other address is mailed nothing."""

import json
import re
from typing import Any

import pytest

from lambdas.mail.link_requests import LinkRequests
from lambdas.orders.model.order import Order
from lambdas.rate_limits.form_limits import FormLimits
from lambdas.records.clients.client import Client, ClientRecords, ClientStatus, email_pk
from lambdas.records.links.client_sign_in import SignInLinks
from lambdas.records.links.link import Link, LinkPurpose, new_token
from tests.unit.notices.conftest import Desk

ADA = "ada@example.com"


@pytest.fixture
def client(desk: Desk) -> Client:
    client = Client(client_id="100", brand_id=1, created_at=1, email=ADA, first="Ada", last="Byron")
    ClientRecords(desk.notices.records).add(client)
    return client


def session_of(desk: Desk, order: Order, form: str = "hosting") -> Link:
    return desk.links.make(new_token(), LinkPurpose.SESSION, order.order_id, now=desk.clock(), form=form)


def asks(desk: Desk, session: str, email: str = ADA, message_id: str = "m") -> list[str]:
    """Somebody requests a link on the form's page, and the message comes out of the queue."""
    bodies: list[str] = []

    class Queue:
        def send_message(self, *, QueueUrl: str, MessageBody: str) -> None:
            bodies.append(MessageBody)

    LinkRequests("url", Queue()).put_sign_in("hosting", email_pk(email), session)
    return desk.receive(json.loads(bodies[0]), message_id=message_id)


def key_in(desk: Desk) -> str:
    (found,) = re.findall(r"https://orders\.example\.com/forms/hosting/sign-in\?key=([A-Za-z0-9_-]{43})", desk.text())
    return str(found)


def test_a_client_gets_a_link_for_that_session_alone(desk: Desk, client: Client) -> None:
    order = desk.lead(email="typo@example.com")
    session, other = session_of(desk, order), session_of(desk, desk.lead())
    assert asks(desk, session.digest) == asks(desk, session.digest) == []

    (mail,) = desk.ses.sent
    assert mail["Destination"] == {"ToAddresses": [ADA]}
    links = SignInLinks(desk.notices.records)
    assert links.find(key_in(desk), other.digest, desk.clock()) is None
    found = links.find(key_in(desk), session.digest, desk.clock())
    assert found is not None
    assert found.client_id == "100"


@pytest.mark.parametrize(
    "changes", [{"email": "x@example.com"}, {"brand_id": 2}, {"login_enabled": False}, {"active": ClientStatus.LEAD}]
)
def test_nobody_else_gets_one(desk: Desk, changes: dict[str, Any]) -> None:
    known = Client(client_id="100", brand_id=1, created_at=1, email=ADA).model_copy(update=changes)
    ClientRecords(desk.notices.records).add(known)

    assert asks(desk, session_of(desk, desk.lead()).digest) == []
    assert desk.ses.sent == []


def test_no_session_that_is_closed_unknown_or_of_another_form_gets_one(desk: Desk, client: Client) -> None:
    order = desk.lead()
    closed, other = session_of(desk, order), session_of(desk, order, form="dedicated-server")
    desk.links.revoke(order.order_id, closed.link_id, desk.clock())
    status = desk.links.make(new_token(), LinkPurpose.STATUS, order.order_id, now=desk.clock(), form="hosting")
    for digest in (closed.digest, other.digest, status.digest, "0" * 64):
        assert asks(desk, digest) == []

    assert desk.ses.sent == []


def test_who_begins_an_order_with_the_address_of_an_account_is_mailed_so_once(desk: Desk, client: Client) -> None:
    order = desk.lead(first="http://evil.example")
    session_of(desk, order)
    desk.tell("OrderCreated", order)
    desk.tell("OrderCreated", order, times=2)

    assert "You have an account with us." in desk.text()
    assert "evil.example" not in desk.text()
    assert key_in(desk)


def test_orders_that_are_a_clients_sent_or_of_no_form_are_left_alone(desk: Desk, client: Client) -> None:
    theirs = desk.service.update(desk.lead(), {"client_id": "100"})
    sent, api = desk.service.submit(desk.lead()), desk.lead(form=0)
    for order in (theirs, sent, api, desk.lead(email="new@example.com")):
        session_of(desk, order)
        desk.tell("OrderCreated", order)

    assert desk.ses.sent == []


def test_a_mailbox_is_not_flooded_through_orders_of_other_addresses(desk: Desk, client: Client) -> None:
    for number in range(12):
        asks(desk, session_of(desk, desk.lead(email=f"eve{number}@example.com")).digest, message_id=f"m{number}")

    assert len(desk.ses.sent) == FormLimits().mails_of_address.most
