"""The page for requesting a link to an unfinished order, by e-mail address.

It answers the same whether or not an order exists under that address, and when requests for the address are throttled.
"""

from collections.abc import Mapping
from http import HTTPStatus

from lambdas.forms.fields.field import Input
from lambdas.forms.form import Form
from lambdas.forms.pages.templates import drawn
from lambdas.forms.session.csrf import CSRF, HONEYPOT, refuse_other_sites
from lambdas.forms.session.languages import SWITCH
from lambdas.forms.session.throttle import is_too_often
from lambdas.forms.shop import RESUME, Shop, path_of
from lambdas.languages.texts import N_, _
from lambdas.orders.contact.email import mailed_to
from lambdas.rate_limits.sources import source_of
from lambdas.web.http import Answer, RefusedError, WebRequest, see_other

EMAIL = "email"
_ASKED = "asked"
_HOUR = 3_600
OF_ADDRESS, OF_SOURCE = 3, 20  # in an hour

_INPUT = Input(
    name=EMAIL, label=N_("Email address"), widget="email", required=True, autocomplete="email",
    help=N_("The address that you entered when you began your order."), attributes={"maxlength": "254", "spellcheck": "false"},
)  # fmt: skip


def show(shop: Shop, form: Form, request: WebRequest) -> Answer:
    if request.query.get(_ASKED):
        return Answer(HTTPStatus.OK, drawn("link_requested.html", title=_("Check your email"), **_values(shop, form)))
    return _page(shop, form, request)


def take(shop: Shop, form: Form, request: WebRequest) -> Answer:
    """Queue the request for lambdas/notices and answer everybody with the same page. Raises RefusedError."""
    refuse_other_sites(request, shop.any_session(form, request))
    if request.typed.get(SWITCH):
        return _page(shop, form, request)
    if is_too_often(shop, "wishes_of_source", source_of(request.source), limit=OF_SOURCE, seconds=_HOUR):
        text = _("Too many links were requested from your network. Wait an hour and try again, or contact us.")
        raise RefusedError(HTTPStatus.TOO_MANY_REQUESTS, _("Too many links requested"), text)
    email = mailed_to(request.typed.get(EMAIL, ""))
    if not email:
        return _page(
            shop, form, request, {EMAIL: _("Enter an email address in the correct format, like name@example.com")}
        )
    often = is_too_often(shop, "wishes_for", f"{form.name} {email.casefold()}", limit=OF_ADDRESS, seconds=_HOUR)
    if not often and not request.typed.get(HONEYPOT):
        shop.link_requests.put(form.name, email)
    return see_other(f"{path_of(form, RESUME)}?{_ASKED}=1")


def _page(shop: Shop, form: Form, request: WebRequest, errors: Mapping[str, str] | None = None) -> Answer:
    session, errors = shop.any_session(form, request), errors or {}
    body = drawn(
        "link_request.html",
        title=_("Continue your order"),
        **_values(shop, form),
        action=path_of(form, RESUME),
        input=_INPUT.translated(),
        typed=request.typed.get(EMAIL, "")[:254],
        errors=errors,
        hidden={CSRF: session.csrf},
        honeypot=HONEYPOT,
    )
    status = HTTPStatus.UNPROCESSABLE_ENTITY if errors else HTTPStatus.OK
    return Answer(status, body, cookies=session.cookies(form, request))


def _values(shop: Shop, form: Form) -> dict[str, object]:
    return {"form": form, "begin": path_of(form, form.first), "refresh": 0}
