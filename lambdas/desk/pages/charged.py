"""The order's money as the ledger of effects has it. A page updates itself often, so it asks no payment provider."""

from lambdas.desk.desk import Desk
from lambdas.desk.pages.money import MoneyLine
from lambdas.orders.model.order import Order
from lambdas.payments.effects.certificate import certificate_of
from lambdas.payments.effects.charged_twice import answer_of
from lambdas.payments.effects.order_money import read_money
from lambdas.records.users.api_user import ApiUser
from lambdas.records.users.rights import Right


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
