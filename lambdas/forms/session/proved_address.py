"""Mailed links as proof that their reader is who the order's address belongs to (lambdas/orders/decisions/same_address.py)."""

from lambdas.forms.shop import Shop
from lambdas.mail.link_mail import address_of
from lambdas.orders.model.order import Order
from lambdas.records.links.link import Link


def is_mailed(link: Link) -> bool:
    """Whether we mailed the link itself. One that was made through another may have an address that its reader typed."""
    return bool(link.address) and not link.parent


def prove(shop: Shop, link: Link, order: Order) -> Order:
    """Say on the order, unless it is a client's, that the reader of this link reads mail at its address."""
    if order.client_id or not is_mailed(link):
        return order
    return shop.service.prove_address(order, address_of(order), by=f"link {link.link_id}")
