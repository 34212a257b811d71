"""Signs clients in on the form, by a mailed link or a password. Their details are filled in, and they can pay with their stored
methods.

The page never says what is wrong with a login and does the same work for every one. After too many failures it refuses
further ones, as the API does (docs/decisions.md, Guards of the API).
"""

from collections.abc import Mapping
from dataclasses import replace
from http import HTTPStatus

from lambdas.forms.fields.field import Input
from lambdas.forms.form import Form
from lambdas.forms.pages import mailed_sign_in
from lambdas.forms.pages.templates import drawn, message_page
from lambdas.forms.save_page import by_of
from lambdas.forms.session.account_details import missing_info, take_from_client
from lambdas.forms.session.csrf import CSRF, HONEYPOT, refuse_other_sites
from lambdas.forms.session.languages import SWITCH
from lambdas.forms.session.session import Session
from lambdas.forms.shop import NEW, SIGN_IN, Shop, path_of, redirect_to_order
from lambdas.languages.texts import N_, _
from lambdas.mail.link_mail import address_of
from lambdas.rate_limits.failures import Failures, Key, Limit, LimitReached
from lambdas.rate_limits.sources import source_of
from lambdas.records.clients.client import Client
from lambdas.records.links.client_sign_in import OPEN_SECONDS
from lambdas.records.links.link import new_token
from lambdas.runtime.telemetry import MetricUnit, logger, metrics
from lambdas.web.http import Answer, WebRequest, see_other

LOGIN, PASSWORD = "login", "password"
OF_SOURCE = Limit(most=50, seconds=300)
OF_LOGIN = Limit(most=10, seconds=300)  # from one source: nobody can lock a client out from everywhere
_LONGEST = 200  # of a login or password; scrypt would take any
_WRONG = N_("The login name or password is wrong. Check both and try again.")
_ANOTHERS = N_("This order belongs to another client's account. Sign in as that client, or begin a new order.")
_TOO_MANY = N_("Too many sign-ins failed from your network. Wait five minutes, or order without signing in.")

_EMAIL_INPUT = Input(
    name=mailed_sign_in.EMAIL, label=N_("Email address"), widget="email", required=True, autocomplete="email",
    help=N_("The address of your account with us."), attributes={"maxlength": "254", "spellcheck": "false"},
)  # fmt: skip
_INPUTS = (
    Input(name=LOGIN, label=N_("Login name or client number"), widget="text", required=True, autocomplete="username",
          attributes={"maxlength": str(_LONGEST), "spellcheck": "false"}),
    Input(name=PASSWORD, label=N_("Password"), widget="password", required=True, autocomplete="current-password",
          attributes={"maxlength": str(_LONGEST)}),
)  # fmt: skip


def show(shop: Shop, form: Form, request: WebRequest) -> Answer:
    """Show the page to sign in, if there is an order that can still be changed."""
    session = shop.any_session(form, request)
    if answer := _other_page(shop, form, session):
        return answer
    if token := request.query.get(mailed_sign_in.KEY):
        return mailed_sign_in.ask(shop, form, session, token, request)
    return _page(shop, form, session, asked=bool(request.query.get(mailed_sign_in.ASKED)))


def take(shop: Shop, form: Form, request: WebRequest) -> Answer:  # noqa: PLR0911 - one page for each button and outcome
    """Sign in, fill in the client's details and continue the order. Raises RefusedError."""
    session = shop.any_session(form, request)
    refuse_other_sites(request, session)
    if answer := _other_page(shop, form, session):
        return answer
    if request.typed.get(SWITCH):
        return _page(shop, form, session, email=request.typed.get(mailed_sign_in.EMAIL, ""))
    if token := request.typed.get(mailed_sign_in.KEY):
        return _give_to_client(shop, form, session, mailed_sign_in.use(shop, form, session, token), request)
    if request.typed.get(mailed_sign_in.BY):
        return _request_link(shop, form, session, request)
    login, password = request.typed.get(LOGIN, "").strip(), request.typed.get(PASSWORD, "")
    failures, source = Failures(shop.windows, "sign_in", shop.now), source_of(request.source)
    keys = (Key("source", source, OF_SOURCE), Key("login", f"{source} {login}", OF_LOGIN))
    trial = failures.begin(keys)
    if isinstance(trial, LimitReached):
        metrics.add_metric("FailedLogins", MetricUnit.Count, 1)
        return _page(shop, form, session, login=login, problem=_TOO_MANY, status=HTTPStatus.TOO_MANY_REQUESTS)
    client = _verify_login(shop, form, login, password)
    if client is None:
        metrics.add_metric("FailedLogins", MetricUnit.Count, 1)
        logger.warning("sign-in failed", form=form.name)
        trial.on_failure()
        return _page(shop, form, session, login=login, problem=_WRONG, status=HTTPStatus.UNPROCESSABLE_ENTITY)
    trial.on_success()
    return _give_to_client(shop, form, session, client, request)


