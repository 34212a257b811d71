"""A client's billing settings by Ubersmith's names. They are stored for a billing program.

Prices go by `default_renew` and `prorate_min_days` (lambdas/catalog/proration.py), and invoices by the days until they are due.
"""

from collections.abc import Mapping
from typing import Any

from lambdas.orders.model.info import text

OF_THE_INSTALLATION = "system_default"  # Leaves the setting to this installation.
SETTINGS: Mapping[str, str] = {
    "grace_due": "0",
    "prebill_method": "",
    "prebill_days": "",
    "charge_days": OF_THE_INSTALLATION,
    "datesend": OF_THE_INSTALLATION,
    "datedue": OF_THE_INSTALLATION,
    "datepay": OF_THE_INSTALLATION,
    "discount": "0",
    "discount_type": "0",
    "referred": "",
    "late_fee_scheme_id": OF_THE_INSTALLATION,
    "apply_latefee_on_latefees": "0",
    "default_renew": "",
    "invoice_delivery": "",
    "prorate_min_days": "",
    "retry_every": OF_THE_INSTALLATION,
    "priority": "1",
    "auto_apply_credit": "",
}
"""Every setting with its default (`client.add` of Ubersmith's API 2.0)."""
_OF_ORDERS = ("default_renew", "invoice_delivery")


def every_setting(given: Mapping[str, str]) -> dict[str, str]:
    """All settings of a client. Those that are not given have their defaults."""
    return {**SETTINGS, **given}


def ordered_settings(info: Mapping[str, Any]) -> dict[str, str]:
    """The settings that an order names for the client it makes (docs/reference/ubersmith.md, 5.1)."""
    return {name: value for name in _OF_ORDERS if (value := text(info, name))}
