"""Sends a message to the client of an order: a post that is mailed (`order.respond`)."""

from http import HTTPStatus

from lambdas.desk.acts.act import MAX_POST
from lambdas.desk.desk import Desk
from lambdas.mail.link_mail import address_of
from lambdas.mail.posting import NOBODY, Posting, RepeatKey, keep_post
from lambdas.orders.contact.text import lines, shown_line
from lambdas.orders.contact.unfit import UnfitError
from lambdas.orders.model.order import Order
from lambdas.records.posts.post import Post, PostKind
from lambdas.records.users.api_user import ApiUser
from lambdas.web.http import RefusedError


def send_answer(desk: Desk, user: ApiUser, order: Order, body: str, *, once: str, expected_revision: int) -> None:
    """`once`: the key of the page that sends it, so that a double click makes one post. The second click finds the first's.

    Raises RevisionDiffersError for a new message on an order that changed, RefusedError, MailNotSentError, MailUnknownError.
    """
    address = address_of(order)
    if not address:
        raise _unfit("The order has no e-mail address, so nobody can be written to. Correct its contact data first.")
    message = _message(body)
    key = RepeatKey(user.name, f"{once[:100]} {order.order_id} {message}", "order.respond")
    posting = Posting(desk.records, desk.now(), key)
    draft = Post(
        order_id=order.order_id,
        kind=PostKind.RESPONSE,
        author=NOBODY,
        by=user.name,
        recipients=(address,),
        subject=shown_line(f"Your order with {posting.sender.name(order.brand_id)}"),
        body=message,
        posted_at=desk.now(),
    )
    keep_post(posting, desk.service, order, draft, [], by=user.name, expected_revision=expected_revision)


def _message(body: str) -> str:
    try:
        message = lines(body)
    except UnfitError as unfit:
        raise _unfit(f"Your message {unfit}.") from None
    if not message:
        raise _unfit("Write a message before you send it.")
    if len(message) > MAX_POST:
        raise _unfit(f"Your message is longer than {MAX_POST:,} characters. Shorten it, or send it in parts.")
    return message


def _unfit(text: str) -> RefusedError:
    return RefusedError(HTTPStatus.UNPROCESSABLE_ENTITY, "Nothing was sent", text)
