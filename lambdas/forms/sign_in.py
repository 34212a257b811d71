"""Clients we have sign in on the form: they need not type again who they are, and may pay with what they have stored.

What is wrong with a login is never said, the same work is done for every one, and too many wrong ones are not looked at any
more (as for logins of the API: docs/decisions.md, Guards of the API).
"""

from collections.abc import Mapping
from http import HTTPStatus

from lambdas.forms.door import SIGN_IN, Door, as_it_stands, path_of
from lambdas.forms.fields import Input
from lambdas.forms.form import Form
from lambdas.forms.gate import CSRF, refuse_other_sites
from lambdas.forms.pages import drawn
from lambdas.forms.saving import by_of
from lambdas.forms.visit import Visit
from lambdas.forms.web import Answer, WebRequest, see_other
from lambdas.guards.failures import Failures, Key, Limit
from lambdas.guards.sources import source_of
from lambdas.orders.info import Info, text
from lambdas.orders.order import Order
from lambdas.records.client import CONTACT_FIELDS, Client
from lambdas.runtime.observe import MetricUnit, logger, metrics

LOGIN, PASSWORD = "login", "password"
OF_SOURCE = Limit(most=50, seconds=300)
OF_LOGIN = Limit(most=10, seconds=300)  # from one source: nobody can lock a client out from everywhere
_LONGEST = 200  # of a login or password; scrypt would take any
_WRONG = "These are not a login name and a password that belong together. Look for typing errors, and try again."
_TOO_MANY = "Too many sign-ins failed from here. Wait five minutes, or order without signing in."

_INPUTS = (
    Input(name=LOGIN, label="Login name or client number", widget="text", required=True, autocomplete="username",
          attributes={"maxlength": str(_LONGEST), "spellcheck": "false"}),
    Input(name=PASSWORD, label="Password", widget="password", required=True, autocomplete="current-password",
          attributes={"maxlength": str(_LONGEST)}),
)  # fmt: skip


def show(door: Door, form: Form, visit: Visit) -> Answer:
    """The page to sign in; only where there is an order that can still be filled."""
    return _elsewhere(door, form, visit) or _page(door, form, visit)


def take(door: Door, form: Form, request: WebRequest) -> Answer:
    """Sign in, and go on where the order stands with what is known of the client. Raises RefusedError."""
    visit = door.visit(form, request)
    refuse_other_sites(request, visit)
    if answer := _elsewhere(door, form, visit):
        return answer
    login, password = request.typed.get(LOGIN, "").strip(), request.typed.get(PASSWORD, "")
    failures, source = Failures(door.windows, "sign_in", door.now), source_of(request.source)
    keys = (Key("source", source, OF_SOURCE), Key("login", f"{source} {login}", OF_LOGIN))
    if failures.over(keys):
        metrics.add_metric("FailedLogins", MetricUnit.Count, 1)
        return _page(door, form, visit, login=login, problem=_TOO_MANY, status=HTTPStatus.TOO_MANY_REQUESTS)
    client = _verified(door, form, login, password)
    if client is None:
        metrics.add_metric("FailedLogins", MetricUnit.Count, 1)
        logger.warning("sign-in failed", form=form.name)
        failures.count(keys)
        return _page(door, form, visit, login=login, problem=_WRONG, status=HTTPStatus.UNPROCESSABLE_ENTITY)
    return _bound(door, form, visit, client)


def sign_out(door: Door, form: Form, request: WebRequest) -> Answer:
    """The order is nobody's again, and nothing that came from the client's account stays on it. Raises RefusedError."""
    visit = door.visit(form, request)
    refuse_other_sites(request, visit)
    if visit.order is None or visit.link is None:
        return see_other(path_of(form, form.first))
    if visit.is_signed_in and visit.order.is_lead:
        _forgotten(door, form, visit.order)
    door.links.sign_in(visit.link, "")
    return as_it_stands(door, form, visit, visit.order)


def _bound(door: Door, form: Form, visit: Visit, client: Client) -> Answer:
    """The visit and its order are the client's."""
    if visit.order is None or visit.link is None:
        return see_other(path_of(form, form.first))
    order = _forgotten(door, form, visit.order)
    door.service.update(order, {"client_id": client.client_id, "info": _unsaid(client, order)}, by=by_of(form))
    door.links.sign_in(visit.link, client.client_id)
    return as_it_stands(door, form, visit, visit.order)


def _verified(door: Door, form: Form, login: str, password: str) -> Client | None:
    """Of the brand that the form sells for."""
    brand_id = door.service.queues[door.order_queue_id(form)].brand_id
    client = door.clients.verified(login[:_LONGEST], password[:_LONGEST], [brand_id])
    return client if client and client.brand_id == brand_id else None


def _unsaid(client: Client, order: Order) -> Info:
    """What the client's record says that was not typed on the order."""
    known = {name: getattr(client, name) for name in CONTACT_FIELDS}
    return {name: value for name, value in known.items() if value and not text(order.info, name)}


def _forgotten(door: Door, form: Form, order: Order) -> Order:
    """The order without the client it had, and without what is from there."""
    client = door.clients.get(order.client_id) if order.client_id else None
    if client is None:
        return order
    same = [
        name for name in CONTACT_FIELDS if text(order.info, name) and text(order.info, name) == getattr(client, name)
    ]
    stored = [name for name in ("billing_info_id",) if text(order.info, name)]
    changes = {"client_id": "", "info": dict.fromkeys((*same, *stored), "")}
    return door.service.update(order, changes, by=by_of(form))


def _elsewhere(door: Door, form: Form, visit: Visit) -> Answer | None:
    """Where somebody is led who has nothing to sign in for."""
    if visit.order is None:
        return see_other(path_of(form, form.first))
    return None if visit.order.is_lead else as_it_stands(door, form, visit, visit.order)


def _page(
    door: Door, form: Form, visit: Visit, *, login: str = "", problem: str = "", status: HTTPStatus = HTTPStatus.OK
) -> Answer:
    """A password that was typed is never shown again."""
    typed: Mapping[str, str] = {LOGIN: login[:_LONGEST]}
    body = drawn(
        "sign_in.html",
        title="Sign in",
        company=door.company,
        form=form,
        action=path_of(form, SIGN_IN),
        hidden={CSRF: visit.csrf},
        inputs=_INPUTS,
        typed=typed,
        problem=problem,
        back=path_of(form, form.first),
        refresh=0,
    )
    return Answer(status, body)
