"""Posts on orders: what staff and client write to each other, and the files that come with it."""

import json
from itertools import islice
from typing import Any

from lambdas.api.auth.caller import Caller
from lambdas.api.backend import Backend
from lambdas.api.errors import ListTooLargeError, MalformedRequestError, NotFoundError
from lambdas.api.http.files import FileAnswer
from lambdas.api.http.parameters import OrderRequest
from lambdas.api.method import Method
from lambdas.api.posts import records_2_0 as answers
from lambdas.api.posts import views
from lambdas.api.posts.requests import (
    DEFAULT_SUBJECT,
    AttachmentGetRequest,
    AttachmentListRequest,
    ClientRespondRequest,
    PostListRequest,
    RespondRequest,
)
from lambdas.api.posts.uploads import files_of
from lambdas.mail.addresses import addresses_in
from lambdas.mail.link_mail import address_of
from lambdas.mail.posting import Posting, PostSettings, RepeatKey, SentPost, keep_post, with_mail
from lambdas.orders.contact.text import shown_line
from lambdas.orders.errors import InvalidOrderError, Problem
from lambdas.orders.model.order import Order
from lambdas.records.posts.attachment import Attachment, AttachmentFiles, post_id_of
from lambdas.records.posts.post import Post, PostKind, PostRecords
from lambdas.records.users.rights import Right

_MAX_LISTED_BYTES = 4_500_000  # an answer has 6 MB at most


def _respond(backend: Backend, request: RespondRequest, caller: Caller) -> SentPost:
    order, files = backend.order(request, caller), files_of(caller)
    posting = _posting(backend, caller)
    company = posting.sender.name(order.brand_id)
    subject = DEFAULT_SUBJECT.replace("<company>", company) if request.subject == DEFAULT_SUBJECT else request.subject
    draft = Post(
        order_id=order.order_id,
        kind=PostKind.COMMENT if request.comment else PostKind.RESPONSE,
        author=shown_line(request.from_),
        by=caller.name,
        user_id=request.user_id,
        recipients=() if request.comment else addresses_in(request.recipient) or _address_of(order),
        cc=() if request.comment else addresses_in(request.cc),
        bcc=() if request.comment else addresses_in(request.bcc),
        subject=shown_line(subject),
        body=request.followup,
        posted_at=backend.service.now(),
    )
    return keep_post(posting, backend.service, order, draft, files, by=caller.name)


def _posting(backend: Backend, caller: Caller) -> Posting:
    key = caller.call.idempotency_key
    repeat_key = RepeatKey(caller.name, key, caller.method) if key else None
    return Posting(backend.records, backend.service.now(), repeat_key)


def _address_of(order: Order) -> tuple[str, ...]:
    address = address_of(order)
    if not address:
        problem = "the order has no e-mail address: name a recipient, or set info.email with order.update"
        raise InvalidOrderError((Problem("recipient", problem),))
    return (address,)


def _client_respond(backend: Backend, request: ClientRespondRequest, caller: Caller) -> SentPost:
    order, files = backend.order(request, caller), files_of(caller)
    draft = Post(
        order_id=order.order_id,
        kind=PostKind.CLIENT_RESPONSE,
        author=request.author or "",
        by=caller.name,
        contact_id=request.contact_id,
        cc=addresses_in(request.cc),
        subject=shown_line(request.subject),
        body=request.body,
        posted_at=backend.service.now(),
    )
    return keep_post(_posting(backend, caller), backend.service, order, draft, files, by=caller.name)


def _post_list(backend: Backend, request: PostListRequest, caller: Caller) -> list[SentPost]:
    order = backend.order(OrderRequest(order_id=request.order_id), caller)
    found = PostRecords(backend.records).of_order(
        order.order_id, viewable_only=request.private, descending=request.direction == "desc"
    )
    first = request.offset or 0
    last = None if request.offset is None or request.limit is None else first + request.limit
    listed: list[Post] = []
    size = 0
    for post in islice(found, first, last):
        size += len(json.dumps(post.body))
        if size > _MAX_LISTED_BYTES:
            raise ListTooLargeError
        listed.append(post.as_client_sees_it() if request.private else post)
    return with_mail(backend.records, order.order_id, listed)


