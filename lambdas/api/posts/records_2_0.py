"""Posts as API 2.0 answers them, as `support.ticket_post_list` does: all text (reference/ubersmith.md 4.5).

`attachments` is how many files there are, as Ubersmith's clients read it; `attachment_list`, which names them, is ours.
"""

from collections.abc import Iterable
from typing import Any

from lambdas.api.http.files import FileAnswer
from lambdas.mail.posting import SentPost
from lambdas.records.posts.attachment import Attachment


def post_id(sent: SentPost) -> str:
    return str(sent.post.post_id)


def records(posts: list[SentPost]) -> Any:
    """By post id; `[]` if there are none."""
    return {str(sent.post.post_id): _record(sent) for sent in posts} or []


def attachments(found: list[Attachment]) -> Any:
    return _attachments(found)


def _attachments(found: Iterable[Attachment]) -> Any:
    """By their own id; `[]` if there are none."""
    return {
        file.attach_id: {
            "attach_id": file.attach_id,
            "name": file.name,
            "size": str(file.size_bytes),
            "type": file.content_type,
        }
        for file in found
    } or []


def file(found: FileAnswer) -> FileAnswer:
    return found


def _record(sent: SentPost) -> dict[str, Any]:
    post = sent.post
    return {
        "post_id": str(post.post_id),
        "order_id": post.order_id,
        "type": post.kind.value,
        "author": post.author,
        "user_id": post.user_id or "0",
        "contact_id": post.contact_id or "0",
        "recipient": ", ".join(post.recipients),
        "cc": ", ".join(post.cc),
        "bcc": ", ".join(post.bcc),
        "subject": post.subject,
        "body": post.body,
        "timestamp": str(post.posted_at),
        "hidden": "0" if post.client_viewable else "1",
        "mail": sent.mail_outcome or "",
        "attachments": str(len(post.attachments)),
        "attachment_list": _attachments(post.attachments),
    }
