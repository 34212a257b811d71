"""Posts on the status page: messages of staff and client, and the client's reply (`order.client_respond`)."""

from collections.abc import Mapping
from datetime import UTC, datetime
from itertools import islice

from lambdas.forms.fields.wording import advice
from lambdas.forms.pages.amounts import time_of
from lambdas.forms.pages.look import look
from lambdas.forms.session.csrf import CSRF, refuse_other_sites
from lambdas.forms.session.session import Session
from lambdas.forms.session.throttle import is_too_often
from lambdas.forms.shop import Shop
from lambdas.languages.formats import number
from lambdas.languages.texts import _
from lambdas.mail.link_mail import address_of
from lambdas.orders.card_numbers.numbers import has_card_number
from lambdas.orders.contact.text import lines
from lambdas.orders.contact.unfit import UnfitError
from lambdas.orders.decisions.open_work import ANSWERED_WITHIN_SECONDS
from lambdas.orders.model.order import Order
from lambdas.records.links.link import Link, new_token
from lambdas.records.posts.post import Post, PostKind
from lambdas.records.request_key import RequestKey
from lambdas.runtime.models import Frozen
from lambdas.web.http import WebRequest

BODY, ONCE = "body", "once"
MAX_CHARACTERS = 5_000
_IN_AN_HOUR = 20
_SHOWN = 50


class PostView(Frozen):
    """A post as its client sees it. `files`: names only, because the files themselves went by mail."""

    who: str
    ours: bool
    when: str
    day: str
    body: str
    files: tuple[str, ...]


def posts_seen(shop: Shop, order: Order) -> list[PostView]:
    """The latest posts, oldest first, without comments among staff."""
    found = islice(shop.posts.of_order(order.order_id, viewable_only=True, descending=True), _SHOWN)
    return [_view(shop, post) for post in found][::-1]


def answered_by(order: Order) -> str:
    """When the client's latest message is answered at the latest, in words; empty if none waits. It is overdue to staff then."""
    if order.reply_waiting_at is None:
        return ""
    at = order.reply_waiting_at + ANSWERED_WITHIN_SECONDS
    return time_of(at)


def hidden_inputs(shop: Shop, token: str) -> dict[str, str]:
    """Hidden inputs of a reply: the CSRF token, and a key that turns a double click into one post."""
    return {CSRF: Session(token, shop.signer).csrf, ONCE: new_token()}


def take_reply(shop: Shop, order: Order, link: Link, token: str, request: WebRequest) -> str:
    """Store the client's reply and return its error, or an empty text. Raises RefusedError."""
    refuse_other_sites(request, Session(token, shop.signer))
    try:
        body = lines(request.typed.get(BODY, ""))
    except UnfitError as unfit:
        return advice(unfit, _("Your message"))
    if problem := _problem(shop, link, body):
        return problem
    draft = Post(
        order_id=order.order_id,
        kind=PostKind.CLIENT_RESPONSE,
        author=address_of(order) or "Client",
        by=f"link {link.link_id}",
        subject=f"Order {order.order_id}",
        body=body,
        posted_at=shop.now(),
    )
    key = _key(link, request.typed, draft, shop.now())
    if shop.posts.made_with(key) is None:
        post_id = shop.posts.new_id()
        # First: an order that says so without need is looked at in vain, but a reply that it does not mention is overlooked.
        shop.service.mark_reply(order, post_id, by=draft.by)
        shop.posts.add(draft.model_copy(update={"post_id": post_id}), key)
    return ""


def _problem(shop: Shop, link: Link, body: str) -> str:
    if not body:
        return _("Write a message before you send it")
    if len(body) > MAX_CHARACTERS:
        return _(
            "Your message is longer than {most} characters. Shorten it, or send it in parts",
            most=number(MAX_CHARACTERS),
        )
    if has_card_number(body):
        return _("This looks like a card number. Remove it: nobody needs it to help you")
    if is_too_often(shop, "replies", link.order_id, limit=_IN_AN_HOUR, seconds=3_600):
        return _("You sent many messages within an hour. This one was not sent: try again later")
    return ""


def _key(link: Link, typed: Mapping[str, str], draft: Post, now: int) -> RequestKey:
    """The key of one text on one page. The same page may send another text after going back."""
    content = draft.said()
    return RequestKey.of(f"link {link.link_id}", f"{typed.get(ONCE, '')[:100]} {draft.body}", "reply", content, now)


def _view(shop: Shop, post: Post) -> PostView:
    at = datetime.fromtimestamp(post.posted_at, UTC)
    ours = post.kind is PostKind.RESPONSE
    return PostView(
        who=(look().brand.name or _("We")) if ours else _("You"),
        ours=ours,
        when=at.isoformat(),
        day=time_of(post.posted_at),
        body=post.body,
        files=tuple(file.name for file in post.attachments),
    )
