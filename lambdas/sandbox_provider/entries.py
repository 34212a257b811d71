"""Checks an entered card or bank account and makes a token of it. A number leaves this file only as a fingerprint."""

import hashlib
import hmac
import re
import secrets
from collections.abc import Mapping
from datetime import UTC, datetime

from lambdas.orders.card_numbers.numbers import has_card_number
from lambdas.payments.sandbox_tokens import MADE_ACCOUNT, MADE_CARD, EnteredMethod, SandboxTokens
from lambdas.sandbox_provider.test_numbers import ACCOUNTS, CARDS, ROUTING_NUMBER

Typed = Mapping[str, str]
Errors = dict[str, str]

_NOT_A_TEST_CARD = "Enter a test card, and never a real one: this is a test page. Nothing was kept of this number"
_LAST_YEAR = 50  # No card is valid for longer.


def read_card(typed: Typed, tokens: SandboxTokens, now: int) -> EnteredMethod | Errors:
    """The method, not stored yet, or the errors by input. Texts never repeat what was typed."""
    number, code = _digits(typed.get("number", "")), typed.get("code", "").strip()
    errors: Errors = {}
    if number not in CARDS:
        errors["number"] = _NOT_A_TEST_CARD if has_card_number(number) else "Enter a card number of 13 to 19 digits"
    if not (expiry := _expiry(typed.get("expiry", ""), now)):
        errors["expiry"] = (
            "Enter the month and year in which the card expires, like 12/34, and use a card that has not expired"
        )
    if not re.fullmatch(r"[0-9]{3,4}", code):
        errors["code"] = "Enter the security code, the 3 or 4 digits on the card"
    if errors:
        return errors
    card = CARDS[number]
    return EnteredMethod(
        token=f"{MADE_CARD}{secrets.token_urlsafe(18)}",
        behaves_as=card.behaves_as,
        brand=card.brand,
        last_four=number[-4:],
        expiry=expiry,
        fingerprint=_fingerprint(number, tokens),
        entered_at=now,
    )


def read_account(typed: Typed, tokens: SandboxTokens, now: int) -> EnteredMethod | Errors:
    """As `read_card`, for a bank account in the United States."""
    routing, number = _digits(typed.get("routing", "")), _digits(typed.get("number", ""))
    errors: Errors = {}
    if routing != ROUTING_NUMBER:
        errors["routing"] = f"This test page knows one bank: enter {ROUTING_NUMBER}"
    if number not in ACCOUNTS:
        errors["number"] = "Enter one of the test accounts below; do not enter a real one"
    if errors:
        return errors
    account = ACCOUNTS[number]
    return EnteredMethod(
        token=f"{MADE_ACCOUNT}{secrets.token_urlsafe(18)}",
        behaves_as=account.behaves_as,
        brand=account.brand,
        last_four=number[-4:],
        fingerprint=_fingerprint(f"{routing} {number}", tokens),
        entered_at=now,
    )


def _digits(typed: str) -> str:
    """Without what people put between groups; empty if anything else is in it."""
    digits = re.sub(r"[ -]", "", typed)
    return digits if re.fullmatch(r"[0-9]{1,19}", digits) else ""


def _expiry(typed: str, now: int) -> str:
    """MMYY; empty if it cannot be read or is over. A card is valid to the end of its month."""
    found = re.fullmatch(r"\s*(0?[1-9]|1[0-2])\s*/?\s*(?:20)?([0-9]{2})\s*", typed)
    if not found:
        return ""
    month, year = int(found[1]), 2000 + int(found[2])
    today = datetime.fromtimestamp(now, UTC)
    in_time = (today.year, today.month) <= (year, month) and year <= today.year + _LAST_YEAR
    return f"{month:02}{year % 100:02}" if in_time else ""


def _fingerprint(number: str, tokens: SandboxTokens) -> str:
    return hmac.digest(tokens.secret(), number.encode(), hashlib.sha256).hex()[:32]
