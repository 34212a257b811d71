"""The mandate for the debit of a bank account: its text on the last page, and what an order keeps of who accepted it.

Pressing the button that orders accepts the text, as the text says. The order keeps it as it was shown.
"""

from lambdas.forms.pages.amounts import amount
from lambdas.forms.shop import Shop
from lambdas.languages.language import spoken
from lambdas.languages.texts import _
from lambdas.orders.mandate import MANDATE, account_of
from lambdas.orders.model.info import Info, merge, text
from lambdas.orders.model.order import Order
from lambdas.records.clients.payment_method import PAYMENT_TYPES, MethodKind
from lambdas.web.http import WebRequest

_SEPA_CURRENCY = "EUR"


def mandate_text(shop: Shop, order: Order) -> str:
    """The text for the order's first charge: of SEPA where that is in euros, else of ACH."""
    seller, total = shop.looks.of(order.brand_id).name or _("the seller"), amount(order.total_cents, order.currency)
    if order.currency == _SEPA_CURRENCY:
        return _(
            "By ordering you authorize {seller} and its payment provider to instruct your bank to debit this account, and your "
            "bank to debit it as instructed. This is for {sum}, the first charge of this order, and for its later charges when "
            "they are due. You are entitled to a refund from your bank under its terms. You must claim it within 8 weeks of the "
            "debit. You can revoke this at any time by telling us.",
            seller=seller,
            sum=total,
        )
    return _(
        "By ordering you authorize {seller} to debit this account for {sum}, the first charge of this order. The same holds for "
        "its later charges when they are due. A wrong debit may be corrected by a credit. You can revoke this at any time by "
        "telling us.",
        seller=seller,
        sum=total,
    )


def with_mandate(shop: Shop, order: Order, changes: Info, request: WebRequest) -> Info:
    """The changes of `info` with the mandate that the client gives by ordering, if they pay by bank account.

    `order`: as it was shown.
    """
    wanted = merge(order.info, changes)
    if PAYMENT_TYPES.get(text(wanted, "payment_type")) is not MethodKind.BANK_ACCOUNT:
        return changes
    accepted = {
        "text": mandate_text(shop, order),
        "language": spoken().tag,
        "accepted_at": shop.now(),
        "ip_address": request.source,
        "account": account_of(wanted),
    }
    return merge(changes, {MANDATE: accepted})
