"""The question on the page of a mailed link whether an order belongs to the reader's account.

The mail says that there is an account and asks for the question, in the page's address. The page looks nothing up, so it asks
everybody who changes that address, and tells them nothing.
"""

from lambdas.forms.session.csrf import refuse_other_sites
from lambdas.forms.session.proved_address import is_mailed
from lambdas.forms.session.session import Session
from lambdas.forms.shop import Shop
from lambdas.mail.link_mail import address_of
from lambdas.orders.decisions.same_address import doubled_client, is_address_proved
from lambdas.orders.model.order import Order
from lambdas.records.links.link import Link
from lambdas.web.http import WebRequest

ACCOUNT = "account"
"""In the page's address: ask. As an input: yes."""


def asks_for_account(link: Link, order: Order, request: WebRequest) -> bool:
    open_question = order.client_id is None or doubled_client(order) is not None
    asked = ACCOUNT in request.query and is_mailed(link) and open_question
    return asked and not is_address_proved(order)


def take_account(shop: Shop, order: Order, link: Link, token: str, request: WebRequest) -> None:
    """Say on the order that its address was proved. A link that was not mailed proves nothing. Raises RefusedError."""
    refuse_other_sites(request, Session(token, shop.signer))
    if is_mailed(link):
        shop.service.prove_address(order, address_of(order), by=f"link {link.link_id}")
