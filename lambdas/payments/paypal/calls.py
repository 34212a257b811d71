"""Calls PayPal's REST API, with an access token that is bought with the key that is valid now. A call is asked once.

A line of the secret is `<client id>:<client secret>`, or `sandbox:<client id>:<client secret>` for PayPal's own sandbox. So keys
and address cannot be mixed up.
"""

import json
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from lambdas.payments.gateway import GatewayRefusedUsError, GatewayUnavailableError, OutcomeUnknownError
from lambdas.payments.paypal.outcomes import TokenRefusedError, failure
from lambdas.runtime.provider_keys import Keys

if TYPE_CHECKING:
    from urllib3 import BaseHTTPResponse, PoolManager

PROVIDER = "paypal"  # its name in `Keys`
LIVE, SANDBOX = "https://api-m.paypal.com", "https://api-m.sandbox.paypal.com"
CONNECT_SECONDS, ANSWER_SECONDS = 3, 10  # twice for a call without a token: below a door's 29 seconds and a claim's 45
_SPARE_SECONDS = 120  # of a token's life
_NO_ANSWER = "the payment provider gave no answer that decides the payment"
_NOT_REACHED = "the payment provider cannot be reached"
_NO_KEY = "the payment provider does not accept the key of this installation"


@dataclass(frozen=True)
class _Token:
    secret: str
    text: str
    ends_at: float


class PayPalCalls:
    """`address`: of the API, for another than PayPal's own. `now`: Unix seconds."""

    def __init__(self, keys: Keys, address: str = "", now: Callable[[], float] = time.time) -> None:
        self._keys, self._address, self._now = keys, address, now
        self._known: _Token | None = None
        self._pool: PoolManager | None = None

    def ask(self, method: str, path: str, body: Any = None, *, key: str = "") -> dict[str, Any]:
        """The answer to one call. `key`: PayPal-Request-Id. Raises the port's errors, and those of outcomes.py."""
        if not self._keys.knows(PROVIDER):
            raise GatewayRefusedUsError("this function has no key of the payment provider")
        try:
            try:
                return self._ask_once(method, path, body, key)
            except TokenRefusedError:  # It lapsed, or the key may have been replaced: nothing was done with this one.
                self._keys.forget(PROVIDER)
                self._known = None
                return self._ask_once(method, path, body, key)
        except TokenRefusedError:
            raise GatewayRefusedUsError(_NO_KEY) from None

    def _ask_once(self, method: str, path: str, body: Any, key: str) -> dict[str, Any]:
        secret = self._read_key()
        headers = {
            "Authorization": f"Bearer {self._token(secret)}",
            "Content-Type": "application/json",
            "Prefer": "return=representation",
            **({"PayPal-Request-Id": key} if key else {}),
        }
        sent = None if body is None else json.dumps(body).encode()
        answer = self._send(method, f"{self._address_of(secret)}{path}", headers, sent)
        read = _read(answer)
        if not 200 <= answer.status < 300:
            raise failure(answer.status, read or {})
        if read is None:
            raise OutcomeUnknownError(_NO_ANSWER)
        return read

    def _token(self, secret: str) -> str:
        """The access token; a new one if there is none, if it ends soon, or if it is of another key."""
        known = self._known
        if known is None or known.secret != secret or known.ends_at < self._now():
            known = self._known = self._buy_token(secret)
        return known.text

    def _buy_token(self, secret: str) -> _Token:
        """No call of ours was made yet, so nothing moved if there is no token."""
        import urllib3

        named = urllib3.make_headers(basic_auth=secret.removeprefix("sandbox:"))
        headers = {**named, "Content-Type": "application/x-www-form-urlencoded"}
        try:
            answer = self._send(
                "POST", f"{self._address_of(secret)}/v1/oauth2/token", headers, b"grant_type=client_credentials"
            )
        except OutcomeUnknownError:
            raise GatewayUnavailableError(_NOT_REACHED) from None
        if answer.status in (400, 401, 403):
            raise TokenRefusedError
        read = _read(answer) or {}
        if answer.status != 200 or not read.get("access_token"):
            raise GatewayUnavailableError(_NOT_REACHED)
        ends_at = self._now() + int(read.get("expires_in") or 0) - _SPARE_SECONDS
        return _Token(secret, str(read["access_token"]), ends_at)

    def _send(self, method: str, url: str, headers: Mapping[str, str], body: bytes | None) -> "BaseHTTPResponse":
        import urllib3  # Comes with the Lambda runtime.

        self._pool = self._pool or urllib3.PoolManager(
            retries=False, timeout=urllib3.Timeout(connect=CONNECT_SECONDS, read=ANSWER_SECONDS)
        )
        try:
            return self._pool.request(method, url, headers=headers, body=body, redirect=False)
        except (urllib3.exceptions.NewConnectionError, urllib3.exceptions.ConnectTimeoutError):
            raise GatewayUnavailableError(_NOT_REACHED) from None
        except urllib3.exceptions.HTTPError:
            raise OutcomeUnknownError(_NO_ANSWER) from None

    def _address_of(self, secret: str) -> str:
        return self._address or (SANDBOX if secret.startswith("sandbox:") else LIVE)

    def _read_key(self) -> str:
        """The first key of the secret. Nothing was asked of PayPal yet, so nothing moved if it cannot be read."""
        from botocore.exceptions import BotoCoreError, ClientError

        try:
            found = self._keys.of(PROVIDER)
        except (BotoCoreError, ClientError):
            raise GatewayUnavailableError("the key of the payment provider could not be read") from None
        if not found:
            raise GatewayRefusedUsError("the secret with the payment provider's key is empty")
        return found[0]


def _read(answer: "BaseHTTPResponse") -> dict[str, Any] | None:
    """The answer's JSON object, empty if it has no body; None if it cannot be read."""
    if not answer.data:
        return {}
    try:
        read = json.loads(answer.data)
    except ValueError:
        return None
    return read if isinstance(read, dict) else None
