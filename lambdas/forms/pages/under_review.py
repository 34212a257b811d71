"""The page of an order that staff review before its payment is tried."""

from http import HTTPStatus

from lambdas.forms.form import Form
from lambdas.forms.pages.refusals import REVIEWED
from lambdas.forms.pages.templates import message_page
from lambdas.forms.session.session import Session
from lambdas.forms.shop import Shop, path_of, redirect_to_order
from lambdas.languages.texts import _
from lambdas.web.http import Answer, see_other


def show_review(shop: Shop, form: Form, session: Session) -> Answer:
    """Show that staff review the order before its payment is tried."""
    order = session.order
    if order is None or not order.is_lead or order.review_at is None:
        return redirect_to_order(shop, form, session, order) if order else see_other(path_of(form, form.first))
    title = _("Order {order_id} is under review", order_id=order.reference)
    return message_page(HTTPStatus.OK, title, _(REVIEWED), link=(_("Back to payment"), path_of(form, form.last)))
