"""The gateway that a payment's key names. All keys that are made of it name the same one."""

import re

_NAMED = re.compile(r"@([a-z][a-z0-9_]*)(?=:|\Z)")


def key_at(key: str, gateway: str) -> str:
    """The key, naming this gateway. Empty: the one gateway that the stage has."""
    return f"{key}@{gateway}" if gateway else key


def gateway_of(key: str) -> str:
    """The gateway that the key names; empty if it was begun when the stage had only one."""
    found = _NAMED.search(key)
    return found[1] if found else ""
