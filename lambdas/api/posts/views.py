"""Posts as new callers get them."""

from typing import Literal, TypedDict

from lambdas.api.http.files import FileAnswer
from lambdas.api.http.values import iso
from lambdas.api.posts.send import MailOutcome, SentPost
from lambdas.records.posts.attachment import Attachment


class AttachmentView(TypedDict):
    """`uber.attachment_get` gives the file by its `attach_id`."""

    attach_id: str
    name: str
    size_bytes: int
    content_type: str


class PostView(TypedDict):
    """`type`: a response is staff's, a comment is staff's among themselves. `by`: the API user who posted it.

    `mail`: null if it has none; `unknown` if SES did not say whether it went out; `unsent` if it was not asked to.
    """

    post_id: str
    order_id: str
    type: Literal["response", "comment", "client_response"]
    client_viewable: bool
    author: str
    by: str
    user_id: str | None
    contact_id: str | None
    recipients: list[str]
    cc: list[str]
    bcc: list[str]
    subject: str
    body: str
    posted_at: str | None
    mail: MailOutcome | None
    attachments: list[AttachmentView]


class PostsView(TypedDict):
    posts: list[PostView]


class AttachmentsView(TypedDict):
    attachments: list[AttachmentView]


def post_view(sent: SentPost) -> PostView:
    post = sent.post
    return {
        "post_id": str(post.post_id),
        "order_id": post.order_id,
        "type": post.kind.value,
        "client_viewable": post.client_viewable,
        "author": post.author,
        "by": post.by,
        "user_id": post.user_id,
        "contact_id": post.contact_id,
        "recipients": list(post.recipients),
        "cc": list(post.cc),
        "bcc": list(post.bcc),
        "subject": post.subject,
        "body": post.body,
        "posted_at": iso(post.posted_at),
        "mail": sent.mail_outcome,
        "attachments": [_attachment(file) for file in post.attachments],
    }


def posts_view(posts: list[SentPost]) -> PostsView:
    return {"posts": [post_view(post) for post in posts]}


def attachments_view(found: list[Attachment]) -> AttachmentsView:
    return {"attachments": [_attachment(file) for file in found]}


def file_view(found: FileAnswer) -> FileAnswer:
    """Not JSON but the file itself, with its own content type."""
    return found


def _attachment(file: Attachment) -> AttachmentView:
    return {
        "attach_id": file.attach_id,
        "name": file.name,
        "size_bytes": file.size_bytes,
        "content_type": file.content_type,
    }
