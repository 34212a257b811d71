"""Keeps notes: posts of the kind `comment`, by staff for staff. The order counts a note in the same transaction."""

from collections.abc import Sequence
from typing import Any

from lambdas.mail.posting import RepeatKey
from lambdas.orders.model.order import Order
from lambdas.orders.service import OrderService
from lambdas.records.posts.post import Post, PostKind, PostRecords
from lambdas.records.request_key import RequestKey

NOTE = "order.note"


def keep_note(
    posts: PostRecords,
    service: OrderService,
    order: Order,
    text: str,
    *,
    by: str,
    repeat_key: RepeatKey | None = None,
    expected_revision: int | None = None,
) -> Post:
    """The note, signed by the user `by`; the one that the key made before, if it did.

    Raises RevisionDiffersError if a new note finds the order at another revision, PostKeyTakenError, PostsBusyError.
    """
    note = Post(
        order_id=order.order_id,
        kind=PostKind.COMMENT,
        author=by,
        by=by,
        subject="",
        body=text,
        posted_at=service.now(),
    )
    key = _request_key(repeat_key, note) if repeat_key else None

    def count_on_order(post: Post) -> Sequence[Any]:
        return service.writes_of_note(order, post.post_id, by=by, expected_revision=expected_revision)

    return (key and posts.made_with(key)) or posts.add(note, key, beside=count_on_order)


def _request_key(repeat: RepeatKey, note: Post) -> RequestKey:
    return RequestKey.of(repeat.by, repeat.key, repeat.method, note.said(), note.posted_at)
