"""The language of a document: that in which its order was made, else its brand's."""

from collections.abc import Callable, Sequence

from lambdas.catalog.brands.brand import load_brands
from lambdas.mail.language import in_order_of, language_of
from lambdas.orders.errors import OrderError
from lambdas.orders.model.order import Order
from lambdas.records.clients.service import order_id_of
from lambdas.records.invoices.invoice import Invoice


def language_of_document(invoice: Invoice, get_order: Callable[[str], Order], offered: Sequence[str]) -> str:
    """`get_order`: raises OrderError. `offered`: tags of the stage's languages, its own first. Of several orders: the brand's."""
    brand = load_brands().of(invoice.brand_id)
    languages = in_order_of(brand.language if brand else "", offered)
    orders = {invoice.order_id} if invoice.order_id else {order_id_of(line.service_id) for line in invoice.lines}
    if len(languages) == 1 or len(orders) != 1:
        return languages[0]
    try:
        return language_of(get_order(orders.pop()), languages)
    except OrderError:
        return languages[0]
