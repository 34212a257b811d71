"""Sends the mails of an action. Their texts name fields of the order.

A text names a field as Ubersmith's community module does: `##first_name##` (docs/reference/ubersmith.md, 2.2).
"""

import hashlib
import re

from lambdas.actions._frame.module import ActionError, PermanentError, ThrottledError, TransientError
from lambdas.mail.addresses import harmless
from lambdas.mail.sending import Mail, MailInDoubtError, MailRefusedError, OnDoubt, send_once
from lambdas.orders.contact.email import is_email
from lambdas.orders.contact.text import shown_line
from lambdas.orders.model.info import text
from lambdas.orders.model.order import Order
from lambdas.records.posts.notification import NotificationRecords

__all__ = ["FIELDS", "Mail", "OnDoubt", "Outbox", "filled", "filled_subject", "is_email", "unknown_placeholders"]

FIELDS = (
    "reference", "order_id", "company", "full_name", "first_name", "last_name", "address", "city", "state", "zip", "phone",
    "email",
)  # fmt: skip
_PLACEHOLDER = re.compile(r"##(.*?)##", re.DOTALL)
_LONGEST_FIELD, _LONGEST_SUBJECT = 200, 250


def unknown_placeholders(template: str) -> list[str]:
    return sorted(set(_PLACEHOLDER.findall(template)) - set(FIELDS))


def filled(template: str, order: Order) -> str:
    """The text with the order's fields, each short and on one line, because a client wrote them."""
    return _PLACEHOLDER.sub(lambda found: _field(found[1], order)[:_LONGEST_FIELD], template)


def filled_subject(template: str, order: Order) -> str:
    return shown_line(filled(template, order))[:_LONGEST_SUBJECT]


class Outbox:
    """Sends the mails of one run of an action. `run_name`: the same when that run is tried again."""

    def __init__(self, records: NotificationRecords, order_id: str, run_name: str, on_doubt: OnDoubt, now: int) -> None:
        self._records, self._order_id, self._run, self._on_doubt, self._now = records, order_id, run_name, on_doubt, now

    def send_all(self, mails: list[Mail]) -> tuple[int, int]:
        """Send all. Return how many went out (now or before) and how many are in doubt. A failure does not stop the others."""
        outcomes = [self._send(mail) for mail in mails]
        errors = [outcome for outcome in outcomes if isinstance(outcome, ActionError)]
        if errors:
            raise min(errors, key=lambda error: isinstance(error, PermanentError))  # First an error that may pass.
        return outcomes.count(True), outcomes.count(False)

    def _send(self, mail: Mail) -> bool | ActionError:
        """Send one mail. True: it went out. False: it may have gone out before, so it is not sent again."""
        addresses = ",".join(mail.to).casefold()
        guard = f"{self._run}#{mail.kind}#{hashlib.sha256(addresses.encode()).hexdigest()[:16]}"
        try:
            return send_once(self._records, self._order_id, guard, mail, self._now, on_doubt=self._on_doubt)
        except MailInDoubtError:
            return TransientError("SES failed")
        except MailRefusedError as refused:
            return _refusal(mail, refused)


def _refusal(mail: Mail, refused: MailRefusedError) -> ActionError:
    if refused.throttled:
        return ThrottledError("SES asked for a pause")
    return PermanentError(
        f"SES refused the {mail.kind} mail ({refused.code}): see that the sender is a verified identity in SES and that the"
        " addresses are right, then process this action again; what went out already is not sent twice"
    )


def _field(name: str, order: Order) -> str:
    if name in ("reference", "order_id"):
        return order.reference if name == "reference" else order.order_id
    if name == "full_name":
        return harmless(" ".join(text(order.info, key) for key in ("first", "last")), _LONGEST_FIELD)
    value = text(order.info, {"first_name": "first", "last_name": "last"}.get(name, name))
    if name == "email":  # The mail goes there, or staff writes there.
        return value if is_email(value) else harmless(value, _LONGEST_FIELD)
    return harmless(value, _LONGEST_FIELD)
