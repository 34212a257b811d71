"""Signs values of the pages with a secret that only their function reads. A program can keep a cookie, but sign nothing.

Two keys are valid at a time: the secret's current value and the previous one. So a new key interrupts nobody.
"""

import base64
import hashlib
import hmac
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, Protocol

from botocore.exceptions import BotoCoreError, ClientError

from lambdas.runtime.aws import secrets_manager
from lambdas.runtime.telemetry import log_unexpected

KEPT_SECONDS, LOOKED_AGAIN_SECONDS = 300, 60


class Keys(Protocol):
    def current(self) -> bytes: ...

    def others(self) -> Iterator[bytes]:
        """Further keys that may have signed a value."""
        ...


class SecretKeys:
    """The keys of a secret in Secrets Manager, fetched when first needed and again every five minutes.

    If another process may have signed with a newer key, the secret is read again, at most once a minute.
    """

    def __init__(self, arn: str, client: Any = None, now: Callable[[], float] = time.monotonic) -> None:
        self._arn, self._client, self._now = arn, client, now
        self._current, self._before = b"", b""
        self._fetched_at = self._looked_at = 0.0

    def current(self) -> bytes:
        if not self._current or self._now() - self._fetched_at > KEPT_SECONDS:
            self._fetch()
        return self._current

    def others(self) -> Iterator[bytes]:
        if not self._looked_at or self._now() - self._looked_at > LOOKED_AGAIN_SECONDS:
            self._looked_at = self._now()
            self._fetch(before=True)
        yield from (key for key in (self._current, self._before) if key)

    def _fetch(self, *, before: bool = False) -> None:
        """Read the keys. If Secrets Manager does not answer, keep the known ones, or raise if there are none."""
        try:
            self._current = self._value("AWSCURRENT")
            self._before = self._value("AWSPREVIOUS") if before else self._before
        except (BotoCoreError, ClientError) as error:
            if not self._current:
                raise
            log_unexpected("the key of the forms could not be fetched again", error)
        self._fetched_at = self._now()

    def _value(self, label: str) -> bytes:
        client = self._client or secrets_manager()
        try:
            found = client.get_secret_value(SecretId=self._arn, VersionStage=label)
        except client.exceptions.ResourceNotFoundException:
            if label == "AWSPREVIOUS":
                return b""  # there never was another
            raise
        return str(found["SecretString"]).encode()


@dataclass(frozen=True)
class Signer:
    keys: Keys

    def sign(self, text: str) -> str:
        return _signed(self.keys.current(), text)

    def is_signed(self, text: str, stated: str) -> bool:
        if hmac.compare_digest(self.sign(text).encode(), stated.encode()):
            return True
        return any(hmac.compare_digest(_signed(key, text).encode(), stated.encode()) for key in self.keys.others())


def _signed(key: bytes, text: str) -> str:
    digest = hmac.digest(key, text.encode(), hashlib.sha256)
    return base64.urlsafe_b64encode(digest).decode().rstrip("=")
