"""What the pages sign, under a secret that only their function reads: a program can keep a cookie, and sign nothing.

Two keys are good at a time, the secret's current value and the one before, so that a new one puts nobody out who fills a form.
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
        """Further ones that may have signed what `current` did not."""
        ...


class SecretKeys:
    """Of a secret of Secrets Manager, fetched when first needed and again every five minutes.

    Where another process signed with a key that is newer, it is looked for again, at most once a minute.
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
        """Keeps what it has where Secrets Manager does not answer; without any it raises."""
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

    def is_signed(self, text: str, said: str) -> bool:
        if hmac.compare_digest(self.sign(text).encode(), said.encode()):
            return True
        return any(hmac.compare_digest(_signed(key, text).encode(), said.encode()) for key in self.keys.others())


def _signed(key: bytes, text: str) -> str:
    digest = hmac.digest(key, text.encode(), hashlib.sha256)
    return base64.urlsafe_b64encode(digest).decode().rstrip("=")
