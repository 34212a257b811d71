"""The authorisation code of a domain transfer (`info.packN.auth_code`): a secret, of which an order has a reference alone."""

from collections.abc import Iterator, Mapping
from typing import Any, Protocol

from lambdas.orders.contact.hosts import host
from lambdas.orders.contact.unfit import UnfitError
from lambdas.orders.errors import InvalidOrderError, Problem
from lambdas.orders.model.info import Info, text
from lambdas.orders.parsing.info_keys import is_pack

KEY, KEPT = "auth_code", "kept:"
MOST_CHARACTERS = 255


class KeptCode(str):
    """A reference that was made here. Text that a caller sent never is one, whatever it says."""

    __slots__ = ()


class Codes(Protocol):
    def keep(self, code: str, name: str, *, now: int) -> KeptCode:
        """Keep the code of this domain name, and return the reference to it."""
        ...


class NoCodes:
    """Of a place that can keep none."""

    def keep(self, code: str, name: str, *, now: int) -> KeptCode:
        raise InvalidOrderError((Problem("info", "authorisation codes of transfers are not taken here"),))


def keep_codes(sent: Mapping[str, Any], stored: Mapping[str, Any], codes: Codes, *, now: int) -> Info:
    """`sent`, with references in place of the codes. A reference that the order has already, as it was read, stays.

    Raises InvalidOrderError for what is no code, and if none can be kept.
    """
    info = dict(sent)
    for key, pack in _with_code(sent):
        known = stored.get(key)
        before = known if isinstance(known, Mapping) else {}
        code = _code(key, pack[KEY])
        if code != text(before, KEY):
            info[key] = {**pack, KEY: codes.keep(code, _name(pack) or _name(before), now=now)}
    return info


def without_codes(info: Mapping[str, Any]) -> Info:
    """`info` as far as it can be compared or made a digest of."""
    packs = {key: pack for key, pack in info.items() if is_pack(key) and isinstance(pack, Mapping) and KEY in pack}
    return {**info, **{key: {name: pack[name] for name in pack if name != KEY} for key, pack in packs.items()}}


def _with_code(info: Mapping[str, Any]) -> Iterator[tuple[str, Mapping[str, Any]]]:
    for key, pack in info.items():
        is_stated = is_pack(key) and isinstance(pack, Mapping) and pack.get(KEY) not in (None, "")
        if is_stated and not isinstance(pack[KEY], KeptCode):
            yield key, pack


def _code(key: str, stated: Any) -> str:
    code = str(stated).strip() if isinstance(stated, str | int) and not isinstance(stated, bool) else ""
    if not 0 < len(code) <= MOST_CHARACTERS or not code.isprintable():
        text = f"must be a code of at most {MOST_CHARACTERS} characters that can be printed"
        raise InvalidOrderError((Problem(f"info.{key}.{KEY}", text),))
    return code


def _name(pack: Mapping[str, Any]) -> str:
    """The domain as its registry writes it."""
    try:
        return host(text(pack, "desserv"))
    except UnfitError:
        return ""
