"""HTTP Basic with user and token, as Ubersmith's clients send it (reference ubersmith-orders 4.2)."""

import base64
import binascii
from typing import Any

from lambdas.api.auth.errors import NotLoggedInError
from lambdas.api.auth.guard import Guard
from lambdas.rate_limits.sources import source_of
from lambdas.records.users.api_user import ApiUser, ApiUserRecords
from lambdas.runtime.telemetry import logger

_MAX_CREDENTIALS = 1_024


def login(event: dict[str, Any], users: ApiUserRecords, guard: Guard, now: int) -> ApiUser:
    """The user who calls. Raises NotLoggedInError, the same for every reason, or TooManyLoginsError.

    A call without credentials is no failed login: some clients send them only when they are asked (reference 4.2).
    """
    header = event["headers"].get("authorization", "")
    if not header:
        raise NotLoggedInError
    name, token = _credentials(header)
    source = source_of(event["requestContext"]["http"].get("sourceIp", ""))
    user = guard.log_in(name, source=source, look=lambda: users.verified(name, token, now), secret=token)
    if user is None:
        # What was sent as a name may be a token or an address, so only the name of a user is written down.
        known = users.find(name) is not None
        logger.warning("login failed", user=name if known else "", request_id=event["requestContext"]["requestId"])
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
