"""The fields that are fixed once an order was submitted: its services, and how it is paid."""

from lambdas.orders.model.order import Order
from lambdas.orders.parsing.transfer_code import without_codes

_FIXED_AFTER_SUBMIT = ("payment_type", "billing_info_id", "coupon")
_PAYMENT_PREFIXES = ("pack", "cc_", "ach_", "paypal_")


def changed_fields(before: Order, after: Order) -> list[str]:
    """Paths of the changed fields that are locked after submit. A transfer may get another authorisation code: registrars give
    new ones."""
    was, now = without_codes(before.info), without_codes(after.info)
    keys = {
        key
        for key in {*was, *now}
        if (key in _FIXED_AFTER_SUBMIT or key.startswith(_PAYMENT_PREFIXES)) and was.get(key) != now.get(key)
    }
    fixed = [f"info.{key}" for key in sorted(keys)]
    return [*fixed, "client_id"] if before.client_id and before.client_id != after.client_id else fixed
