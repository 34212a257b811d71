"""Signatures of webhooks that say how old they are: `t=<Unix seconds>,v1=<hexadecimal>[,v1=...]`, an HMAC-SHA256 of `<t>.<body>`.

While a key is replaced, the sender signs with both, or we know both: any fits. Stripe signs so (https://docs.stripe.com/webhooks),
and so do we.
"""

import hashlib
import hmac
import re
from collections.abc import Sequence

TOLERANCE_SECONDS = 300
_TIME = re.compile(r"[0-9]{1,15}")
_MAX_SIGNATURES = 10


def is_signed(header: str, body: bytes, keys: Sequence[str], now: int) -> bool:
    """Whether one of the keys signed the body, at most five minutes ago or ahead. `now`: Unix seconds."""
    parts = [part.strip().partition("=") for part in header.split(",")]
    times = [value for name, _, value in parts if name == "t"]
    if len(times) != 1 or not _TIME.fullmatch(times[0]) or abs(now - int(times[0])) > TOLERANCE_SECONDS:
        return False
    given = [value.lower() for name, _, value in parts if name == "v1"]
    signed = times[0].encode() + b"." + body
    return any_equal(given, [hmac_of(key, signed).hex() for key in keys])


def any_equal(given: Sequence[str], expected: Sequence[str]) -> bool:
    """Whether any pair is equal. All are compared, so that the time does not reveal the right key or header."""
    found = False
    for one in given[:_MAX_SIGNATURES]:
        for other in expected:
            found |= hmac.compare_digest(one.encode(), other.encode())
    return found


def hmac_of(key: str, content: bytes) -> bytes:
    return hmac.new(key.encode(), content, hashlib.sha256).digest()
