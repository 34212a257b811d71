"""Files that came with messages (`uber.attachment_get`)."""

from http import HTTPStatus

from botocore.exceptions import BotoCoreError, ClientError

from lambdas.desk.desk import Desk
from lambdas.mail.posting import PostSettings
from lambdas.records.posts.attachment import Attachment, AttachmentFiles, post_id_of
from lambdas.records.users.api_user import ApiUser
from lambdas.records.users.rights import Right
from lambdas.runtime.telemetry import log_unexpected
from lambdas.web.http import RefusedError


def read_file(desk: Desk, user: ApiUser, order_id: str, attach_id: str) -> tuple[Attachment, bytes]:
    """A file of a post on this order, with its content. Raises RefusedError, OrderNotFoundError, NotHereError."""
    desk.order(user, order_id, "uber.attachment_get", Right.VIEW, Right.PERSONAL_DATA)
    post = desk.posts.numbered(post_id_of(attach_id))
    files = post.attachments if post and post.order_id == order_id else ()
    found = next((file for file in files if file.attach_id == attach_id), None)
    if found is None:
        raise _refused(HTTPStatus.NOT_FOUND, "File not found", "No message on this order has such a file.", order_id)
    try:
        return found, AttachmentFiles(PostSettings.from_environment().attachment_bucket).content(found)
    except (BotoCoreError, ClientError) as error:
        log_unexpected("a file could not be read", error, order_id=order_id)
        text = "The file cannot be read now. Try again in a minute, and tell an operator if it stays so."
        raise _refused(HTTPStatus.SERVICE_UNAVAILABLE, "File not readable", text, order_id) from None


def _refused(status: HTTPStatus, title: str, text: str, order_id: str) -> RefusedError:
    return RefusedError(status, title, text, ("Back to the order", f"/desk/orders/{order_id}"))
