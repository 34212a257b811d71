"""An `Idempotency-Key` of one caller. Every repeat gets what the key made first."""

import hashlib
import json
from typing import Any

from lambdas.records.table import RecordTable
from lambdas.runtime.models import Frozen

KEPT_SECONDS = 30 * 86_400


class RequestKeyUsedError(Exception):
    """The key made a record from other content before. `made`: its id."""

    def __init__(self, made: str) -> None:
        super().__init__("the key was used before")
        self.made = made


class RequestKey(Frozen):
    """`content_hash` tells a repeat from another request. `expires_at`: Unix seconds after which the store may forget it."""

    pk: str
    content_hash: str
    expires_at: int

    @classmethod
    def of(cls, caller: str, value: str, method: str, content: dict[str, Any], now: int) -> "RequestKey":
        return cls(
            pk=f"request#{_digest([caller, value])}",
            content_hash=_digest([method, content]),
            expires_at=now + KEPT_SECONDS,
        )

    def guard(self, made: str) -> dict[str, Any]:
        """The record of the key, for the transaction that makes `made`."""
        return {**self.model_dump(), "sk": "request", "made": made}

    def find_made(self, table: RecordTable) -> str | None:
        """The id of what the key made; None if nothing. Raises RequestKeyUsedError if that was from other content."""
        found = table.get(self.pk, "request")
        if found is None:
            return None
        if found["content_hash"] != self.content_hash:
            raise RequestKeyUsedError(str(found["made"]))
        return str(found["made"])


def _digest(content: Any) -> str:
    return hashlib.sha256(json.dumps(content, sort_keys=True, default=str).encode()).hexdigest()
