"""When a card expires: read from all the ways in which people and programs write it, kept as MMYY."""

import re
import unicodedata
from collections.abc import Mapping
from typing import Any

from lambdas.orders.model.info import text

HOW = "must be a month and a year, such as 1230 or 12/2030"
_LAST_MONTH = 12
_CENTURY = 2000


def expiry_of(typed: str) -> str | None:
    """`12/30`, `12-2030`, `2030-12`, `122030`, `330` (a number that lost its zero) as MMYY; empty stays so.

    None: not readable.
    """
    plain = unicodedata.normalize("NFKC", typed).strip()
    if not plain:
        return ""
    parts = re.split(r"[\s/.\-]+", plain)
    if not all(part.isascii() and part.isdecimal() for part in parts):
        return None
    return _expiry(*_month_and_year(parts))


def readable_expiry(typed: Any) -> str | None:
    """For parameters. Raises ValueError."""
    if typed in ("", None):
        return None
    found = expiry_of(str(typed)) if isinstance(typed, str | int) else None
    if found is None:
        raise ValueError(HOW)
    return found


def typed_expiry(info: Mapping[str, Any]) -> str:
    """As an order says it: in one key, or month and year in two (reference/ubersmith.md 5.2)."""
    whole = text(info, "cc_expire") or text(info, "cc_exp")
    month, year = text(info, "cc_exp_mo"), text(info, "cc_exp_yr")
    return whole or (f"{month}/{year}" if month and year else "")


def _month_and_year(parts: list[str]) -> tuple[str, str]:
    match [len(part) for part in parts]:
        case [3 | 4 as long]:
            return parts[0][: long - 2], parts[0][-2:]
        case [6] if parts[0].startswith("20") and int(parts[0][4:]) <= _LAST_MONTH:
            return parts[0][4:], parts[0][:4]
        case [6]:
            return parts[0][:2], parts[0][2:]
        case [1 | 2, 2 | 4]:
            return parts[0], parts[1]
        case [4, 1 | 2] | [4, 1 | 2, 1 | 2]:
            return parts[1], parts[0]
    return "", ""


def _expiry(month: str, year: str) -> str | None:
    if not month or not 1 <= int(month) <= _LAST_MONTH or (len(year) > 2 and int(year) // 100 * 100 != _CENTURY):
        return None
    return f"{int(month):02}{int(year) % 100:02}"
