"""A response is a mail, which goes out once; what SES does not take or does not answer is said."""

import json
import logging
import re
from typing import Any

import pytest
from botocore.exceptions import ClientError, ReadTimeoutError
from moto.ses.models import ses_backends

from lambdas.mail import sending
from lambdas.records.links.link import LinkPurpose, LinkRecords, address_digest
from lambdas.runtime import aws
from tests.support.build import CONTACT
from tests.support.logs import logged
from tests.unit.api.posts.conftest import PDF, PostShop


def refusal(code: str, status: int = 400) -> ClientError:
    text = "Email address is not verified: ada@example.com"
    response: Any = {"Error": {"Code": code, "Message": text}, "ResponseMetadata": {"HTTPStatusCode": status}}
    return ClientError(response, "SendEmail")


SILENCE = ReadTimeoutError(endpoint_url="https://email")


def test_a_response_is_mailed_with_its_copies(shop: PostShop) -> None:
    shop.post(
        recipient="a@b.test; c@b.test,a@b.test",
        cc="d@b.test",
        bcc="e@b.test",
        subject="Your\r\nserver",
        followup="Ready.\nBye",
    )

    (mail,) = shop.ses.sent
    assert mail["FromEmailAddress"] == "=?utf-8?q?R=C3=A4ckspeed?= <orders@shop.test>"
    assert mail["Destination"] == {
        "ToAddresses": ["a@b.test", "c@b.test"],
        "CcAddresses": ["d@b.test"],
        "BccAddresses": ["e@b.test"],
    }
    assert "ReplyToAddresses" not in mail
    simple = mail["Content"]["Simple"]
    assert (simple["Subject"]["Data"], simple["Body"]["Text"]["Data"]) == ("Your server", "Ready.\nBye")


@pytest.mark.parametrize(
    ("signed", "sender", "reply_to"),
    [
        ("Ada", "Ada <orders@shop.test>", None),
        ('Eve" <eve@evil.test>', '"Eve\\" <eve@evil.test>" <orders@shop.test>', None),
        ("Ada\r\nBcc: eve@evil.test", '"Ada Bcc: eve@evil.test" <orders@shop.test>', None),
        ("desk@shop.test", "=?utf-8?q?R=C3=A4ckspeed?= <orders@shop.test>", ["desk@shop.test"]),
    ],
)
def test_who_signs_is_the_sender_s_name_or_where_replies_go(
    shop: PostShop, signed: str, sender: str, reply_to: list[str] | None
) -> None:
    assert shop.post(**{"from": signed}).status == 201

    (mail,) = shop.ses.sent
    assert (mail["FromEmailAddress"], mail.get("ReplyToAddresses")) == (sender, reply_to)


def test_comments_and_what_clients_write_are_not_mailed(shop: PostShop) -> None:
    shop.post(comment="1", cc="d@b.test")
    shop.post("order.client_respond", author="ada@example.com", cc="d@b.test")

    assert shop.ses.sent == []
    assert [post["mail"] for post in shop.listed()] == [None, None]


def test_files_go_with_the_mail(shop: PostShop) -> None:
    shop.upload(("attach[0]", "Offer.PDF", PDF))

    (file,) = shop.ses.sent[0]["Content"]["Simple"]["Attachments"]
    assert (file["FileName"], file["ContentType"], file["RawContent"]) == ("Offer.PDF", "application/pdf", PDF)


def test_an_order_without_an_address_needs_a_recipient(shop: PostShop) -> None:
    order = {"order_id": shop.caller.call("order.create", {"order_queue_id": 1, "info": {}}).body["order_id"]}

    refused = shop.caller.call("order.respond", order)
    assert (refused.status, refused.body["errors"][0]["field"]) == (422, "recipient")
    assert shop.caller.call("order.respond", {**order, "comment": True}).status == 201
    assert shop.caller.call("order.respond", {**order, "recipient": "a@b.test"}).status == 201


