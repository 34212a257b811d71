"""Verifies the sender of a webhook before any of it is read. Comparisons take constant time.

DocuSign Connect signs the raw body: base64 of HMAC-SHA256, one header per key, any of which may be ours
(https://developers.docusign.com/platform/webhooks/connect/hmac/). Others sign `<t>.<body>`, which also says how old it is.
"""

import base64
import hashlib
import hmac
import re
from collections.abc import Mapping, Sequence

TOLERANCE_SECONDS = 300
_DOCUSIGN_HEADER = re.compile(r"x-docusign-signature-[1-9][0-9]?")
_TIME = re.compile(r"[0-9]{1,15}")
_MAX_SIGNATURES = 10


def is_signed_by_docusign(headers: Mapping[str, str], body: bytes, keys: Sequence[str]) -> bool:
    """Whether DocuSign signed the body with one of the keys, used as DocuSign shows them. Header names are in lower case."""
    given = [value.strip() for name, value in headers.items() if _DOCUSIGN_HEADER.fullmatch(name)]
    return _any_equal(given, [base64.b64encode(_hmac(key, body)).decode() for key in keys])


def is_signed_with_time(headers: Mapping[str, str], body: bytes, keys: Sequence[str], now: int) -> bool:
    """Whether `X-Signature: t=<Unix seconds>,v1=<hexadecimal>[,v1=...]` fits, at most five minutes old or ahead."""
    parts = [part.strip().partition("=") for part in headers.get("x-signature", "").split(",")]
    times = [value for name, _, value in parts if name == "t"]
    if len(times) != 1 or not _TIME.fullmatch(times[0]) or abs(now - int(times[0])) > TOLERANCE_SECONDS:
        return False
    given = [value.lower() for name, _, value in parts if name == "v1"]
    signed = times[0].encode() + b"." + body
    return _any_equal(given, [_hmac(key, signed).hex() for key in keys])


def _any_equal(given: Sequence[str], expected: Sequence[str]) -> bool:
    """Whether any pair is equal. All are compared, so that the time does not reveal the right key or header."""
    found = False
    for one in given[:_MAX_SIGNATURES]:
        for other in expected:
            found |= hmac.compare_digest(one.encode(), other.encode())
    return found


def _hmac(key: str, content: bytes) -> bytes:
    return hmac.new(key.encode(), content, hashlib.sha256).digest()
