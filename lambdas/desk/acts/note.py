"""Keeps a note on an order, for staff alone (`order.note`)."""

from lambdas.desk.desk import Desk
from lambdas.mail.notes import NOTE, keep_note
from lambdas.mail.posting import RepeatKey
from lambdas.records.users.api_user import ApiUser
from lambdas.records.users.rights import Right


def add_note(
    desk: Desk, user: ApiUser, order_id: str, text: str, *, once: str, expected_revision: int | None = None
) -> None:
    """`once`: the key of the page that sends it, so that a double click keeps one note.

    Raises RevisionDiffersError for a new note on an order that changed, and other OrderErrors.
    """
    order = desk.order(user, order_id, NOTE, Right.ACT, Right.PERSONAL_DATA)
    key = RepeatKey(user.name, f"{once[:100]} {order_id} {text}", NOTE)
    keep_note(desk.posts, desk.service, order, text, by=user.name, repeat_key=key, expected_revision=expected_revision)
