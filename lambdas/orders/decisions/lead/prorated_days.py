"""Whether a lead has prices of days that are over."""

from lambdas.orders.model.order import Order
from lambdas.orders.periods import day_of


def is_of_another_day(order: Order, now: int) -> bool:
    """Whether a first period that was prorated on another day would begin today, and so cost something else.

    One whose beginning its caller stated stays. So does everything while a payment is open: it is of the price that was agreed.
    """
    if not order.is_lead or order.attempt is not None:
        return False
    begun = (pack.proration for pack in order.priced if pack.start_at is None)
    return any(proration is not None and day_of(proration.start_at) != day_of(now) for proration in begun)
