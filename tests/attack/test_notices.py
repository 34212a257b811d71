"""Somebody whose text gets into a notice writes to staff's chat or mails, or has our network call where they want."""

import json
from email.message import EmailMessage
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lambdas.actions._frame.module import PermanentError
from lambdas.actions._frame.webhook import WebhookSettings, address, refuse_other_hosts
from lambdas.notices.staff import texts
from lambdas.notices.staff.happened import Happened

HOSTILE = (
    "<!channel> pay",
    "<https://evil.example.com|Order 1001>",
    "x>y<@U123>",
    "&lt;!here&gt;",
    "name\r\nBcc: everybody@example.com",
    "name\u2028Subject: x",
    "\u202eegnahc",
)
NAMES = st.sampled_from(HOSTILE) | st.text(max_size=120)


def happened(**names: Any) -> Happened:
    facts = {
        "event": "waiting", "event_id": "1001.3.OrderActionWaiting.22", "order_id": "1001", "queue": "Q",
        "order_queue_id": 1, "step": "S", "action": "A", "module": "m", "team": "t", "at": 1, "due_at": 2,
    }  # fmt: skip
    return Happened.model_validate({**facts, **names})


@given(NAMES, NAMES, NAMES, st.sampled_from(list(texts._TITLES)))
def test_a_name_mentions_nobody_and_links_nowhere_in_a_chat(queue: str, step: str, action: str, event: str) -> None:
    url = "https://api.example.com/desk/orders/1001"
    message = texts.slack_message(happened(queue=queue, step=step, action=action, event=event), url)
    marked = [message["text"], message["blocks"][0]["text"]["text"]]
    marked += [element["text"] for element in message["blocks"][1]["elements"]]
    ours = f"<{url}|Order 1001 on the desk>"

    for text in marked:
        assert "<" not in text.replace(ours, "")
        assert ">" not in text.replace(ours, "")
    shown = [message["blocks"][0]["text"], *message["blocks"][1]["elements"]]
    assert all(part["verbatim"] is True for part in shown)  # Slack makes no links and mentions by itself
    json.dumps(message)


@given(NAMES, NAMES, NAMES, st.sampled_from(list(texts._TITLES)))
def test_a_name_adds_no_header_to_a_mail_or_a_message(queue: str, step: str, action: str, event: str) -> None:
    told = happened(queue=queue, step=step, action=action, event=event)
    for subject in (texts.subject(told), texts.sns_subject(told), texts.digest(queue, [], 0, "u")[0]):
        mail = EmailMessage()
        mail["Subject"] = subject  # raises for a line break
        assert len(subject) <= 200
        assert subject.isprintable() or not any(letter in subject for letter in "\r\n\u2028\x85\0")
    assert texts.sns_subject(told).isascii()
    assert 0 < len(texts.sns_subject(told)) <= 100


@pytest.mark.parametrize(
    "url",
    [
        "https://169.254.169.254/latest/meta-data/",
        "https://[fd00:ec2::254]/latest/meta-data/",
        "https://chat.example.com@169.254.169.254/",
        "https://169.254.169.254#chat.example.com",
        "https://chat.example.com.evil.example/",
        "http://chat.example.com/",
        "file:///etc/passwd",
        "{chat}@169.254.169.254/",
        "{chat}.evil.example/",
        "",
    ],
)
def test_a_webhook_does_not_call_the_metadata_of_a_machine_or_a_host_that_is_not_named(url: str) -> None:
    settings = WebhookSettings(
        stage="prod", webhook_bases='{"chat": "https://chat.example.com"}', webhook_secret_arn="arn"
    )

    with pytest.raises(PermanentError):
        refuse_other_hosts(address(url, settings), settings)
