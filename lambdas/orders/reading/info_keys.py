"""Keys of `info` that mean something, and those that only look like one.

Unknown keys are kept (reference ubersmith-orders 5), so `Coupon` or `pack01` would be kept too, and do nothing: a free order, a
password in the clear. Such a near miss is refused by name.
"""

import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from typing import Any

from lambdas.orders.errors import Problem
from lambdas.orders.reading import pack_keys

PACK = re.compile(r"pack([1-9][0-9]{0,2})")
_LIKE_A_PACK = re.compile(r"packs?\d*")
_LONGEST_NAMED = 80
MEANT = frozenset(
    {
        "first", "last", "company", "email", "address", "city", "state", "zip", "country", "phone", "fax", "vat_id",
        "uber_login", "uber_pass", "ip_address", "default_renew", "invoice_delivery", "msa", "coupon",
        "payment_type", "billing_info_id", "preauth_fail_error", "paypal_token",
        "cc_token", "cc_type", "cc_num", "cc_exp", "cc_expire", "cc_exp_mo", "cc_exp_yr", "cc_first", "cc_last",
        "cc_address", "cc_city", "cc_state", "cc_province", "cc_zip", "cc_country", "cc_phone", "ach_token", "ach_acct",
        "ach_aba", "ach_type", "ach_bank",
    }
)  # fmt: skip
IMPERSONAL: Mapping[str, frozenset[str]] = {
    "payment_type": frozenset(
        {"cc", "ach", "paypal", "charge_prior_auth", "ach_prior_auth", "check", "wire", "invoice"}
    )
}
"""Keys that say nothing of a person if they have one of these values. All others are shown to nobody who may not see who somebody
is, whatever they are called; so are those of packs, but for `pack_keys.IMPERSONAL`."""


def is_pack(key: str) -> bool:
    return PACK.fullmatch(key) is not None


def near_misses(info: Mapping[str, Any]) -> Iterator[Problem]:
    """Each key that is nearly one with a meaning, and has a value; packs are looked into as well."""
    for key, value in info.items():
        if value in ("", None):
            continue
        if not is_pack(key) and _is_like_a_pack(key, value):
            text = "is no pack: packs are pack1 to pack999, written so; send it empty to take it off"
            yield Problem(f"info.{key[:_LONGEST_NAMED]}", text)
        elif isinstance(value, Mapping) and is_pack(key):
            yield from _misspelt(value, f"info.{key}.", pack_keys.MEANT)
    yield from _misspelt(info, "info.", MEANT)


def _misspelt(fields: Mapping[str, Any], where: str, meant: Iterable[str]) -> Iterator[Problem]:
    by_letters = _by_letters(frozenset(meant))
    for key, value in fields.items():
        known = by_letters.get(_letters(key))
        if known and key != known and value not in ("", None):
            named = f"{where}{key[:_LONGEST_NAMED]}"
            yield Problem(named, f"is not read; write {where}{known}, or send it empty to take it off")


@cache
def _by_letters(meant: frozenset[str]) -> dict[str, str]:
    return {_letters(key): key for key in meant}


def _letters(key: str) -> str:
    """Letters and digits alone, whatever width or case: what is left where two keys are mixed up."""
    return "".join(letter for letter in unicodedata.normalize("NFKC", key).casefold() if letter.isalnum())


def _is_like_a_pack(key: str, value: Any) -> bool:
    letters = _letters(key)
    numbered = letters[-1:].isdecimal()
    return _LIKE_A_PACK.fullmatch(letters) is not None and (numbered or isinstance(value, Mapping | list))
