"""Mails go out once each, with the order's fields, and say of a doubt that it is one."""

from collections.abc import Iterator
from typing import Any

import pytest
from botocore.exceptions import ClientError, ConnectTimeoutError
from moto import mock_aws
from moto.ses.models import ses_backends
from pydantic import ValidationError

from lambdas.actions._frame.mail import FIELDS, filled, filled_subject
from lambdas.actions._frame.module import PermanentError, ThrottledError, TransientError
from lambdas.actions.send_notification import SendNotificationConfig, module
from lambdas.mail import sending
from lambdas.records.clients.client import ClientRecords
from lambdas.runtime import aws
from tests.support.build import CONTACT, an_order
from tests.unit.actions.conftest import World
from tests.unit.actions.one_action import ACTION, an_order_with, ask, says_nothing_personal
from tests.unit.records.builders import a_client

TO_CLIENT = {"to": ["##email##"], "subject": "Order ##order_id##", "body": "Dear ##full_name##,\n\nthank you."}
TO_ADMINS = {"admin_to": ["a@shop.test", "b@shop.test"], "admin_subject": "New", "admin_body": "##order_id##"}
TO_OWNER = {"owners": {"7": "owner@shop.test"}, "owner_subject": "Yours", "owner_body": "##order_id##"}


class Ses:
    """Takes mails; may refuse or stay silent."""

    def __init__(self) -> None:
        self.sent: list[tuple[str, str, str, str]] = []
        self.fails: dict[str, Exception] = {}

    def send_email(self, *, FromEmailAddress: str, Destination: Any, Content: Any) -> None:
        (to,) = Destination["ToAddresses"]
        if to in self.fails:
            raise self.fails[to]
        simple = Content["Simple"]
        self.sent.append((FromEmailAddress, to, simple["Subject"]["Data"], simple["Body"]["Text"]["Data"]))

    @property
    def recipients(self) -> list[str]:
        return [to for _, to, _, _ in self.sent]


def error(code: str, status: int = 400) -> ClientError:
    text = "Email address is not verified: ada@example.com"
    response: Any = {"Error": {"Code": code, "Message": text}, "ResponseMetadata": {"HTTPStatusCode": status}}
    return ClientError(response, "SendEmail")


SILENCE = ConnectTimeoutError(endpoint_url="https://email")


@pytest.fixture
def ses(monkeypatch: pytest.MonkeyPatch) -> Ses:
    monkeypatch.setenv("MAIL_FROM", "orders@shop.test")
    service = Ses()
    monkeypatch.setattr(sending, "ses", lambda: service)
    return service


def test_the_client_gets_the_text_with_the_order_s_fields(world: World, ses: Ses) -> None:
    an_order_with(world, module, TO_CLIENT)
    world.run(module, ACTION)

    assert ses.sent == [
        ("Example Hosting <orders@shop.test>", "ada@example.com", "Order 1001", "Dear Ada Lovelace,\n\nthank you.")
    ]
    assert (world.action(ACTION).reason, world.action(ACTION).result) == (
        "1 mail sent",
        {"round": 1, "sent": 1, "in_doubt": 0},
    )
    assert says_nothing_personal(world)


def test_admins_and_owner_get_theirs_each_alone(world: World, ses: Ses) -> None:
    an_order_with(world, module, {**TO_CLIENT, **TO_ADMINS, **TO_OWNER, "from_address": "desk@shop.test"}, owner="7")
    world.run(module, ACTION)

    assert ses.recipients == ["ada@example.com", "a@shop.test", "b@shop.test", "owner@shop.test"]
    assert {sender for sender, _, _, _ in ses.sent} == {"desk@shop.test"}
    assert world.action(ACTION).reason == "4 mails sent"


def test_an_order_without_an_owner_has_nobody_to_tell(world: World, ses: Ses) -> None:
    an_order_with(world, module, TO_OWNER)
    world.run(module, ACTION)

    assert world.action(ACTION).reason == "0 mails sent"


def test_existing_clients_may_be_left_alone(world: World, ses: Ses) -> None:
    an_order_with(world, module, {**TO_CLIENT, "bypass_existing_clients": True}, client_id="7")
    world.run(module, ACTION)

    assert ses.sent == []
    assert world.action(ACTION).reason == "an existing client's order: nothing sent"


def test_a_client_this_order_made_is_a_new_one(world: World, ses: Ses) -> None:
    made = ClientRecords(world.records).make(a_client(uber_login=""), None)
    an_order_with(world, module, {**TO_CLIENT, "bypass_existing_clients": True}, client_id=made)
    world.run(module, ACTION)

    assert len(ses.sent) == 1


def test_a_run_that_died_after_sending_does_not_send_again(world: World, ses: Ses) -> None:
    an_order_with(world, module, {**TO_CLIENT, **TO_ADMINS})
    world.run_and_die_before_settling(module, ACTION)
    world.run(module, ACTION)

    assert len(ses.sent) == 3
    assert world.action(ACTION).reason == "3 mails sent"


def test_processing_it_again_sends_again(world: World, ses: Ses) -> None:
    an_order_with(world, module, TO_CLIENT)
    world.run(module, ACTION)
    ask(world)
    world.run(module, ACTION)

    assert ses.recipients == ["ada@example.com"] * 2
    assert world.action(ACTION).result["round"] == 2


@pytest.mark.parametrize(
    ("on_doubt", "sent", "said"), [("send", 1, "1 mail sent"), ("skip", 0, "0 mails sent; 1 may have")]
)
def test_a_mail_without_an_answer_is_in_doubt(world: World, ses: Ses, on_doubt: str, sent: int, said: str) -> None:
    an_order_with(world, module, {**TO_CLIENT, "on_doubt": on_doubt})
    ses.fails["ada@example.com"] = SILENCE
    with pytest.raises(TransientError):
        world.run(module, ACTION)
    ses.fails.clear()
    world.run(module, ACTION)

    assert len(ses.sent) == sent
    assert world.action(ACTION).reason.startswith(said)


