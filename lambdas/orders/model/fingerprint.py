"""The fingerprint of an order. It tells orders of the same number apart: a restored table gives numbers a second time."""

import hashlib

_DIGITS = 12


def fingerprint(hash: str) -> str:
    """Of an order's hash, which opens the order and is therefore not shown itself."""
    return hashlib.sha256(f"order {hash}".encode()).hexdigest()[:_DIGITS]
