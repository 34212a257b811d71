"""Files that clients send for an action. They are kept as a message of the client, so that staff find them on the order."""

from collections.abc import Sequence

from lambdas.forms.shop import Shop
from lambdas.languages.language import spoken
from lambdas.languages.texts import _, joined
from lambdas.mail.link_mail import address_of
from lambdas.orders.decisions.client_asks import ask_stamp
from lambdas.orders.model.checklist import ChecklistAction
from lambdas.orders.model.order import Order
from lambdas.records.links.link import Link
from lambdas.records.posts.attachment import (
    KINDS,
    MAX_BYTES,
    MAX_FILES,
    Attachment,
    FileRefusedError,
    FilesTooLargeError,
    NewFile,
    plain_name,
    refuse_unfit,
)
from lambdas.records.posts.post import Post, PostKind
from lambdas.records.request_key import RequestKey
from lambdas.web.uploads import Upload

FILE_KINDS = ",".join(f".{ending}" for ending in KINDS)
_LIMITS = {"files": MAX_FILES, "megabytes": MAX_BYTES // 1024**2}


def file_rule() -> str:
    """The files that are taken, in words."""
    return _("At most {files} files, with {megabytes} MB in all: PDF, pictures, texts, office files or ZIP.", **_LIMITS)


def file_limits() -> dict[str, int | str]:
    """For the page, which judges before it sends: API Gateway refuses larger calls in its own words."""
    return {"files": MAX_FILES, "bytes": MAX_BYTES, "said": _too_much()}


def _too_much() -> str:
    return _("Send at most {files} files, with {megabytes} MB in all", **_LIMITS)


def new_files(uploads: Sequence[Upload], field: str) -> list[NewFile]:
    return [NewFile(field, plain_name(upload.name), upload.content) for upload in uploads if upload.field == field]


def problem_of(files: Sequence[NewFile]) -> str:
    """The error of files that are not taken, or an empty text."""
    try:
        refuse_unfit(files)
    except FilesTooLargeError:
        return _too_much()
    except FileRefusedError as refused:
        if spoken().is_source:
            return f"Your file {refused.problems[0].text}"
        return joined(_("We cannot take this file."), file_rule())
    return ""


def keep_files(shop: Shop, order: Order, link: Link, action: ChecklistAction, files: Sequence[NewFile]) -> None:
    """Keep them as one message. The same files sent again for what is still asked are kept once."""
    draft = Post(
        order_id=order.order_id,
        kind=PostKind.CLIENT_RESPONSE,
        author=address_of(order) or "Client",
        by=f"link {link.link_id}",
        subject=f"Order {order.order_id}",
        body=f"Files for: {action.name}",
        posted_at=shop.now(),
    )
    digests = [file.digest for file in files]
    once = f"{ask_stamp(action)} {digests}"
    key = RequestKey.of(draft.by, once, "upload", {"post": draft.said(), "files": digests}, shop.now())
    if shop.posts.made_with(key) is not None:
        return
    post_id = shop.posts.new_id()
    attachments = tuple(Attachment.of(file, order.order_id, post_id, place) for place, file in enumerate(files, 1))
    for attachment, file in zip(attachments, files, strict=True):
        shop.files.keep(attachment, file.content)
    shop.posts.add(draft.model_copy(update={"post_id": post_id, "attachments": attachments}), key)
