"""Texts and days as documents state them, on paper and as data."""

import unicodedata
from datetime import datetime
from zoneinfo import ZoneInfo

from lambdas.languages.texts import N_, _
from lambdas.records.invoices.invoice import CreditReason, InvoiceLine

_JOINERS = "\u200c\u200d"  # scripts of India and Persia are written with them
REASONS = {
    CreditReason.CANCELED: N_("order canceled"),
    CreditReason.WITHDRAWN: N_("withdrawn"),
    CreditReason.WRONG_PRICE: N_("wrong price"),
    CreditReason.DUPLICATE: N_("charged twice"),
    CreditReason.FAULT: N_("fault"),
    CreditReason.GOODWILL: N_("goodwill"),
    CreditReason.OTHER: N_("other"),
}


def day_of(at: int, zone: str) -> str:
    """The day of a moment in Unix seconds, YYYY-MM-DD."""
    return datetime.fromtimestamp(at, ZoneInfo(zone)).date().isoformat()


def printable(text: str) -> str:
    """The text without signs that nobody sees: they turn the text beside them around, or hide what is read."""
    kept = (sign if sign in _JOINERS or not unicodedata.category(sign).startswith("C") else " " for sign in text)
    return " ".join("".join(kept).split())


def reason_of(line: InvoiceLine) -> str:
    """Why the line is credited; empty on an invoice."""
    why = _(REASONS[line.reason]) if line.reason else ""
    return ": ".join(part for part in (why, printable(line.reason_text or "")) if part)
