"""Keys of `info` that mean something, and those that only look like one.

Unknown keys are kept (reference/ubersmith.md 5), so `Coupon` or `pack01` would be kept too, and do nothing: a free order, a
password in the clear. Such a near miss is refused by name.
"""

import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from typing import Any

from lambdas.orders.errors import Problem
from lambdas.orders.parsing import pack_keys

PACK = re.compile(r"pack([1-9][0-9]{0,2})")
_LIKE_A_PACK = re.compile(r"packs?\d*")
# Maps as programs flatten them, in JSON or with a bracket too many: `pack1[plan_id]`, `pack1.notes`, `msa%5B7%5D`.
_NESTED = re.compile(r"\A\s*(\w+?)\s*(?:\[|%5b|[./:]|->).*", re.DOTALL)
_OF_A_PACK = re.compile(r"packs?\d+(\D.*)")  # pack1_plan_id, by its letters alone
_OPTION = re.compile(r"(options?|monthlyfee|setupfee)\d+")  # options_31, the same way
_LONGEST_NAMED = 80
_NESTS = "is not read; what is nested goes into a map of its own,"
MEANT = frozenset(
    {
        "first", "last", "company", "email", "address", "city", "state", "zip", "country", "phone", "fax", "vat_id",
        "uber_login", "uber_pass", "ip_address", "default_renew", "invoice_delivery", "msa", "coupon",
        "payment_type", "billing_info_id", "preauth_fail_error", "paypal_token",
        "cc_token", "cc_type", "cc_num", "cc_exp", "cc_expire", "cc_exp_mo", "cc_exp_yr", "cc_first", "cc_last",
        "cc_address", "cc_city", "cc_state", "cc_province", "cc_zip", "cc_country", "cc_phone", "ach_token", "ach_acct",
        "ach_aba", "ach_type", "ach_bank", "ach_mandate", "mandate",
    }
)  # fmt: skip
_MEANT_IN_PACK = frozenset(pack_keys.MEANT)
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
        if _is_flat(key):
            text = f"{_NESTS} in a form info[pack1][plan_id]=1; send it empty to take it off"
            yield Problem(f"info.{key[:_LONGEST_NAMED]}", text)
        elif not is_pack(key) and _is_like_a_pack(key, value):
            text = "is no pack: packs are pack1 to pack999, written so; send it empty to take it off"
            yield Problem(f"info.{key[:_LONGEST_NAMED]}", text)
        elif isinstance(value, Mapping) and is_pack(key):
            yield from _misspelt(value, f"info.{key}.", pack_keys.MEANT)
            yield from _flat_in_pack(value, f"info.{key}.")
    yield from _misspelt(info, "info.", MEANT)


def _flat_in_pack(pack: Mapping[str, Any], where: str) -> Iterator[Problem]:
    for key, value in pack.items():
        nested = _head(key) in _by_letters(_MEANT_IN_PACK)
        if (nested or _OPTION.fullmatch(_letters(key))) and value not in ("", None):
            text = f"{_NESTS} such as options: {{31: 101}}; send it empty to take it off"
            yield Problem(f"{where}{key[:_LONGEST_NAMED]}", text)


def _is_flat(key: str) -> bool:
    """Whether it is a key with a meaning, or a pack, with the name of something in it behind it."""
    head, in_pack = _head(key), _OF_A_PACK.fullmatch(_letters(key))
    if in_pack and in_pack[1] in _by_letters(_MEANT_IN_PACK):
        return True
    return head in _by_letters(MEANT) or (_LIKE_A_PACK.fullmatch(head) is not None and head[-1:].isdecimal())


def _head(key: str) -> str:
    """The letters of what something is nested in; empty: nothing is."""
    found = _NESTED.fullmatch(unicodedata.normalize("NFKC", key).casefold())
    return _letters(found[1]) if found else ""


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
