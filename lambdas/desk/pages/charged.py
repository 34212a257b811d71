"""The order's money as the ledger of effects has it. A page updates itself often, so it asks no payment provider."""

from lambdas.desk.desk import Desk
from lambdas.desk.pages.money import MoneyLine
from lambdas.orders.model.order import Order
from lambdas.payments.effects.certificate import certificate_of
from lambdas.payments.effects.charged_twice import Verdict, answer_of
from lambdas.payments.effects.order_money import read_money
from lambdas.records.users.api_user import ApiUser
from lambdas.records.users.rights import Right

_VERDICTS = {Verdict.NO: "no", Verdict.YES: "yes", Verdict.UNKNOWN: "not known yet"}


def charged_lines(desk: Desk, user: ApiUser, order: Order) -> tuple[MoneyLine, ...]:
    """For users with the right `money`, of an order that may have moved any."""
    may_see = user.may_in(Right.MONEY, order.order_queue_id, order.brand_id)
    is_untouched = order.is_lead and order.attempt is None and not order.declined_at
    if not may_see or is_untouched:
        return ()
    money = read_money(order, None, desk.records, now=desk.now())
    verdict, sentence = answer_of(money)
    certificate = certificate_of(money, desk.records)
    left = MoneyLine(
        label="Left after the cancel",
        value="something" if certificate and certificate.left else "nothing",
        note=certificate.sentence if certificate else "",
    )
    asked = MoneyLine(
        label="Charged twice?", value=_VERDICTS[verdict], note=sentence.removeprefix("No: ").removeprefix("Yes: ")
    )
    return (asked, left) if certificate else (asked,)
