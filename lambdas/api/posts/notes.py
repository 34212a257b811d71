"""Notes on an order: written by staff for staff, shown to no client.

A note is a post of the kind `comment`. The order counts it in the same transaction, so its history says who noted and when.
"""

from itertools import islice
from typing import Annotated

from pydantic import AfterValidator, Field

from lambdas.api.auth.caller import Caller
from lambdas.api.backend import Backend
from lambdas.api.http.parameters import Count, Limit, OrderRequest
from lambdas.api.method import Method
from lambdas.api.posts import records_2_0 as answers
from lambdas.api.posts import views
from lambdas.api.posts.requests import MAX_BODY, Body
from lambdas.mail.notes import keep_note
from lambdas.mail.posting import RepeatKey, SentPost
from lambdas.records.posts.post import PostKind, PostRecords
from lambdas.records.users.rights import Right

_LISTED = 50


def _with_text(note: str) -> str:
    if not note:
        raise ValueError("parameter not supplied; write what the others need to know")
    return note


class NoteRequest(OrderRequest):
    """`order.note`, ours. Its author is the user who calls."""

    note: Annotated[Body, AfterValidator(_with_text)] = Field(
        description=f"What the others should know of this order, in at most {MAX_BODY:,} characters. Clients never see it."
    )


class NoteListRequest(OrderRequest):
    """`order.note_list`, ours: the newest note first."""

    offset: Count = Field(default=0, description="How many notes to pass over.")
    limit: Limit = Field(default=None, description=f"How many notes to list, {_LISTED} if it is left out.")


def _note(backend: Backend, request: NoteRequest, caller: Caller) -> SentPost:
    order, posts, call = backend.order(request, caller), PostRecords(backend.records), caller.call
    key = RepeatKey(caller.name, call.idempotency_key, caller.method) if call.idempotency_key else None
    note = keep_note(
        posts, backend.service, order, request.note, by=caller.name, repeat_key=key, expected_revision=call.if_match
    )
    return SentPost(note, None)


def _note_list(backend: Backend, request: NoteListRequest, caller: Caller) -> list[SentPost]:
    order = backend.order(request, caller)
    posts = PostRecords(backend.records).of_order(order.order_id, descending=True)
    notes = (post for post in posts if post.kind is PostKind.COMMENT)
    first = request.offset or 0
    return [SentPost(note, None) for note in islice(notes, first, first + (request.limit or _LISTED))]


METHODS: dict[str, Method] = {
    "order.note": Method(
        title="Write a note on an order, for staff alone",
        request=NoteRequest,
        rights=(Right.ACT, Right.PERSONAL_DATA),
        verb=_note,
        answer=answers.post_id,
        view=views.post_view,
        keeps_key=True,
        conditional=True,
        status=201,
        example={"order_id": "1001", "note": "The client calls back on Monday."},
    ),
    "order.note_list": Method(
        title="List the notes on an order, the newest first",
        request=NoteListRequest,
        rights=(Right.VIEW, Right.PERSONAL_DATA),
        verb=_note_list,
        answer=answers.records,
        view=views.posts_view,
        reads=True,
        example={"order_id": "1001"},
    ),
}
