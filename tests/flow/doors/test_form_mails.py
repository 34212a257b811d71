"""Mails about orders of forms, end to end: from the stream over bus, queue and function to the engine's SES, each once."""

import json
import re
import time
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlsplit
from uuid import uuid4

import httpx
import pytest

from lambdas.orders.table.indexes import received
from lambdas.records.links.unfinished_orders import UnfinishedOrderRecords, digest_of
from lambdas.records.posts.post import PostKind, PostRecords
from tests.flow.conftest import Shop, new_client_order, until
from tests.flow.doors.test_forms import PERSON, Visitor, order_id_of, said_in_logs

pytestmark = pytest.mark.engine


@pytest.fixture
def visitor(shop: Shop) -> Iterator[Visitor]:
    with httpx.Client(base_url=shop.stack.api_url, timeout=60, follow_redirects=True) as http:
        yield Visitor(http)


@pytest.fixture
def email() -> str:
    return f"ada-{uuid4().hex[:12]}@example.com"


def mails_to(shop: Shop, email: str) -> list[dict[str, Any]]:
    sent = httpx.get(f"{shop.stack.endpoint_url}/_ministack/ses/messages").json()["messages"]
    return [mail for mails in sent.values() for mail in mails if mail["To"] == [email]]


def the_mail(shop: Shop, email: str, about: str = "") -> dict[str, Any]:
    """The only mail to this address whose subject has these words."""

    def found() -> list[dict[str, Any]] | None:
        return [mail for mail in mails_to(shop, email) if about in mail["Subject"]] or None

    (mail,) = until(f"a mail to {email} about {about or 'anything'}", found)
    return mail


def links_in(shop: Shop, mail: dict[str, Any]) -> list[str]:
    """The paths of its links, the form's terms and the invoices apart; all lead to the pages' own address."""
    urls = [url for url in re.findall(r"https?://\S+", mail["BodyText"]) if url != "https://www.example.com/terms"]
    assert all(url.startswith(f"{shop.stack.api_url}/") for url in urls)
    return [path for path in (urlsplit(url).path for url in urls) if not path.endswith("/invoices")]


def link_in(shop: Shop, mail: dict[str, Any]) -> str:
    """The path of the only link."""
    (path,) = links_in(shop, mail)
    return path


def messages_left(shop: Shop) -> int:
    """In the queue of notices and its dead letters, in hand or not."""
    sqs, found = shop.client("sqs"), 0
    for url in sqs.list_queues()["QueueUrls"]:
        if "Notices" in url:
            names = ["ApproximateNumberOfMessages", "ApproximateNumberOfMessagesNotVisible"]
            attributes = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=names)["Attributes"]
            found += sum(int(value) for value in attributes.values())
    return found


def begun(shop: Shop, visitor: Visitor, email: str) -> str:
    return order_id_of(shop, visitor.open("/forms/hosting").send(plan="1:12", email=email))


def test_who_ordered_gets_one_mail_whose_link_shows_the_order(shop: Shop, visitor: Visitor, email: str) -> None:
    begun(shop, visitor, email)
    status = visitor.send().send(**PERSON).with_card("tok_approve").send()
    order_id = order_id_of(shop, status)
    shop.until_step(order_id, "complete")
    until("both mails", lambda: len(mails_to(shop, email)) == 2 or None)
    until("every event was dealt with", lambda: messages_left(shop) == 0 or None)

    by_subject = {found["Subject"]: found for found in mails_to(shop, email)}  # a queue promises no order
    reference = shop.order(order_id)["reference"]
    mail, completed = by_subject[f"Your order {reference}"], by_subject[f"Your order {reference} is complete"]
    assert len(mails_to(shop, email)) == 2
    assert mail["Source"] == "Example Hosting <orders@example.com>"
    assert "First charge: $99.00\n" in mail["BodyText"]
    assert f"Order {reference}" in visitor.open(link_in(shop, mail)).text
    assert f"Order {reference}" in visitor.open(link_in(shop, completed)).text
    assert not [line for line in said_in_logs(shop) if email in line or link_in(shop, mail) in line]


def test_an_order_of_the_api_is_not_confirmed(shop: Shop, email: str) -> None:
    from tests.flow.conftest import new_client_order

    order_id = shop.done("order.create", new_client_order(email=email))["order_id"]
    shop.done("order.submit", {"order_id": order_id})
    shop.until_step(order_id, "complete")

    until("every event was dealt with", lambda: messages_left(shop) == 0 or None)
    assert mails_to(shop, email) == []


