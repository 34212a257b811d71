"""The reference of an order, such as `K7M-XQ4-TPF`, by which buyers know it. Its number would tell how many orders there are.

It follows from the order's hash, so it is stored nowhere. Of a million orders, two may share one. It opens nothing.
"""

import hashlib
import re

# No vowels, so no words, and no two signs that look or sound alike. The first one is a letter, so it is no number.
_LETTERS, _SIGNS = "CDFGHJKMNPQRTVWXY", "346789CDFGHJKMNPQRTVWXY"
_GROUP = 3
_COUNT = 3 * _GROUP
_TYPED = re.compile(f"[{_LETTERS}][{_SIGNS}]{{{_COUNT - 1}}}")


def reference_of(hash: str) -> str:
    """Of an order's hash, in groups."""
    number = int.from_bytes(hashlib.sha256(f"reference {hash}".encode()).digest())
    number, at = divmod(number, len(_LETTERS))
    signs = _LETTERS[at]
    for _ in range(_COUNT - 1):
        number, at = divmod(number, len(_SIGNS))
        signs += _SIGNS[at]
    return "-".join(signs[at : at + _GROUP] for at in range(0, _COUNT, _GROUP))


def bare_reference(text: str) -> str:
    """A reference that somebody typed, without its groups and in capitals; empty if the text is none."""
    signs = text.replace("-", "").upper()
    return signs if _TYPED.fullmatch(signs) else ""