def test_a_refused_mail_leaves_its_post_and_goes_out_when_the_call_is_repeated(
    shop: PostShop, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    shop.ses.fails = [refusal("MessageRejected")]
    refused = shop.with_key("k-1", followup="Ready")

    assert (refused.status, refused.body["post_id"]) == (409, "1")
    assert "post 1 was kept, but its mail was not sent: SES refused it (MessageRejected)" in refused.body["detail"]
    assert [post["mail"] for post in shop.listed()] == ["refused"]
    repeated = shop.with_key("k-1", followup="Ready")
    assert (repeated.status, repeated.body["post_id"], repeated.body["mail"]) == (201, "1", "sent")
    assert (len(shop.ses.sent), len(shop.listed())) == (1, 1)
    assert "ada@example.com" not in str(refused.body) + logged(caplog)


def test_throttled_mail_asks_for_patience(shop: PostShop) -> None:
    shop.ses.fails = [refusal("TooManyRequestsException", 429)]

    assert "wait a minute" in shop.post().body["detail"]


@pytest.mark.parametrize("failure", [SILENCE, refusal("InternalServiceErrorException", 500)])
def test_a_mail_without_an_answer_is_unknown_and_never_sent_twice(shop: PostShop, failure: Exception) -> None:
    shop.ses.fails = [failure]
    for _ in range(2):
        unknown = shop.with_key("k-1", followup="Ready")

        assert (unknown.status, unknown.body["post_id"]) == (409, "1")
        assert "is not known" in unknown.body["detail"]
    assert [post["mail"] for post in shop.listed()] == ["unknown"]
    assert shop.ses.sent == []


def test_api_2_0_is_told_in_its_own_way(shop: PostShop) -> None:
    shop.ses.fails = [refusal("MessageRejected")]
    answer = shop.caller.send("/api/2.0/", query=f"method=order.respond&order_id={shop.order_id}")

    assert (answer.status, answer.body["status"], answer.body["error_code"], answer.body["data"]) == (200, False, 1, "")
    assert "post 1 was kept" in answer.body["error_message"]


def test_a_key_makes_one_post_and_one_mail(shop: PostShop) -> None:
    answers = [shop.with_key("k-1", followup="Ready") for _ in range(3)]

    assert [answer.body for answer in answers] == [answers[0].body] * 3
    assert (len(shop.ses.sent), len(shop.listed())) == (1, 1)


def test_a_key_that_said_something_else_is_refused(shop: PostShop) -> None:
    shop.with_key("k-1", followup="Ready")
    other = shop.with_key("k-1", followup="Not ready")

    assert (other.status, other.body["post_id"]) == (409, "1")
    assert shop.with_key("k-2", followup="Not ready").status == 201
    assert len(shop.listed()) == 2


def test_without_a_key_the_same_words_are_two_posts(shop: PostShop) -> None:
    shop.post(followup="Ready")
    shop.post(followup="Ready")

    assert len(shop.ses.sent) == len(shop.listed()) == 2


def test_a_process_that_died_before_its_mail_leaves_it_to_the_repeat(
    shop: PostShop, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Died(BaseException):
        pass

    def die(*_: Any, **__: Any) -> None:
        raise Died

    with monkeypatch.context() as dying:
        dying.setattr("lambdas.records.posts.notification.NotificationRecords.begin", die)
        with pytest.raises(Died):
            shop.with_key("k-1")
    assert [post["mail"] for post in shop.listed()] == ["unsent"]

    assert shop.with_key("k-1").body["mail"] == "sent"
    assert (len(shop.ses.sent), len(shop.listed())) == (1, 1)


def test_ses_understands_what_is_sent(shop: PostShop, monkeypatch: pytest.MonkeyPatch) -> None:
    aws.ses.cache_clear()
    monkeypatch.setattr(sending, "ses", aws.ses)
    aws.ses().create_email_identity(EmailIdentity="shop.test")
    answer = shop.upload(("attach", "a.pdf", PDF), fields={"bcc": "e@b.test", "from": "desk@shop.test"})
    aws.ses.cache_clear()

    assert (answer.status, answer.body["mail"]) == (201, "sent")
    (message,) = ses_backends["123456789012"]["us-east-1"].sent_messages
    assert message.destinations["BccAddresses"] == ["e@b.test"]


PAGES = "https://orders.example.com"
LINK = re.compile(
    rf"\n\nSee your order and answer here:\n{re.escape(PAGES)}/orders/([\w-]{{43}})\n\nDo not share this address"
)


def links(shop: PostShop) -> list[dict[str, Any]]:
    return shop.caller.api.backend.records.query(f"order#{shop.order_id}", "link#")


def test_an_answer_to_the_client_has_a_link_to_the_order_s_page(
    shop: PostShop, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PUBLIC_URL", f"{PAGES}/")
    shop.post(followup="Ready.")

    (mail,) = shop.ses.sent
    body = mail["Content"]["Simple"]["Body"]["Text"]["Data"]
    assert body.startswith("Ready.")
    found = LINK.search(body)
    assert found, body
    backend = shop.caller.api.backend
    link = LinkRecords(backend.records).find_open(found[1], LinkPurpose.STATUS, backend.service.now())
    assert link is not None
    assert (link.order_id, link.address) == (shop.order_id, address_digest(shop.order_id, CONTACT["email"]))
    assert found[1] not in json.dumps(shop.listed())


@pytest.mark.parametrize(
    "others",
    [
        {"recipient": "eve@b.test"},
        {"recipient": f"{CONTACT['email']}, eve@b.test"},
        {"cc": "eve@b.test"},
        {"bcc": "eve@b.test"},
        {"comment": "1"},
    ],
)
def test_a_mail_that_others_read_too_has_no_link(
    shop: PostShop, monkeypatch: pytest.MonkeyPatch, others: dict[str, str]
) -> None:
    monkeypatch.setenv("PUBLIC_URL", PAGES)
    assert shop.post(followup="Ready.", **others).status == 201

    assert all(PAGES not in json.dumps(mail) for mail in shop.ses.sent)
    assert links(shop) == []


def test_a_repeated_answer_makes_no_second_link_and_one_that_was_refused_is_sent_with_one(
    shop: PostShop, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PUBLIC_URL", PAGES)
    shop.ses.fails = [refusal("MessageRejected")]
    assert shop.with_key("a", followup="Ready.").body["type"].endswith("mail_not_sent")
    for _ in range(2):
        assert shop.with_key("a", followup="Ready.").status == 201

    (mail,) = shop.ses.sent
    assert LINK.search(mail["Content"]["Simple"]["Body"]["Text"]["Data"])
    assert len(links(shop)) == 2  # of the try that was refused, and of the one that was sent


def test_an_answer_that_may_have_been_mailed_makes_no_further_link(
    shop: PostShop, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PUBLIC_URL", PAGES)
    shop.ses.fails = [SILENCE]
    for _ in range(3):
        assert shop.with_key("a", followup="Ready.").body["type"].endswith("mail_unknown")

    assert (shop.ses.sent, len(links(shop))) == ([], 1)
