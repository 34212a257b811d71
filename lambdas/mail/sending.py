"""Gives mails to SES, once each.

SES has no idempotency key, so a guard is written before each mail. Its outcome is in doubt only if the process dies in between
or SES does not answer. https://docs.aws.amazon.com/ses/latest/APIReference-V2/API_SendEmail.html
"""

from typing import Any, Literal, NamedTuple

from botocore.exceptions import BotoCoreError, ClientError

from lambdas.records.posts.notification import MailState, NotificationRecords
from lambdas.runtime.aws import ses

_SES_THROTTLES = {"TooManyRequestsException", "LimitExceededException", "ThrottlingException"}

OnDoubt = Literal["send", "skip"]


class MailFile(NamedTuple):
    name: str
    content_type: str
    content: bytes


class Mail(NamedTuple):
    """A mail as text, to at most 50 addresses in all. `kind`: its kind, for people. `headers`: further headers."""

    kind: str
    sender: str
    to: tuple[str, ...]
    subject: str
    body: str
    cc: tuple[str, ...] = ()
    bcc: tuple[str, ...] = ()
    reply_to: tuple[str, ...] = ()
    files: tuple[MailFile, ...] = ()
    headers: tuple[tuple[str, str], ...] = ()


class MailRefusedError(Exception):
    """SES refused the mail, which was not sent. Only SES's code is stored, because its messages quote addresses."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code
        self.throttled = code in _SES_THROTTLES


class MailInDoubtError(Exception):
    """SES failed or did not answer, so it is unknown whether the mail was sent."""


def send_once(
    records: NotificationRecords,
    order_id: str,
    guard: str,
    mail: Mail,
    now: int,
    *,
    on_doubt: OnDoubt,
    dead_after_seconds: int = 0,
) -> bool:
    """Send the mail once. True if it was sent now or before; False if it may have been sent before and is not sent again.

    `guard` names the mail within its order. A refused mail may be sent again, and one whose process has been sending it for
    longer than `dead_after_seconds`. Raises MailRefusedError, MailInDoubtError.
    """
    before = records.begin(order_id, guard, now, dead_after_seconds=dead_after_seconds)
    if before is MailState.SENT:
        return True
    if before is MailState.SENDING and on_doubt == "skip":
        return False
    try:
        _send(mail)
    except MailRefusedError:
        records.end(order_id, guard, MailState.REFUSED)
        raise
    records.end(order_id, guard, MailState.SENT)
    return True


def _send(mail: Mail) -> None:
    try:
        ses().send_email(**_request(mail))
    except ClientError as error:
        if error.response["ResponseMetadata"]["HTTPStatusCode"] >= 500:
            raise MailInDoubtError from None
        raise MailRefusedError(error.response["Error"]["Code"]) from None
    except BotoCoreError:
        raise MailInDoubtError from None


def _request(mail: Mail) -> dict[str, Any]:
    simple: dict[str, Any] = {
        "Subject": {"Data": mail.subject, "Charset": "UTF-8"},
        "Body": {"Text": {"Data": mail.body, "Charset": "UTF-8"}},
    }
    if mail.headers:
        simple["Headers"] = [{"Name": name, "Value": value} for name, value in mail.headers]
    if mail.files:
        simple["Attachments"] = [
            {"FileName": file.name, "ContentType": file.content_type, "RawContent": file.content}
            | {"ContentDisposition": "ATTACHMENT", "ContentTransferEncoding": "BASE64"}
            for file in mail.files
        ]
    destination = {"ToAddresses": mail.to, "CcAddresses": mail.cc, "BccAddresses": mail.bcc}
    return {
        "FromEmailAddress": mail.sender,
        "Destination": {key: list(addresses) for key, addresses in destination.items() if addresses},
        **({"ReplyToAddresses": list(mail.reply_to)} if mail.reply_to else {}),
        "Content": {"Simple": simple},
    }
