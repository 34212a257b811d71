"""HTTP Basic with user and token, as Ubersmith's clients send it (docs/reference/ubersmith.md)."""

import base64
import binascii

from lambdas.access.caller_limits import CallerLimits
from lambdas.api.auth.errors import NotLoggedInError
from lambdas.api.http.call import HttpCall
from lambdas.rate_limits.sources import source_of
from lambdas.records.users.api_user import ApiUser, ApiUserRecords
from lambdas.runtime.telemetry import logger

_MAX_CREDENTIALS = 1_024


def log_in(http: HttpCall, users: ApiUserRecords, limits: CallerLimits, now: int) -> ApiUser:
    """Return the user who calls. Raises NotLoggedInError, the same for every reason, or TooManyLoginsError.

    A call without credentials is no failed login: some clients send them only after a challenge.
    """
    header = http.headers.get("authorization", "")
    if not header:
        raise NotLoggedInError
    name, token = _credentials(header)
    source = source_of(http.source)
    user = limits.logins.log_in(name, source=source, look=lambda: users.verified(name, token, now), secret=token)
    if user is None:
        # The name that was sent may be a token or an address, so only a known name is logged.
        known = users.find(name) is not None
        logger.warning("login failed", user=name if known else "", request_id=http.request_id)
        raise NotLoggedInError
    return user


def _credentials(header: str) -> tuple[str, str]:
    """Name and token. Both are empty if the header is malformed, so that the refusal takes the same path."""
    scheme, _, encoded = header.partition(" ")
    if scheme.lower() != "basic" or len(encoded) > _MAX_CREDENTIALS:
        return "", ""
    try:
        name, _, token = base64.b64decode(encoded.strip(), validate=True).decode().partition(":")
    except (binascii.Error, UnicodeDecodeError):
        return "", ""
    return name, token
