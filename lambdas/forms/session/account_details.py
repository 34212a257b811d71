"""Details of a client's account on the order: filled in at sign-in, and removed when another client takes the order over."""

from lambdas.forms.form import Form
from lambdas.forms.save_page import by_of
from lambdas.forms.shop import Shop
from lambdas.orders.contact.fields import CONTACT_FIELDS, fit_fields
from lambdas.orders.model.info import Info, text
from lambdas.orders.model.order import Order
from lambdas.records.clients.client import Client


def missing_info(client: Client, order: Order) -> Info:
    """Details of the client's record that the order lacks and can accept."""
    return {name: value for name, value in _fitting_info(client).items() if value and not text(order.info, name)}


def _fitting_info(client: Client) -> Info:
    return fit_fields({name: getattr(client, name) for name in CONTACT_FIELDS})


def take_from_client(shop: Shop, form: Form, order: Order) -> Order:
    """Remove the client from the order, with the details that came from the client's record."""
    client = shop.clients.get(order.client_id) if order.client_id else None
    if client is None:
        return order
    fit = _fitting_info(client)
    same = [
        name
        for name in CONTACT_FIELDS
        if (stated := text(order.info, name)) and stated in (getattr(client, name), fit.get(name))
    ]
    stored = [name for name in ("billing_info_id",) if text(order.info, name)]
    changes = {"client_id": "", "info": dict.fromkeys((*same, *stored), "")}
    return shop.service.update(order, changes, by=by_of(form), same_client=True)
