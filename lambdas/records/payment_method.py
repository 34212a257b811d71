"""How an order is paid, read from its `info` (reference ubersmith-orders 5.2). Tokens only; numbers never get this far."""

from collections.abc import Mapping
from enum import StrEnum
from typing import Any

from lambdas.orders.errors import Problem
from lambdas.orders.info import text
from lambdas.runtime.models import Frozen


class MethodKind(StrEnum):
    CARD = "card"
    BANK_ACCOUNT = "bank_account"
    PAYPAL = "paypal"


class PaymentMethod(Frozen):
    """A way to pay. `last_four` and `expiry` (MMYY) are what people recognise it by."""

    kind: MethodKind
    token: str
    brand: str = ""
    last_four: str = ""
    expiry: str = ""
    bank: str = ""

    @property
    def can_be_held(self) -> bool:
        """A bank debit knows no hold (reference order-systems 4.6); it is collected on the invoice."""
        return self.kind is not MethodKind.BANK_ACCOUNT


PAYMENT_TYPES = {
    "cc": MethodKind.CARD,
    "charge_prior_auth": MethodKind.CARD,
    "ach": MethodKind.BANK_ACCOUNT,
    "ach_prior_auth": MethodKind.BANK_ACCOUNT,
    "paypal": MethodKind.PAYPAL,
}
ON_ACCOUNT = {"", "check", "wire", "invoice"}
_TOKENS = {
    MethodKind.CARD: "cc_token",
    MethodKind.BANK_ACCOUNT: "ach_token",
    MethodKind.PAYPAL: "paypal_token",
}


def submitted_method(info: Mapping[str, Any]) -> PaymentMethod | None:
    """The method that came with the order, if one did."""
    kind = PAYMENT_TYPES.get(text(info, "payment_type"))
    if kind is None:
        kind = next((kind for kind, key in _TOKENS.items() if text(info, key)), None)
    if kind is None or not (token := text(info, _TOKENS[kind])):
        return None
    if kind is MethodKind.CARD:
        expiry = text(info, "cc_expire") or text(info, "cc_exp")
        return PaymentMethod(
            kind=kind, token=token, brand=text(info, "cc_type"), last_four=text(info, "cc_num")[-4:], expiry=expiry
        )
    if kind is MethodKind.BANK_ACCOUNT:
        return PaymentMethod(kind=kind, token=token, last_four=text(info, "ach_acct")[-4:], bank=text(info, "ach_bank"))
    return PaymentMethod(kind=kind, token=token, brand="PayPal")


def method_problems(info: Mapping[str, Any]) -> tuple[Problem, ...]:
    """What is missing to pay as the order says."""
    stated = text(info, "payment_type")
    if stated in ON_ACCOUNT or text(info, "billing_info_id"):
        return ()
    if stated not in PAYMENT_TYPES:
        known = ", ".join([*PAYMENT_TYPES, *sorted(ON_ACCOUNT - {""})])
        return (Problem("info.payment_type", f"must be one of {known}"),)
    key = _TOKENS[PAYMENT_TYPES[stated]]
    if not text(info, key):
        return (Problem(f"info.{key}", f"paying by {stated} needs the token the payment page gave for it"),)
    return ()
