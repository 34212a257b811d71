"""Idempotency keys: the first answer is kept for a day, for one endpoint and the same parameters."""

import hashlib
from dataclasses import dataclass
from typing import Any

from tests.stand_ins.stripe.refusals import Refusal

KEPT_SECONDS = 86_400


@dataclass
class _Known:
    endpoint: str
    digest: str
    first_at: float
    answer: Any = None  # None while the first call under the key is still at work


class Keys:
    """Every method is called under the lock of the books."""

    def __init__(self) -> None:
        self._known: dict[str, _Known] = {}

    def begin(self, key: str, endpoint: str, body: str, at: float) -> Any:
        """The answer that was given under the key; None if the caller is the first, who then ends with `keep` or `forget`."""
        digest = hashlib.sha256(body.encode()).hexdigest()
        known = self._known.get(key)
        if known is None or at - known.first_at >= KEPT_SECONDS:
            self._known[key] = _Known(endpoint, digest, at)
            return None
        if known.endpoint != endpoint:
            raise _misused(f"Keys for idempotent requests can only be used with the same endpoint: '{known.endpoint}'.")
        if known.digest != digest:
            raise _misused("Keys for idempotent requests can only be used with the same parameters as at first.")
        if known.answer is None:
            text = "There is currently another in-progress request using this Idempotent Key."
            raise Refusal(409, "invalid_request_error", text, code="idempotency_key_in_use")
        return known.answer

    def keep(self, key: str, answer: Any) -> None:
        self._known[key].answer = answer

    def forget(self, key: str) -> None:
        self._known.pop(key, None)

    def forget_all(self) -> None:
        """As if a day had passed for the keys alone."""
        self._known.clear()


def _misused(text: str) -> Refusal:
    return Refusal(400, "idempotency_error", text)
