"""Keeps a note on an order, for staff alone (`order.note`)."""

from collections.abc import Sequence
from typing import Any

from lambdas.desk.desk import Desk, acting
from lambdas.records.posts.post import Post, PostKind
from lambdas.records.request_key import RequestKey
from lambdas.records.users.api_user import ApiUser
from lambdas.records.users.rights import Right


def keep_note(desk: Desk, user: ApiUser, order_id: str, text: str, *, once: str) -> None:
    """`once`: the key of the page that sends it, so that a double click keeps one note. Raises OrderError."""
    order = acting(user, "order.note", Right.ACT, Right.PERSONAL_DATA).order(desk.service, order_id=order_id)
    note = Post(
        order_id=order_id,
        kind=PostKind.COMMENT,
        author=user.name,
        by=user.name,
        subject="",
        body=text,
        posted_at=desk.now(),
    )

    def count_on_order(post: Post) -> Sequence[Any]:
        return desk.service.writes_of_note(order, post.post_id, by=user.name)

    key = RequestKey.of(user.name, f"{once} {order_id}", "order.note", note.said(), note.posted_at)
    if not desk.posts.made_with(key):
        desk.posts.add(note, key, beside=count_on_order)
