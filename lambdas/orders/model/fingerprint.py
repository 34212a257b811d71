"""What tells an order from another one of the same number: after the table was restored, numbers are given a second time."""

import hashlib

_DIGITS = 12


def fingerprint(hash: str) -> str:
    """Of an order's hash, which opens the order and is therefore not shown itself."""
    return hashlib.sha256(f"order {hash}".encode()).hexdigest()[:_DIGITS]