def _attachment_list(backend: Backend, request: AttachmentListRequest, caller: Caller) -> list[Attachment]:
    if request.id is not None:
        posts = [_post(backend, int(request.id), caller, "id", f"Post ID '{request.id}'")]
    elif request.attach_id is not None:
        what = f"Attachment ID '{request.attach_id}'"
        posts = [_post(backend, post_id_of(request.attach_id), caller, "attach_id", what)]
    else:
        order = backend.order(OrderRequest(order_id=request.order_id), caller)
        posts = list(PostRecords(backend.records).of_order(order.order_id))
    if request.order_id is not None and any(post.order_id != request.order_id for post in posts):
        field = "attach_id" if request.id is None else "id"
        raise MalformedRequestError(Problem(field, f"is not of a post on order {request.order_id}"))
    found = [attachment for post in posts for attachment in post.attachments]
    return [file for file in found if request.attach_id in (None, file.attach_id)]


def _attachment_get(backend: Backend, request: AttachmentGetRequest, caller: Caller) -> FileAnswer:
    what = f"Attachment ID '{request.attach_id}'"
    post = _post(backend, post_id_of(request.attach_id), caller, "attach_id", what)
    found = next((file for file in post.attachments if file.attach_id == request.attach_id), None)
    if found is None:
        raise NotFoundError(what, "attach_id")
    content = AttachmentFiles(PostSettings.from_environment().attachment_bucket).content(found)
    return FileAnswer(found.name, found.content_type, content)


def _post(backend: Backend, post_id: int, caller: Caller, field: str, what: str) -> Post:
    """The post, if the caller may see its order. `what`: how to call what is not there."""
    post = PostRecords(backend.records).numbered(post_id)
    if post is None:
        raise caller.not_found(NotFoundError(what, field))
    backend.order(OrderRequest(order_id=post.order_id), caller)
    return post


_ONE: dict[str, Any] = {"order_id": "1001"}

METHODS: dict[str, Method] = {
    "order.respond": Method(
        title="Post an order response, or a comment",
        request=RespondRequest,
        rights=(Right.ACT, Right.PERSONAL_DATA),
        verb=_respond,
        answer=answers.post_id,
        view=views.post_view,
        keeps_key=True,
        status=201,
        example={**_ONE, "followup": "Your server is ready."},
    ),
    "order.client_respond": Method(
        title="Post a client's or lead's order response",
        request=ClientRespondRequest,
        rights=(Right.CREATE, Right.PERSONAL_DATA),
        verb=_client_respond,
        answer=answers.post_id,
        view=views.post_view,
        keeps_key=True,
        status=201,
        example={**_ONE, "author": "ada@example.com", "body": "Thank you."},
    ),
    "order.post_list": Method(
        title="List the posts on an order",
        request=PostListRequest,
        rights=(Right.VIEW, Right.PERSONAL_DATA),
        verb=_post_list,
        answer=answers.records,
        view=views.posts_view,
        reads=True,
        example={**_ONE, "direction": "desc", "offset": 0, "limit": 20},
    ),
    "uber.attachment_list": Method(
        title="List the files of a post, or of all posts on an order",
        request=AttachmentListRequest,
        rights=(Right.VIEW, Right.PERSONAL_DATA),
        verb=_attachment_list,
        answer=answers.attachments,
        view=views.attachments_view,
        reads=True,
        example=_ONE,
    ),
    "uber.attachment_get": Method(
        title="Get a file of a post",
        request=AttachmentGetRequest,
        rights=(Right.VIEW, Right.PERSONAL_DATA),
        verb=_attachment_get,
        answer=answers.file,
        view=views.file_view,
        reads=True,
        example={"attach_id": "11"},
    ),
}
