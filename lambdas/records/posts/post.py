"""Posts on an order: what staff and client wrote to each other, and notes among staff. They are never changed.

A post is possible at any time, on a complete or canceled order too. Post numbers are short and increasing over all orders.
"""

from collections.abc import Callable, Iterator, Sequence
from enum import StrEnum
from typing import Any

from lambdas.orders.errors import Again, Nature, OrderError, Problem
from lambdas.records.posts.attachment import Attachment
from lambdas.records.request_key import RequestKey, RequestKeyUsedError
from lambdas.records.table import ConditionFailedError, RecordTable
from lambdas.runtime.items import from_item, to_item
from lambdas.runtime.models import Frozen

_PAGE = 50


class PostKind(StrEnum):
    """`response`: staff to client, mailed. `comment`: among staff, hidden from the client. `client_response`: the client's."""

    RESPONSE = "response"
    COMMENT = "comment"
    CLIENT_RESPONSE = "client_response"


class Post(Frozen):
    """`post_id` is 0 until it is added. `author`: who signs; `by`: the API user. Addresses are plain; Unix seconds."""

    post_id: int = 0
    order_id: str
    kind: PostKind
    author: str
    by: str = ""
    user_id: str | None = None
    contact_id: str | None = None
    recipients: tuple[str, ...] = ()
    cc: tuple[str, ...] = ()
    bcc: tuple[str, ...] = ()
    subject: str
    body: str
    posted_at: int
    attachments: tuple[Attachment, ...] = ()

    def said(self) -> dict[str, Any]:
        """The fields that tell it from another post, without its time and number."""
        return self.model_dump(mode="json", exclude={"post_id", "posted_at", "attachments"})

    def as_client_sees_it(self) -> "Post":
        """Without hidden recipients and without the API user."""
        return self.model_copy(update={"bcc": (), "by": ""})

    @property
    def client_viewable(self) -> bool:
        return self.kind is not PostKind.COMMENT

    @property
    def mail_name(self) -> str:
        """The name of its mail among the order's notifications."""
        return f"post#{self.post_id:010d}"


class PostKeyTakenError(OrderError):
    kind = "conflict"
    nature = Nature.CONFLICT
    again = Again.SAME

    def __init__(self, post_id: str) -> None:
        text = f"this Idempotency-Key already belongs to post {post_id}, which says something else; use a new key"
        super().__init__(text, problems=(Problem("Idempotency-Key", text),), post_id=post_id)


class PostsBusyError(OrderError):
    kind = "order_changed"
    nature = Nature.CONFLICT
    again = Again.LATER
    retry_after_seconds = 1

    def __init__(self) -> None:
        super().__init__(
            "others are writing on this order, or under this Idempotency-Key; repeat the call in a few seconds"
        )


class PostRecords:
    def __init__(self, table: RecordTable) -> None:
        self._table = table

    def new_id(self) -> int:
        return self._table.next_number("post_id", 0)

    def numbered(self, post_id: int) -> Post | None:
        place = self._table.get(f"post#{post_id}", "post")
        found = self._table.get(f"order#{place['order_id']}", _sk(post_id)) if place else None
        return Post.model_validate(found) if found else None

    def made_with(self, key: RequestKey) -> Post | None:
        """The post that this key made. Raises PostKeyTakenError if it says something else."""
        try:
            post_id = key.find_made(self._table)
        except RequestKeyUsedError as used:
            raise PostKeyTakenError(used.made) from None
        return self.numbered(int(post_id)) if post_id else None

    def add(
        self, post: Post, key: RequestKey | None, *, beside: Callable[[Post], Sequence[Any]] = lambda post: ()
    ) -> Post:
        """The post and its key, all or nothing; the post that the key made before, if it did. One without a number gets the
        next.

        `beside`: more writes of the transaction, asked for on each try. Raises PostKeyTakenError, PostsBusyError.
        """
        post = post if post.post_id else post.model_copy(update={"post_id": self.new_id()})
        writes, patience = self._writes(post, key), self._table.patience()
        while True:
            try:
                self._table.write_all([*writes, *beside(post)])
                return post
            except ConditionFailedError:
                if key and (first := self.made_with(key)):
                    return first
            # Another call's transaction with this key is still open, or somebody else wrote what is written beside the post.
            patience.wait_or_raise(PostsBusyError)

    def of_order(self, order_id: str, *, viewable_only: bool = False, descending: bool = False) -> Iterator[Post]:
        """By number; pages are read as they are asked for."""
        hidden: dict[str, Any] = {
            "FilterExpression": "#kind <> :comment",
            "ExpressionAttributeNames": {"#kind": "kind"},
        }
        values = {":pk": f"order#{order_id}", ":prefix": "post#"}
        pages = self._table.client.get_paginator("query").paginate(
            TableName=self._table.name,
            KeyConditionExpression="pk = :pk AND begins_with(sk, :prefix)",
            ExpressionAttributeValues=to_item(values | ({":comment": PostKind.COMMENT} if viewable_only else {})),
            ConsistentRead=True,
            ScanIndexForward=not descending,
            PaginationConfig={"PageSize": _PAGE},
            **(hidden if viewable_only else {}),
        )
        return (Post.model_validate(from_item(item)) for page in pages for item in page["Items"])

    def _writes(self, post: Post, key: RequestKey | None) -> list[Any]:
        record = {"pk": f"order#{post.order_id}", "sk": _sk(post.post_id), **post.model_dump(exclude_none=True)}
        place = {"pk": f"post#{post.post_id}", "sk": "post", "order_id": post.order_id}
        writes = [self._table.new(record), self._table.new(place)]
        if key:
            writes.append(self._table.new(key.guard(str(post.post_id))))
        return writes


def _sk(post_id: int) -> str:
    return f"post#{post_id:010d}"
