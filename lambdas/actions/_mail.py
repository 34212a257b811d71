"""Mails of an order: texts with the order's fields in them, and sending that knows what went out.

A text names the order's fields as Ubersmith's community module does, `##first_name##` (reference ubersmith-orders 2.2). SES
knows no idempotency key: a guard is written before each mail, so only a process that dies in between leaves a doubt.
"""

import hashlib
import re
from collections.abc import Iterator
from typing import Literal, NamedTuple

from botocore.exceptions import ClientError

from lambdas.actions._module import ActionError, PermanentError, ThrottledError, TransientError
from lambdas.orders.info import text
from lambdas.orders.order import Order
from lambdas.records.notification import MailState, NotificationRecords
from lambdas.runtime.aws import ses

FIELDS = (
    "order_id", "company", "full_name", "first_name", "last_name", "address", "city", "state", "zip", "phone", "email",
)  # fmt: skip
_PLACEHOLDER = re.compile(r"##(.*?)##", re.DOTALL)
_ADDRESS = re.compile(r"[^@\s,;:<>()\[\]\"\\]{1,64}@[^@\s,;:<>()\[\]\"\\]{1,255}")
_LONGEST_FIELD, _LONGEST_SUBJECT = 200, 250
_SES_THROTTLES = {"TooManyRequestsException", "LimitExceededException", "ThrottlingException"}

OnDoubt = Literal["send", "skip"]


class Mail(NamedTuple):
    kind: str
    sender: str
    to: str
    subject: str
    body: str


def unknown_placeholders(template: str) -> list[str]:
    return sorted(set(_PLACEHOLDER.findall(template)) - set(FIELDS))


def is_address(value: str) -> bool:
    return _ADDRESS.fullmatch(value) is not None


def filled(template: str, order: Order) -> str:
    """The text with the order's fields. A client wrote those: they are kept short and on one line."""
    return _PLACEHOLDER.sub(lambda found: _field(found[1], order)[:_LONGEST_FIELD], template)


def filled_subject(template: str, order: Order) -> str:
    return _one_line(filled(template, order))[:_LONGEST_SUBJECT]


class Outbox:
    """Sends the mails of one run of an action. `run_name` is the same when that run is tried again."""

    def __init__(self, records: NotificationRecords, order_id: str, run_name: str, on_doubt: OnDoubt, now: int) -> None:
        self._records, self._order_id, self._run, self._on_doubt, self._now = records, order_id, run_name, on_doubt, now

    def send_all(self, mails: list[Mail]) -> tuple[int, int]:
        """How many went out (now or before), and how many were left in doubt. If one fails the others go out all the same."""
        outcomes = [self._send(mail) for mail in mails]
        errors = [outcome for outcome in outcomes if isinstance(outcome, ActionError)]
        if errors:
            raise min(errors, key=lambda error: isinstance(error, PermanentError))  # first what may be mended by itself
        return outcomes.count(True), outcomes.count(False)

    def _send(self, mail: Mail) -> bool | ActionError:
        """Whether it went out; False: it may have before, and is not sent again."""
        guard = f"{self._run}#{mail.kind}#{hashlib.sha256(mail.to.casefold().encode()).hexdigest()[:16]}"
        before = self._records.begin(self._order_id, guard, self._now)
        if before is MailState.SENT:
            return True
        if before is MailState.SENDING and self._on_doubt == "skip":
            return False
        try:
            _give_to_ses(mail)
        except ClientError as error:
            if error.response["ResponseMetadata"]["HTTPStatusCode"] >= 500:
                return TransientError("SES failed; this is tried again by itself")
            self._records.end(self._order_id, guard, MailState.REFUSED)
            return _refusal(mail, error.response["Error"]["Code"])
        self._records.end(self._order_id, guard, MailState.SENT)
        return True


def _give_to_ses(mail: Mail) -> None:
    ses().send_email(
        FromEmailAddress=mail.sender,
        Destination={"ToAddresses": [mail.to]},
        Content={
            "Simple": {
                "Subject": {"Data": mail.subject, "Charset": "UTF-8"},
                "Body": {"Text": {"Data": mail.body, "Charset": "UTF-8"}},
            }
        },
    )


def _refusal(mail: Mail, code: str) -> ActionError:
    """SES quotes addresses in its messages; only its code is passed on."""
    if code in _SES_THROTTLES:
        return ThrottledError("SES asked for a pause; this is tried again by itself")
    return PermanentError(
        f"SES refused the {mail.kind} mail ({code}): see that the sender is a verified identity in SES and that the addresses are"
        " right, then process this action again; what went out already is not sent twice"
    )


def _field(name: str, order: Order) -> str:
    if name == "order_id":
        return order.order_id
    if name == "full_name":
        return _one_line(" ".join(text(order.info, key) for key in ("first", "last")))
    return _one_line(text(order.info, {"first_name": "first", "last_name": "last"}.get(name, name)))


def _one_line(value: str) -> str:
    return " ".join("".join(_printable(value)).split())


def _printable(value: str) -> Iterator[str]:
    return (letter if letter.isprintable() else " " for letter in value)