@pytest.mark.parametrize(
    ("refusal", "classed"),
    [
        (error("MessageRejected"), PermanentError),
        (error("AccessDeniedException", 403), PermanentError),
        (error("TooManyRequestsException", 429), ThrottledError),
        (error("InternalServiceErrorException", 500), TransientError),
    ],
)
def test_a_refused_mail_holds_up_no_other_and_goes_out_later(
    world: World, ses: Ses, refusal: Exception, classed: type[Exception]
) -> None:
    an_order_with(world, module, {**TO_CLIENT, **TO_ADMINS})
    ses.fails["ada@example.com"] = refusal
    with pytest.raises(classed):
        world.run(module, ACTION)
    assert ses.recipients == ["a@shop.test", "b@shop.test"]
    assert says_nothing_personal(world)
    ses.fails.clear()
    world.run(module, ACTION)

    assert ses.recipients == ["a@shop.test", "b@shop.test", "ada@example.com"]
    assert world.action(ACTION).reason == "3 mails sent"


def test_a_refused_mail_is_in_no_doubt(world: World, ses: Ses) -> None:
    an_order_with(world, module, {**TO_CLIENT, "on_doubt": "skip"})
    ses.fails["ada@example.com"] = error("MessageRejected")
    with pytest.raises(PermanentError, match=r"refused the order mail \(MessageRejected\)"):
        world.run(module, ACTION)
    ses.fails.clear()
    world.run(module, ACTION)

    assert len(ses.sent) == 1


@pytest.mark.parametrize("email", ["", "ada", "a@b.test, c@d.test", "a@b.test\nBcc: c@d.test", "A <a@b.test>"])
def test_mail_goes_to_one_address_of_the_order_or_to_none(world: World, ses: Ses, email: str) -> None:
    an_order_with(world, module, TO_CLIENT, info={"email": email})

    with pytest.raises(PermanentError, match=r"set info\.email"):
        world.run(module, ACTION)
    assert ses.sent == []


def test_what_a_client_wrote_stays_short_and_on_one_line() -> None:
    order = an_order(info={"first": "Ada\r\nBcc: eve", "company": "x" * 999})

    assert filled_subject("For ##first_name##", order) == "For Ada Bcc: eve"
    assert len(filled("##company##", order)) == 200
    assert filled("##city##|##last_name##", order) == "|"


def test_every_field_can_be_named() -> None:
    info = {key: key for key in ("company", "first", "last", "address", "city", "state", "zip", "phone", "email")}
    texts = [filled(f"##{field}##", an_order(info=info)) for field in FIELDS]

    assert texts == [
        an_order().reference,
        "1001",
        "company",
        "first last",
        "first",
        "last",
        "address",
        "city",
        "state",
        "zip",
        "phone",
        "email",
    ]


@pytest.mark.parametrize(
    "wrong",
    [
        {},
        {"to": ["##email##"]},
        {**TO_CLIENT, "to": []},
        {**TO_CLIENT, "to": ["##phone##"]},
        {**TO_CLIENT, "to": ["a@b.test, c@d.test"]},
        {**TO_CLIENT, "body": "##cc_num##"},
        {**TO_CLIENT, "subject": "##First_Name##"},
        {**TO_CLIENT, "from_address": "nobody"},
        {**TO_CLIENT, "admin_body": "x"},
        {**TO_CLIENT, "on_doubt": "guess"},
        {**TO_OWNER, "owners": {"7": "nobody"}},
    ],
)
def test_settings_that_could_never_work_are_refused(wrong: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        SendNotificationConfig.model_validate(wrong)


@pytest.fixture
def real_ses(monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    monkeypatch.setenv("MAIL_FROM", "orders@shop.test")
    aws.ses.cache_clear()
    with mock_aws():
        yield aws.ses()
    aws.ses.cache_clear()


def test_ses_understands_what_is_sent(world: World, real_ses: Any) -> None:
    an_order_with(world, module, TO_CLIENT)
    with pytest.raises(PermanentError, match="MessageRejected"):
        world.run(module, ACTION)
    assert says_nothing_personal(world)
    real_ses.create_email_identity(EmailIdentity="shop.test")
    world.run(module, ACTION)

    (message,) = ses_backends["123456789012"]["us-east-1"].sent_messages
    assert (message.source, message.subject) == ("Example Hosting <orders@shop.test>", "Order 1001")
    assert message.destinations["ToAddresses"] == ["ada@example.com"]


@pytest.mark.parametrize(
    ("lang", "greeting"), [("de", "Guten Tag Ada Lovelace"), ("fr", "Dear Ada Lovelace"), ("", "Dear Ada")]
)
def test_the_client_is_written_to_in_the_order_s_language(world: World, ses: Ses, lang: str, greeting: str) -> None:
    german = {"subject": "Bestellung ##order_id##", "body": "Guten Tag ##full_name##,"}
    an_order_with(world, module, {**TO_CLIENT, "i18n": {"de": german}}, info={**CONTACT, "lang": lang})
    world.run(module, ACTION)

    assert ses.sent[0][3].startswith(greeting)


@pytest.mark.parametrize("texts", [{"body": "##secret##"}, {"boddy": "x"}])
def test_a_translation_keeps_the_rules_of_its_text(texts: dict[str, str]) -> None:
    with pytest.raises(ValidationError):
        SendNotificationConfig.model_validate({**TO_CLIENT, "i18n": {"de": texts}})
