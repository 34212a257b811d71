"""A new order in the place of the one this browser has: that one stays as it is, and is found again by a link."""

from lambdas.forms.door import NEW, Door, path_of
from lambdas.forms.form import Form
from lambdas.forms.pages.question import question
from lambdas.forms.session.csrf import refuse_other_sites
from lambdas.forms.session.session import new_visit
from lambdas.forms.web import Answer, WebRequest, see_other


def ask(door: Door, form: Form, request: WebRequest) -> Answer:
    """Asks only who would leave an order that is not sent yet; another site's link must not lose it."""
    visit = door.any_visit(form, request)
    if visit.order is None or not visit.order.is_lead or visit.is_locked:
        return _begun(door, form, request)
    order_id = visit.order.order_id
    text = f"Order {order_id} is not sent yet. It stays as it is, and you can come back to it with a link that we mail you."
    return question(
        door, form, visit, request,
        title="Begin a new order?", texts=(text,), button="Begin a new order", action=path_of(form, NEW),
        other=(f"Back to order {order_id}", path_of(form, form.first)),
    )  # fmt: skip


def take(door: Door, form: Form, request: WebRequest) -> Answer:
    """Raises RefusedError for what another site sends."""
    refuse_other_sites(request, door.any_visit(form, request))
    return _begun(door, form, request)


def _begun(door: Door, form: Form, request: WebRequest) -> Answer:
    return see_other(path_of(form, form.first), new_visit(door.signer).cookies(form, request))
