"""The keys of a provider, one per line of its secret, so that a new key can be added before the old one is removed."""

import time
from collections.abc import Callable, Mapping
from typing import Any

from lambdas.runtime.aws import secrets_manager

KEPT_SECONDS = 300


class Keys:
    """Fetched when first needed, and again when they are older than five minutes. `secrets`: ARN by provider."""

    def __init__(
        self, secrets: Mapping[str, str], client: Any = None, now: Callable[[], float] = time.monotonic
    ) -> None:
        self._secrets, self._client, self._now = secrets, client, now
        self._known: dict[str, tuple[float, tuple[str, ...]]] = {}

    def knows(self, provider: str) -> bool:
        return provider in self._secrets

    def of(self, provider: str) -> tuple[str, ...]:
        fetched_at, keys = self._known.get(provider, (0.0, ()))
        if not keys or self._now() - fetched_at > KEPT_SECONDS:
            client = self._client or secrets_manager()
            text = str(client.get_secret_value(SecretId=self._secrets[provider])["SecretString"])
            keys = tuple(line.strip() for line in text.splitlines() if line.strip())
            self._known[provider] = (self._now(), keys)
        return keys

    def forget(self, provider: str) -> None:
        """Fetch the provider's keys at their next use: it did not accept what is known of them."""
        self._known.pop(provider, None)
