"""Verifies the sender of a webhook before any of it is read. Comparisons take constant time.

DocuSign Connect signs the raw body: base64 of HMAC-SHA256, one header per key, any of which may be ours
(https://developers.docusign.com/platform/webhooks/connect/hmac/). Others sign `<t>.<body>`, which also says how old it is.
"""

import base64
import re
from collections.abc import Mapping, Sequence

from lambdas.runtime.timed_signatures import any_equal, hmac_of, is_signed

_DOCUSIGN_HEADER = re.compile(r"x-docusign-signature-[1-9][0-9]?")


def is_signed_by_docusign(headers: Mapping[str, str], body: bytes, keys: Sequence[str]) -> bool:
    """Whether DocuSign signed the body with one of the keys, used as DocuSign shows them. Header names are in lower case."""
    given = [value.strip() for name, value in headers.items() if _DOCUSIGN_HEADER.fullmatch(name)]
    return any_equal(given, [base64.b64encode(hmac_of(key, body)).decode() for key in keys])


def is_signed_with_time(headers: Mapping[str, str], body: bytes, keys: Sequence[str], now: int) -> bool:
    """Whether `X-Signature: t=<Unix seconds>,v1=<hexadecimal>[,v1=...]` fits, at most five minutes old or ahead."""
    return is_signed(headers.get("x-signature", ""), body, keys, now)
