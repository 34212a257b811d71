"""Begins a new order in this browser. The browser's current order stays as it is, and a mailed link opens it again."""

from lambdas.forms.form import Form
from lambdas.forms.pages.question import question
from lambdas.forms.session.csrf import refuse_other_sites
from lambdas.forms.session.session import new_session
from lambdas.forms.shop import NEW, Shop, path_of
from lambdas.languages.texts import _
from lambdas.web.http import Answer, WebRequest, see_other


def ask(shop: Shop, form: Form, request: WebRequest) -> Answer:
    """Ask first if the browser has an unsent order, so that a link on another site cannot lose it."""
    session = shop.any_session(form, request)
    if session.order is None or not session.order.is_lead or session.is_locked:
        return _start(shop, form, request)
    order_id = session.order.reference
    text = _(
        "Order {order_id} is not sent yet. We keep it, and you can return to it through a link that we mail you.",
        order_id=order_id,
    )
    return question(
        shop, form, session, request,
        title=_("Begin a new order?"), texts=(text,), button=_("Begin a new order"), action=path_of(form, NEW),
        other=(_("Back to order {order_id}", order_id=order_id), path_of(form, form.first)),
    )  # fmt: skip


def take(shop: Shop, form: Form, request: WebRequest) -> Answer:
    """Begin the new order. Raises RefusedError if another site sent the request."""
    refuse_other_sites(request, shop.any_session(form, request))
    return _start(shop, form, request)


def _start(shop: Shop, form: Form, request: WebRequest) -> Answer:
    return see_other(path_of(form, form.first), new_session(shop.signer).cookies(form, request))
