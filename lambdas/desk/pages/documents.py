"""Invoices and credit notes of an order, for users who may see its client and its money."""

from lambdas.desk.desk import Desk, acting
from lambdas.orders.model.order import Order
from lambdas.records.invoices.invoice import Invoice
from lambdas.records.invoices.order_invoices import read_documents
from lambdas.records.users.api_user import ApiUser
from lambdas.records.users.rights import SEE_CLIENT, Right

_RIGHTS = (*SEE_CLIENT, Right.MONEY)
_METHOD = "client.invoice_get"


def may_see_documents(user: ApiUser, order: Order) -> bool:
    """Whether the user may see the order's invoices, if there can be any."""
    return not order.is_lead and acting(user, _METHOD, *_RIGHTS).may_do(order.order_queue_id, order.brand_id)


def documents_of(desk: Desk, user: ApiUser, order_id: str) -> list[Invoice]:
    """Those of several orders only for users who may see all of the brand's clients. Raises OrderNotFoundError, NotHereError."""
    order = desk.order(user, order_id, _METHOD, *_RIGHTS)
    sees_all = acting(user, _METHOD, *_RIGHTS).may_do(None, order.brand_id)
    return read_documents(desk.records, order.order_id, order.brand_id, shared=sees_all)
