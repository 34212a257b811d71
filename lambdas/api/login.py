"""HTTP Basic with user and token, as Ubersmith's clients send it (reference ubersmith-orders 4.2)."""

import base64
import binascii
from collections.abc import Mapping

from lambdas.api.errors import NotLoggedInError
from lambdas.records.api_user import ApiUser, ApiUserRecords

CHALLENGE = 'Basic realm="order-queues", charset="UTF-8"'
_MAX_CREDENTIALS = 1_024


def login(headers: Mapping[str, str], users: ApiUserRecords, now: int) -> ApiUser:
    """The user who calls. Raises NotLoggedInError, the same for every reason."""
    name, token = _credentials(headers.get("authorization", ""))
    user = users.verified(name, token, now)
    if user is None:
        raise NotLoggedInError
    return user


def _credentials(header: str) -> tuple[str, str]:
    """Name and token; both empty if the header is not what it should be, so that refusing takes the same path."""
    scheme, _, encoded = header.partition(" ")
    if scheme.lower() != "basic" or len(encoded) > _MAX_CREDENTIALS:
        return "", ""
    try:
        name, _, token = base64.b64decode(encoded.strip(), validate=True).decode().partition(":")
    except (binascii.Error, UnicodeDecodeError):
        return "", ""
    return name, token
