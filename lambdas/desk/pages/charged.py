"""The order's money as the ledger of effects has it, and what its client has stored to pay by.

A page updates itself often, so it asks no payment provider.
"""

from lambdas.desk.desk import Desk, acting
from lambdas.desk.pages.money import MoneyLine
from lambdas.orders.model.order import Order
from lambdas.payments.effects.certificate import certificate_of
from lambdas.payments.effects.charged_twice import answer_of
from lambdas.payments.effects.order_money import read_money
from lambdas.records.clients.client import ClientRecords
from lambdas.records.clients.payment_method import MethodKind, PaymentMethod
from lambdas.records.clients.stored_methods import PaymentMethodRecords
from lambdas.records.users.api_user import ApiUser
from lambdas.records.users.rights import SEE_CLIENT, Right

_KINDS = {
    MethodKind.CARD: "Stored card",
    MethodKind.BANK_ACCOUNT: "Stored bank account",
    MethodKind.PAYPAL: "Stored PayPal account",
}


def charged_lines(desk: Desk, user: ApiUser, order: Order) -> tuple[MoneyLine, ...]:
    """For users with the right `money`, of an order that may have moved any."""
    may_see = user.may_in(Right.MONEY, order.order_queue_id, order.brand_id)
    is_untouched = order.is_lead and order.attempt is None and not order.declined_at
    if not may_see or is_untouched:
        return ()
    money = read_money(order, None, desk.records, now=desk.now())
    _, sentence = answer_of(money)
    asked = MoneyLine(label="Charged twice?", value=sentence)
    certificate = certificate_of(money, desk.records)
    if certificate is None:
        return (asked,)
    return asked, MoneyLine(label="Left after the cancel", value=certificate.sentence)


def method_lines(desk: Desk, user: ApiUser, order: Order) -> tuple[MoneyLine, ...]:
    """The stored payment methods of the order's client, for users whom the API would list them to."""
    asked = acting(user, "client.payment_method_list", *SEE_CLIENT, Right.MONEY)
    if order.client_id is None or not asked.may_do(None, order.brand_id):
        return ()
    client = ClientRecords(desk.records).get(order.client_id)
    if client is None or client.brand_id != order.brand_id:
        return ()
    found = PaymentMethodRecords(desk.records).of_client(client.client_id)
    return tuple(
        _method(number, method, is_default=number == client.default_billing_info_id) for number, method in found.items()
    )


def _method(number: str, method: PaymentMethod, *, is_default: bool) -> MoneyLine:
    shown = " ".join(part for part in (method.brand or method.bank, method.last_four) if part)
    expiry = f"expires {method.expiry[:2]}/{method.expiry[2:]}" if method.expiry else ""
    holder = " ".join(method.holder.get(name, "") for name in ("fname", "lname")).strip() or method.holder.get(
        "company"
    )
    kept_at = f"kept at {method.gateway}" if method.gateway else ""
    note = ", ".join(
        part for part in ("default" if is_default else "", expiry, holder, kept_at, f"number {number}") if part
    )
    return MoneyLine(label=_KINDS[method.kind], value=shown or "no details", note=note)