def test_who_asks_for_a_link_goes_on_with_their_order(shop: Shop, visitor: Visitor, email: str) -> None:
    order_id = begun(shop, visitor, email)
    visitor.http.cookies.clear()
    begun_records, digest = UnfinishedOrderRecords(shop.records), digest_of("hosting", email)
    until("the order can be found by its address", lambda: begun_records.latest(digest) or None)
    asked = visitor.open("/forms/hosting/resume").send(email=email.upper())
    assert "a link to it is on its way" in asked.text
    link = link_in(shop, the_mail(shop, email))
    visitor.http.cookies.clear()

    assert visitor.resume(link).path == "/forms/hosting/contact"
    assert order_id_of(shop, visitor) == order_id


def left_yesterday(shop: Shop, visitor: Visitor, email: str) -> str:
    """An order that was begun long enough ago to be reminded of."""
    visitor.http.cookies.clear()
    order_id = begun(shop, visitor, email)
    a_day_ago = int(time.time()) - 24 * 3_600 - 60
    shop.dynamodb.update_item(
        TableName=shop.stack.order_table,
        Key={"pk": {"S": order_id}, "sk": {"S": "order"}},
        UpdateExpression="SET ts = :ts, activity = :ts, received = :received, revision = revision + :one",
        ConditionExpression="attribute_exists(pk)",
        ExpressionAttributeValues={
            ":ts": {"N": str(a_day_ago)},
            ":received": {"S": received((a_day_ago, int(order_id)))},
            ":one": {"N": "1"},
        },
    )
    return order_id


def reminders_sent(shop: Shop) -> int:
    """By the function that runs every hour, run once more now."""
    functions = shop.client("lambda")
    name = next(f["FunctionName"] for f in functions.list_functions()["Functions"] if "reminders" in f["Handler"])
    answer = functions.invoke(FunctionName=name, Payload=b"{}")
    return int(json.loads(answer["Payload"].read())["sent"])


def test_who_left_is_reminded_once_and_never_again_after_saying_stop(shop: Shop, visitor: Visitor, email: str) -> None:
    order_id = left_yesterday(shop, visitor, email)
    assert reminders_sent(shop) == 1
    back, stop = links_in(shop, the_mail(shop, email))
    assert order_id_of(shop, visitor.open(back)) == order_id
    assert reminders_sent(shop) == 0

    assert "Stop reminders of this order" in visitor.open(stop).text
    left_yesterday(shop, visitor, email)
    assert reminders_sent(shop) == 1
    one_click = httpx.post(f"{shop.stack.api_url}{stop}", data={"List-Unsubscribe": "One-Click"})
    assert (one_click.status_code, "We send you no more reminders" in one_click.text) == (200, True)
    left_yesterday(shop, visitor, email)
    assert reminders_sent(shop) == 0
    assert len(mails_to(shop, email)) == 2
    assert not [line for line in said_in_logs(shop) if email in line or stop in line]


def test_client_and_staff_write_to_each_other(shop: Shop, visitor: Visitor, email: str) -> None:
    order_id = begun(shop, visitor, email)
    path = urlsplit(shop.done("order.link_create", {"order_id": order_id, "purpose": "status"})["url"]).path
    shop.done("order.respond", {"order_id": order_id, "followup": "Which operating system?", "subject": "A question"})
    assert "Which operating system?" in visitor.open(path).text

    visitor.send(body="Debian, please.")
    assert "You" in visitor.text
    posts = list(PostRecords(shop.records).of_order(order_id))
    assert [(post.kind, post.body) for post in posts][-1] == (PostKind.CLIENT_RESPONSE, "Debian, please.")
    assert "Debian, please." in shop.call("order.post_list", {"order_id": order_id}).text


def test_a_link_is_mailed_by_staff(shop: Shop, visitor: Visitor, email: str) -> None:
    order_id = begun(shop, visitor, email)
    made = shop.done("order.link_create", {"order_id": order_id, "send": 1})

    assert made["sent"] is True
    assert made["url"].endswith(link_in(shop, the_mail(shop, email)))


def test_an_invoice_is_mailed_with_its_pdf_once(shop: Shop, email: str) -> None:
    created = shop.done("order.create", new_client_order(email=email))
    order_id = str(created["order_id"])
    shop.done("order.submit", {"order_id": order_id})
    shop.until_step(order_id, "complete")
    for _ in range(2):
        mail_documents(shop)

    mail = the_mail(shop, email, "Invoice")
    assert "It is paid. You need to do nothing." in mail["BodyText"]


def mail_documents(shop: Shop) -> None:
    """Have the deployed function look now, instead of within five minutes."""
    functions = shop.client("lambda")
    listed = functions.list_functions()["Functions"]
    name = next(
        each["FunctionName"] for each in listed if each["Handler"] == "lambdas.notices.invoices.handler.handler"
    )
    answer = functions.invoke(FunctionName=name, Payload=b"{}")
    assert "FunctionError" not in answer, answer["Payload"].read()
