"""Mails to clients who did not sign in: a link to sign in on the form's session, requested there or because an order was begun.

The form knows nothing of it: whether an address is a client's is sent to its mailbox alone.
"""

from lambdas.forms.form import Form
from lambdas.forms.pages.mailed_sign_in import KEY
from lambdas.forms.shop import SIGN_IN, path_of
from lambdas.languages.texts import N_, _
from lambdas.mail.link_mail import address_of
from lambdas.mail.sending import Mail
from lambdas.notices.notices import Notices, Outcome
from lambdas.orders.errors import OrderNotFoundError
from lambdas.orders.model.order import Order
from lambdas.records.clients.account import account_of
from lambdas.records.clients.client import ClientRecords, email_pk
from lambdas.records.links.client_sign_in import OPEN_SECONDS, SignInLinks
from lambdas.records.links.link import Link, LinkPurpose, LinkRecords, new_token

_REQUESTED = N_("Someone, most likely you, requested this link on our order form.")
_BEGUN = N_("Someone, most likely you, began an order with your address. You have an account with us.")


def mail_sign_in(notices: Notices, form_name: str, address: str, session: str, request_id: str) -> Outcome:
    """Mail the client of this address a link for the session that requested it, once per request.

    `address`: its key (`email_pk`). `session`: the digest of the session. Raises MailRefusedError and MailInDoubtError.
    """
    link = LinkRecords(notices.records).of_digest(session)
    form = notices.forms.get(form_name)
    if link is None or form is None or link.form != form_name or link.purpose is not LinkPurpose.SESSION:
        return "none"
    return _mail(notices, link, form, address, guard=f"sign_in#{request_id}", why=_REQUESTED)


def mail_account(notices: Notices, order_id: str) -> Outcome:
    """Mail the client whose address a new order has that they can sign in to it, once for the order."""
    order = notices.store.get(order_id)
    form, email = notices.form_of(order), address_of(order)
    if form is None or not email or not order.is_lead or order.client_id:
        return "none"
    sessions = (link for link in LinkRecords(notices.records).of_order(order_id) if link.purpose is LinkPurpose.SESSION)
    session = next(sessions, None)
    return _mail(notices, session, form, email_pk(email), guard="account", why=_BEGUN) if session else "none"


def _mail(notices: Notices, session: Link, form: Form, address: str, *, guard: str, why: str) -> Outcome:
    if not LinkRecords(notices.records).is_open(session, notices.now()):
        return "none"
    try:
        order = notices.store.get(session.order_id)
    except OrderNotFoundError:
        return "none"
    queue = notices.queues.get(order.order_queue_id)
    client = account_of(ClientRecords(notices.records), address, queue.brand_id) if queue else None
    if queue is None or client is None:
        return "none"
    reader, its_queue = client, queue

    def written() -> Mail:
        token = new_token()
        offered = SignInLinks(notices.records)
        offered.offer(token, session=session.digest, client_id=reader.client_id, address=address, now=notices.now())
        url = notices.url(f"{path_of(form, SIGN_IN)}?{KEY}={token}")
        return _sign_in_mail(
            order, reader.email, notices.sender.of(its_queue), (why, url, notices.sender.signature(its_queue))
        )

    return notices.send(order, guard, written, "skip", to_account=client.email)


def _sign_in_mail(order: Order, to: str, sender: str, texts: tuple[str, str, str]) -> Mail:
    """Nothing of the order but its reference is in it: a stranger may have typed the rest. `texts`: occasion, link, signature."""
    why, url, signature = texts
    parts = (
        _("Hello,"),
        _(why),
        _(
            "Sign in with this link, and your details and payment methods are there. It works once, for {minutes} minutes, in "
            "the browser in which the order was begun:",
            minutes=OPEN_SECONDS // 60,
        ),
        url,
        _("If it was not you, ignore this mail: without your link, nobody can order in your name."),
        signature,
    )
    return Mail(
        kind="sign_in",
        sender=sender,
        to=(to,),
        subject=_("Sign in to order {order_id}", order_id=order.reference),
        body="\n\n".join(part for part in parts if part) + "\n",
    )
