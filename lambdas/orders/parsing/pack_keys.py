"""The keys of `info.packN` that have a meaning (reference/ubersmith.md 2.2 and 5.3, and the services of quotes and
clients).

Each is honoured, calculated here, kept as sent, or refused by name. All others are the caller's own and stay. So nothing
that would change an amount or a date of payment is ignored silently.
"""

from collections.abc import Mapping
from typing import Any

HONOURED = frozenset(
    {
        "plan_id", "options", "quantity", "period", "bill_type", "coupon", "desserv", "title", "status", "price", "setup",
        "total_setup", "setup_qs", "monthly_fee", "setup_fee", "auto_bill", "start", "lastrenewed", "renewdate", "prorate_date",
        "prorated", "discount", "discount_type", "setup_discount", "setup_discount_type",
    }
)  # fmt: skip
"""Read, and part of what is sold. `total_setup` is worked out: another one is refused."""

SECRET = frozenset({"auth_code"})
"""Read, and kept elsewhere: an order has a reference."""

ANSWERED = frozenset(
    {
        "cost", "option", "options_desc", "groups_desc", "prorated_total", "primary_taxes2", "setup_taxes2",
        "prorated_taxes2",
    }
)  # fmt: skip
"""Only answered: nobody's to say, and taken off what is sent back."""

WORKED_OUT = frozenset({"taxes", "setup_taxes"})
"""Kept as they are stated; which taxes count follows from where the client is."""

KEPT = frozenset(
    {
        "notes", "custom_notes", "comment", "description", "servtype", "userid", "server", "ip_address", "facility_id", "zone_id",
        "planned_activation_date", "activation_date", "client_acceptance_date", "expected_cancellation_date",
    }
)  # fmt: skip
"""Notes about the service: kept as they are stated."""

IMPERSONAL = frozenset(
    {
        "plan_id", "options", "quantity", "period", "bill_type", "status", "price", "setup", "total_setup", "setup_qs",
        "monthly_fee", "setup_fee", "auto_bill", "start", "lastrenewed", "renewdate", "prorate_date", "prorated", "discount",
        "discount_type", "setup_discount", "setup_discount_type",
    }
)  # fmt: skip
"""Numbers, all of them, which say nothing of a person; nothing else of a pack is shown to who may not see who somebody is."""

_ALONE = "no service stands below another one; order it as a pack of its own"
_TERM = "contract terms and rate plans are not kept here; name price and period"
_RENEWAL = "services are not renewed, suspended or ended here; leave it to the system that bills later periods"
_TAX = "which taxes count follows from the catalogue and from where the client is"
_CODE = "the authorisation code of a transfer is auth_code, and is kept as a secret"
REFUSED: Mapping[str, str] = {
    "transfer_code": _CODE,
    "epp_code": _CODE,
    "auth_info": _CODE,
    "parent": _ALONE,
    "parent_id": _ALONE,
    "balance": "a service begins without a balance; credit the client's account instead",
    "contract_term_id": _TERM,
    "rate_plan_id": _TERM,
    "pass": "a password is not kept on an order; agree on it when the service is set up",
    "end": _RENEWAL,
    "post_renew": _RENEWAL,
    "bill_prior": _RENEWAL,
    "suspend_bool": _RENEWAL,
    "suspend_after": _RENEWAL,
    "cancel_bool": _RENEWAL,
    "cancel_after": _RENEWAL,
    "tax_engine_id": _TAX,
    "tax_trans_type_code": _TAX,
    "tax_situs_code": _TAX,
    "tax_situs_code_world": _TAX,
    "tax_zip_code": _TAX,
    "tax_p2p_zip_code": _TAX,
    "tax_trans_type_code_setup": _TAX,
    "tax_situs_code_setup": _TAX,
    "tax_situs_code_setup_world": _TAX,
    "tax_zip_code_setup": _TAX,
    "tax_p2p_zip_code_setup": _TAX,
}
"""Why, and what to do instead. An empty or zero value asks for nothing."""

MEANT = HONOURED | SECRET | ANSWERED | WORKED_OUT | KEPT | REFUSED.keys()


def asks_for_something(value: Any) -> bool:
    """Whether a value is more than the way a form leaves a field empty."""
    if isinstance(value, Mapping | list):
        return any(map(asks_for_something, value.values() if isinstance(value, Mapping) else value))
    return str(value).strip().strip("0.") != "" if value is not None else False
