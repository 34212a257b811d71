"""The mandate for debits of a bank account, as an order keeps it: `info.mandate`. Whose debits have none is debited nothing.

A map: `text`, what its owner read and accepted, whole; `language` of that; `accepted_at`, Unix seconds; `ip_address` that it came
from; `account`, what it was given for (`account_of`), empty from programs, which state a new one with each account.
`info.ach_mandate` beside it is the provider's name for its own.
"""

import hashlib
from collections.abc import Mapping
from typing import Any

from lambdas.orders.model.info import text

MANDATE = "mandate"


def is_mandated(info: Mapping[str, Any]) -> bool:
    """Whether the account of the order may be debited: its owner accepted a text, for this account."""
    stated = info.get(MANDATE)
    if not isinstance(stated, Mapping) or not text(stated, "text"):
        return False
    return text(stated, "account") in ("", account_of(info))


def account_of(info: Mapping[str, Any]) -> str:
    """A digest of the account that the order is paid with."""
    chosen = text(info, "billing_info_id") or text(info, "ach_token")
    return hashlib.sha256(f"account:{chosen}".encode()).hexdigest()[:16]
