"""Links to orders. Staff make one for a client, who continues the order form or views the order without a login."""

from lambdas.api.auth.caller import Caller
from lambdas.api.backend import Backend
from lambdas.api.errors import MalformedRequestError, NotFoundError
from lambdas.api.links import records_2_0 as answers
from lambdas.api.links import views
from lambdas.api.links.requests import LinkCreateRequest, LinkRevokeRequest
from lambdas.api.method import Method
from lambdas.composition.form_queues import queue_of_form
from lambdas.languages.language import speaking
from lambdas.mail.language import language_of, with_language
from lambdas.mail.link_mail import address_of, link_mail
from lambdas.mail.sender import Sender, SenderSettings
from lambdas.mail.sending import MailInDoubtError, MailRefusedError, send_once
from lambdas.orders.errors import InvalidOrderError, Nature, OrderError, Problem
from lambdas.orders.model.order import Order
from lambdas.records.links.link import Link, LinkPurpose, LinkRecords, MadeLink, new_token, path_of
from lambdas.records.posts.notification import NotificationRecords
from lambdas.records.users.rights import Right


class LinkSettings(SenderSettings):
    """`public_url`: where the pages are, as clients know it. `languages`: tags with commas between, the stage's own first."""

    public_url: str = ""
    languages: str = "en"


class LinkNotSentError(OrderError):
    """The link was made, and its mail did not surely go out. The link opens nothing any more."""

    kind = "mail_not_sent"
    nature = Nature.CONFLICT

    def __init__(self, order_id: str, why: str) -> None:
        super().__init__(
            f"the link to order {order_id} was not mailed: {why}; it was closed again, so call order.link_create once more",
            order_id=order_id,
        )


def _create(backend: Backend, request: LinkCreateRequest, caller: Caller) -> MadeLink:
    order, links = backend.order(request, caller), LinkRecords(backend.records)
    if request.send:
        _refuse_unsendable(backend, order, request)
    purpose = LinkPurpose(request.purpose or LinkPurpose.RESUME)
    form = (request.form or links.form_of(order.order_id) or "") if purpose is LinkPurpose.RESUME else ""
    if purpose is LinkPurpose.RESUME and not form:
        text = "the order was not begun on a form: name the one to continue with, by the last part of its address"
        raise MalformedRequestError(Problem("form", text))
    if form:
        _refuse_other_form(backend, order, form)
    token = new_token()
    link = links.make(
        token,
        purpose,
        order.order_id,
        now=backend.service.now(),
        form=form,
        by=caller.name,
        days=request.expires_days,
        email=address_of(order) if request.send else "",
    )
    settings = LinkSettings.from_environment()
    url = settings.public_url.rstrip("/") + path_of(link, token)
    if request.send:
        _mail(backend, order, link, url, settings)
    return MadeLink(link=link, url=url, sent=request.send)


def _refuse_other_form(backend: Backend, order: Order, form: str) -> None:
    """Raise MalformedRequestError for a form that does not feed the order's queue."""
    queue = backend.queue_of(order).key
    theirs = sorted(name for name, fed in queue_of_form().items() if fed == queue)
    if form not in theirs:
        known = f"its forms are {', '.join(theirs)}" if theirs else "no form feeds that queue"
        raise MalformedRequestError(Problem("form", f"is no form of the order's queue {queue}; {known}"))


def _refuse_unsendable(backend: Backend, order: Order, request: LinkCreateRequest) -> None:
    """Raise if the link cannot be mailed, before it is made. The queue must exist, as it has the mail's text."""
    backend.queue_of(order)
    if request.purpose == "status":
        text = "only links to resume are mailed: the queue has no text for others; leave `send` out, and send the url yourself"
        raise InvalidOrderError((Problem("send", text),))
    if not address_of(order):
        text = (
            "the order has no e-mail address, or more than one: set info.email with order.update, or leave `send` out"
        )
        raise InvalidOrderError((Problem("send", text),))


def _mail(backend: Backend, order: Order, link: Link, url: str, settings: LinkSettings) -> None:
    """Raises LinkNotSentError; then the link is closed, as nobody knows whether anybody has it."""
    sender = Sender.of_stage(settings)
    offered, now = sender.languages(order.brand_id, settings.languages.split(",")), backend.service.now()
    with speaking(language_of(order, offered)) as spoken:
        mail = link_mail(order, backend.queue_of(order), sender, with_language(url, spoken.tag, offered))
    try:
        send_once(
            NotificationRecords(backend.records), order.order_id, f"link#{link.link_id}", mail, now, on_doubt="skip"
        )
    except (MailRefusedError, MailInDoubtError) as error:
        LinkRecords(backend.records).revoke(order.order_id, link.link_id, now)
        refused = isinstance(error, MailRefusedError)
        why = (
            f"SES refused it ({error})" if refused else "SES did not answer, so whether the mail went out is not known"
        )
        raise LinkNotSentError(order.order_id, why) from None


def _revoke(backend: Backend, request: LinkRevokeRequest, caller: Caller) -> tuple[Link, ...]:
    order, links = backend.order(request, caller), LinkRecords(backend.records)
    if request.link_id and request.link_id not in {link.link_id for link in links.of_order(order.order_id)}:
        raise NotFoundError("Link", "link_id")
    return links.revoke(order.order_id, request.link_id, backend.service.now())


METHODS: dict[str, Method] = {
    "order.link_create": Method(
        title="Make a link by which the client of an order continues it, or looks at it",
        request=LinkCreateRequest,
        rights=(Right.CREATE, Right.PERSONAL_DATA),  # what is typed so far shows behind it
        verb=_create,
        answer=answers.made,
        view=views.made_view,
        status=201,
        keeps_key=True,  # an answer that is kept for repeats would keep the token
        example={"order_id": "1001", "purpose": "status"},
    ),
    "order.link_revoke": Method(
        title="Close a link to an order, or all of them",
        request=LinkRevokeRequest,
        rights=(Right.CREATE,),
        verb=_revoke,
        answer=answers.revoked,
        view=views.revoked_view,
        example={"order_id": "1001"},
    ),
}