def sign_out(shop: Shop, form: Form, request: WebRequest) -> Answer:
    """Sign out. The order stays the client's, who must sign in to continue it. This browser no longer shows it.

    Raises RefusedError.
    """
    session = shop.any_session(form, request)
    refuse_other_sites(request, session)
    if session.link is not None and session.is_signed_in:
        shop.sessions.sign_out(session.link)
    text = _(
        "The order stays with your account. Sign in to continue it, here or through a link that we mail you. Other users of "
        "this browser cannot see it."
    )
    links = (_("Sign in again"), path_of(form, SIGN_IN)), (_("Begin a new order"), path_of(form, NEW))
    return message_page(HTTPStatus.OK, _("You are signed out"), text, link=links[0], other=links[1])


def _request_link(shop: Shop, form: Form, session: Session, request: WebRequest) -> Answer:
    asked = mailed_sign_in.request_link(shop, form, session, request)
    if isinstance(asked, str):
        return _page(shop, form, session, wrong_email=asked, email=request.typed.get(mailed_sign_in.EMAIL, ""))
    return asked


def _give_to_client(shop: Shop, form: Form, session: Session, client: Client, request: WebRequest) -> Answer:
    """Give the order to the client and close every session on which the client did not sign in.

    The order is written first: from that moment all other sessions are locked out, even if the process dies.
    """
    if session.order is None or session.link is None:
        return see_other(path_of(form, form.first))
    theirs = session.order.client_id
    if theirs and theirs != client.client_id and not session.is_signed_in:
        return _page(shop, form, session, login="", problem=_ANOTHERS, status=HTTPStatus.CONFLICT)
    if session.order.is_lead:
        order = session.order if theirs == client.client_id else take_from_client(shop, form, session.order)
        changes = {"client_id": client.client_id, "info": missing_info(client, order)}
        shop.service.update(order, changes, by=by_of(form), same_client=True)
    proof = new_token()
    signed_in = replace(session, proof=proof, link=shop.sessions.sign_in(session.link, client.client_id, proof))
    shop.sessions.close_others(signed_in.link or session.link, client.client_id, shop.now())
    answer = redirect_to_order(shop, form, signed_in, session.order)
    return replace(answer, cookies=(signed_in.proof_cookie(form, request),))


def _verify_login(shop: Shop, form: Form, login: str, password: str) -> Client | None:
    """The client of this login, if the client belongs to the brand of the form."""
    brand_id = shop.queue_of(form).brand_id
    client = shop.clients.verified(login[:_LONGEST], password[:_LONGEST], [brand_id])
    return client if client and client.brand_id == brand_id else None


def _other_page(shop: Shop, form: Form, session: Session) -> Answer | None:
    """The page to lead to if there is nothing to sign in for."""
    if session.order is None:
        return see_other(path_of(form, form.first))
    return None if session.order.is_lead or session.is_locked else redirect_to_order(shop, form, session, session.order)


def _page(
    shop: Shop,
    form: Form,
    session: Session,
    *,
    login: str = "",
    problem: str = "",
    wrong_email: str = "",
    email: str = "",
    asked: bool = False,
    status: HTTPStatus = HTTPStatus.OK,
) -> Answer:
    """The page. It never shows the password that was typed. `email`: an address that was typed, instead of the order's.
    `asked`: a link was requested, which may have been mailed.

    Longer than 30 lines, because it fills in one template.
    """
    whose = address_of(session.order) if session.order and not session.is_locked else ""
    typed: Mapping[str, str] = {LOGIN: login[:_LONGEST], mailed_sign_in.EMAIL: email[:254] or whose}
    body = drawn(
        "sign_in.html",
        title=_("Sign in"),
        form=form,
        action=path_of(form, SIGN_IN),
        hidden={CSRF: session.csrf},
        inputs=[each.translated() for each in _INPUTS],
        email=_EMAIL_INPUT.translated(),
        wrong_email=wrong_email,
        asked=asked,
        minutes=OPEN_SECONDS // 60,
        honeypot=HONEYPOT,
        typed=typed,
        problem=_(problem),
        back=None if session.is_locked else path_of(form, form.first),
        begin=path_of(form, NEW),
        locked=session.is_locked,
        refresh=0,
    )
    return Answer(HTTPStatus.UNPROCESSABLE_ENTITY if wrong_email else status, body)
