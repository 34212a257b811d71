"""Signs clients in by a mailed link: asks for it by e-mail address, and takes it in the browser that asked.

The page answers the same for every address, and lambdas/notices finds out whether it is a client's. Opening the link changes
nothing, because mail scanners follow links; its button signs in.
"""

from http import HTTPStatus

from lambdas.forms.form import Form
from lambdas.forms.pages.question import question
from lambdas.forms.session.csrf import HONEYPOT
from lambdas.forms.session.session import Session
from lambdas.forms.session.throttle import is_too_often
from lambdas.forms.shop import SIGN_IN, Shop, path_of
from lambdas.languages.texts import N_, _
from lambdas.orders.contact.email import mailed_to
from lambdas.rate_limits.sources import source_of
from lambdas.records.clients.account import may_sign_in
from lambdas.records.clients.client import Client, email_pk
from lambdas.records.links.client_sign_in import OPEN_SECONDS, SignInLink
from lambdas.runtime.telemetry import MetricUnit, metrics
from lambdas.web.http import Answer, RefusedError, WebRequest, see_other

EMAIL, KEY, ASKED = "email", "key", "asked"
BY = "by"  # the button that requests a link; the other one sends a password
_HOUR = 3_600
OF_ADDRESS, OF_SOURCE = 3, 20  # in an hour
_WRONG_ADDRESS = N_("Enter an email address in the correct format, like name@example.com")


def request_link(shop: Shop, form: Form, session: Session, request: WebRequest) -> Answer | str:
    """Queue the request and lead to the page that says so. Returns the error of the address, if it is none.

    Raises RefusedError for too many requests from one network.
    """
    if is_too_often(shop, "sign_ins_of_source", source_of(request.source), limit=OF_SOURCE, seconds=_HOUR):
        text = _("Too many links were requested from your network. Wait an hour and try again, or contact us.")
        raise RefusedError(HTTPStatus.TOO_MANY_REQUESTS, _("Too many links requested"), text)
    email = mailed_to(request.typed.get(EMAIL, ""))
    if not email or session.link is None:
        return _(_WRONG_ADDRESS)
    often = is_too_often(shop, "sign_ins_for", f"{form.name} {email.casefold()}", limit=OF_ADDRESS, seconds=_HOUR)
    if not often and not request.typed.get(HONEYPOT):
        shop.link_requests.put_sign_in(form.name, email_pk(email), session.link.digest)
    return see_other(f"{path_of(form, SIGN_IN)}?{ASKED}=1")


def ask(shop: Shop, form: Form, session: Session, token: str, request: WebRequest) -> Answer:
    """Ask before the link is used. Raises RefusedError for one that is over, or of another browser."""
    find_client(shop, form, session, token)
    return question(
        shop, form, session, request,
        title=_("Sign in to this order?"), texts=(_("From then on, the order belongs to your account."),), button=_("Sign in"),
        action=path_of(form, SIGN_IN), more={KEY: token},
    )  # fmt: skip


def use(shop: Shop, form: Form, session: Session, token: str) -> Client:
    """Use the link up and return its client. Raises RefusedError."""
    link, client = find_client(shop, form, session, token)
    if not shop.sign_in_links.use(link, shop.now()):
        raise _refused(form)
    return client


def find_client(shop: Shop, form: Form, session: Session, token: str) -> tuple[SignInLink, Client]:
    """The open link of this session, and its client, who must still have the address and may sign in. Raises RefusedError."""
    link = shop.sign_in_links.find(token, session.link.digest, shop.now()) if session.link else None
    client = shop.clients.get(link.client_id) if link else None
    if link is None or client is None or not may_sign_in(client, shop.queue_of(form).brand_id):
        raise _refused(form)
    if email_pk(client.email) != link.address:
        raise _refused(form)
    return link, client


def _refused(form: Form) -> RefusedError:
    """The same for an unknown, used or expired link and for another browser. It is counted, because many are guesses."""
    metrics.add_metric("LinksRefused", MetricUnit.Count, 1)
    text = _(
        "It works once, for {minutes} minutes, in the browser in which it was requested. Open it there, or request a new one.",
        minutes=OPEN_SECONDS // 60,
    )
    anew = (_("Get a new link"), path_of(form, SIGN_IN))
    return RefusedError(HTTPStatus.GONE, _("This link does not sign you in here"), text, anew)
