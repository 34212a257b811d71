"""Payment methods: as an order's `info` states one (reference/ubersmith.md 5.2), and as a client keeps them (4.9).

Tokens only; numbers never get this far.
"""

import re
from collections.abc import Mapping
from enum import StrEnum
from typing import Any

from lambdas.orders.errors import Problem
from lambdas.orders.model.info import text
from lambdas.records.clients.card_expiry import HOW, expiry_of, typed_expiry
from lambdas.runtime.models import Frozen


class MethodKind(StrEnum):
    CARD = "card"
    BANK_ACCOUNT = "bank_account"
    PAYPAL = "paypal"


class PaymentMethod(Frozen):
    """A way to pay. `last_four` and `expiry` (MMYY) are what people recognise it by. `holder`: whose it is, by the names of
    client.cc_add; `account_type`: C checking, S savings. `gateway`: the one that keeps it; empty for one that was
    stored before this was remembered.
    """

    kind: MethodKind
    token: str
    brand: str = ""
    last_four: str = ""
    expiry: str = ""
    bank: str = ""
    account_type: str = ""
    holder: dict[str, str] = {}
    gateway: str = ""

    @property
    def can_be_held(self) -> bool:
        """A bank debit knows no hold (reference/order-systems.md 4.6); it is collected on the invoice."""
        return self.kind is not MethodKind.BANK_ACCOUNT


APPROVAL = "approval"  # the token of a PayPal payment that its payer approves on PayPal's page when they pay
PAYMENT_TYPES = {
    "cc": MethodKind.CARD,
    "charge_prior_auth": MethodKind.CARD,
    "ach": MethodKind.BANK_ACCOUNT,
    "ach_prior_auth": MethodKind.BANK_ACCOUNT,
    "paypal": MethodKind.PAYPAL,
}
_TOKEN = re.compile(r"[!-~]{1,255}")
ON_ACCOUNT = {"", "check", "wire", "invoice"}
_TOKENS = {
    MethodKind.CARD: "cc_token",
    MethodKind.BANK_ACCOUNT: "ach_token",
    MethodKind.PAYPAL: "paypal_token",
}


# A card's holder, by the names of client.cc_add and by the keys of `info` (reference/ubersmith.md 5.2).
_HOLDER = {
    "fname": "cc_first",
    "lname": "cc_last",
    "address": "cc_address",
    "city": "cc_city",
    "state": "cc_state",
    "zip": "cc_zip",
    "country": "cc_country",
    "phone": "cc_phone",
}


def submitted_method(info: Mapping[str, Any]) -> PaymentMethod | None:
    """The method that came with the order, if one did."""
    kind = PAYMENT_TYPES.get(text(info, "payment_type"))
    if kind is None:
        kind = next((kind for kind, key in _TOKENS.items() if text(info, key)), None)
    if kind is None or not (token := text(info, _TOKENS[kind])):
        return None
    if kind is MethodKind.CARD:
        typed = typed_expiry(info)
        return PaymentMethod(
            kind=kind,
            token=token,
            brand=text(info, "cc_type"),
            last_four=text(info, "cc_num")[-4:],
            expiry=expiry_of(typed) or typed,
            holder=_holder(info),
        )
    if kind is MethodKind.BANK_ACCOUNT:
        return PaymentMethod(
            kind=kind,
            token=token,
            last_four=text(info, "ach_acct")[-4:],
            bank=text(info, "ach_bank"),
            account_type=text(info, "ach_type"),
        )
    return PaymentMethod(kind=kind, token=token, brand="PayPal")


def _holder(info: Mapping[str, Any]) -> dict[str, str]:
    """Forms that sell abroad send a province instead of a state."""
    written = {name: text(info, key) for name, key in _HOLDER.items()}
    written["state"] = written["state"] or text(info, "cc_province")
    return {name: value for name, value in written.items() if value}


def method_problems(info: Mapping[str, Any]) -> tuple[Problem, ...]:
    """The problems that keep the order from being paid as it states."""
    stated = text(info, "payment_type")
    if stated in ON_ACCOUNT or text(info, "billing_info_id"):
        return ()
    if stated not in PAYMENT_TYPES:
        known = ", ".join([*PAYMENT_TYPES, *sorted(ON_ACCOUNT - {""})])
        return (Problem("info.payment_type", f"must be one of {known}"),)
    key = _TOKENS[PAYMENT_TYPES[stated]]
    if not text(info, key):
        return (Problem(f"info.{key}", f"paying by {stated} needs the token the payment page gave for it"),)
    if not _TOKEN.fullmatch(text(info, key)):
        return (
            Problem(f"info.{key}", "is no token of a payment page: 1 to 255 letters, digits and signs without blanks"),
        )
    if PAYMENT_TYPES[stated] is MethodKind.CARD and expiry_of(typed_expiry(info)) is None:
        where = next((name for name in ("cc_expire", "cc_exp") if text(info, name)), "cc_exp_mo")
        return (Problem(f"info.{where}", HOW),)
    return ()
