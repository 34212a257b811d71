"""Posts as new callers get them."""

from typing import Annotated, Literal, TypedDict

from typing_extensions import Doc

from lambdas.api.http.files import FileAnswer
from lambdas.api.http.values import iso
from lambdas.mail.posting import MailOutcome, SentPost
from lambdas.records.posts.attachment import Attachment


class AttachmentView(TypedDict):
    attach_id: Annotated[str, Doc("The file's id, for uber.attachment_get.")]
    name: Annotated[str, Doc("The file's name.")]
    size_bytes: Annotated[int, Doc("Its size in bytes.")]
    content_type: Annotated[str, Doc("Its media type, such as application/pdf.")]


class PostView(TypedDict):
    post_id: Annotated[str, Doc("The post's id.")]
    order_id: Annotated[str, Doc("The order it belongs to.")]
    type: Annotated[Literal["response", "comment", "client_response"], Doc("A comment is for staff only.")]
    client_viewable: Annotated[bool, Doc("Whether the client sees it.")]
    author: Annotated[str, Doc("The name of its author.")]
    by: Annotated[str, Doc("The API user who posted it.")]
    user_id: Annotated[str | None, Doc("The member of staff who wrote it.")]
    contact_id: Annotated[str | None, Doc("The contact who wrote it.")]
    recipients: Annotated[list[str], Doc("Addresses it is mailed to.")]
    cc: Annotated[list[str], Doc("Addresses in copy.")]
    bcc: Annotated[list[str], Doc("Addresses in blind copy.")]
    subject: Annotated[str, Doc("Its subject.")]
    body: Annotated[str, Doc("Its text.")]
    posted_at: Annotated[str | None, Doc("When it was posted.")]
    mail: Annotated[
        MailOutcome | None, Doc("Null: without mail. `unknown`: nobody knows if it left. `unsent`: not requested.")
    ]
    attachments: Annotated[list[AttachmentView], Doc("Its files.")]


class PostsView(TypedDict):
    posts: Annotated[list[PostView], Doc("The posts.")]


class AttachmentsView(TypedDict):
    attachments: Annotated[list[AttachmentView], Doc("The files.")]


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
