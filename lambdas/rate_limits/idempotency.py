"""Idempotency keys: a repeated request gets the first answer, even while the first still runs.

Another request under the same key is refused.

There is one item per key. One conditional write claims it, and also returns the item that is there already. A claim lapses once
its process must have died. Then the request runs again, so the request must be repeatable. Answers are stored compressed. A large
one is stored in parts, which are written before the item that counts them.

Source of the rules: https://datatracker.ietf.org/doc/draft-ietf-httpapi-idempotency-key-header/
"""

import hashlib
import json
import secrets
import time
import zlib
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from lambdas.runtime.aws import guard_dynamodb
from lambdas.runtime.items import from_item, to_item

if TYPE_CHECKING:
    from mypy_boto3_dynamodb.client import DynamoDBClient

KEPT_SECONDS = 30 * 86_400
CLAIM_SECONDS = 45  # longer than a door's Lambda may run, so that a lapsed claim has no process behind it
WAIT_SECONDS = 8.0  # with all that comes after it, less than a door's Lambda may run
PART_BYTES = 350_000  # DynamoDB takes 400 KB an item
_SK = "repeat"
_FIRST_PAUSE_SECONDS, _LONGEST_PAUSE_SECONDS, _GROWTH = 0.05, 0.5, 1.5


class KeyTakenError(Exception):
    """The key belongs to another request. `named`: the name of that request."""

    def __init__(self, named: str) -> None:
        super().__init__(named)
        self.named = named


class StillRunningError(Exception):
    """The first request under this key has not ended yet."""


@dataclass(frozen=True)
class Claim:
    """The right to run the request. Its holder must call `store_answer` or `release`."""

    pk: str
    claim: str


@dataclass(frozen=True)
class StoredAnswer:
    """The answer to the first request."""

    answer: str


class IdempotencyKeys:
    """Claims and answers in the guard table. `now` gives Unix seconds; `clock` and `sleep` time the wait."""

    def __init__(
        self,
        table: str,
        now: Callable[[], int],
        client: "DynamoDBClient | None" = None,
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self._table = table
        self._client = client or guard_dynamodb()
        self._now, self._clock, self._sleep = now, clock, sleep

    def claim(self, caller: str, key: str, *, content: str, named: str) -> Claim | StoredAnswer:
        """Claim the request, or wait for the answer of the caller who claimed it.

        `content`: a hash of the whole request. `named`: a name for it in refusals. Raises KeyTakenError or StillRunningError.
        """
        claim = Claim(_pk(caller, key), secrets.token_hex(8))
        gives_up_at, pause = self._clock() + WAIT_SECONDS, _FIRST_PAUSE_SECONDS
        while True:
            found = self._claim(claim, content, named)
            if found is None:
                return claim
            if found["content"] != content:
                raise KeyTakenError(str(found["named"]))
            if "answer" in found:
                return StoredAnswer(self._answer(found))
            if self._clock() + pause > gives_up_at:
                raise StillRunningError
            self._sleep(pause)
            pause = min(pause * _GROWTH, _LONGEST_PAUSE_SECONDS)

    def store_answer(self, claim: Claim, answer: str) -> bool:
        """Store the answer. Return False if the claim lapsed and another caller has it: their answer is stored instead."""
        packed = zlib.compress(answer.encode())
        parts = [packed[start : start + PART_BYTES] for start in range(0, len(packed), PART_BYTES)]
        expires_at = self._now() + KEPT_SECONDS
        for number, part in enumerate(parts[1:], 1):
            item = {"pk": claim.pk, "sk": _part(claim.claim, number), "answer": part, "expires_at": expires_at}
            self._client.put_item(TableName=self._table, Item=to_item(item))
        values = {":answer": parts[0], ":parts": len(parts), ":expires": expires_at}
        return self._settle(claim, "SET answer = :answer, parts = :parts, expires_at = :expires", values)

    def release(self, claim: Claim) -> None:
        """Store no answer: the same request may run again at once. The key stays with that request."""
        self._settle(claim, "SET claim_ends_at = :never", {":never": 0})

    def _claim(self, claim: Claim, content: str, named: str) -> dict[str, Any] | None:
        """Return None if the key is ours now, else the item that is there."""
        now = self._now()
        item = {
            "pk": claim.pk,
            "sk": _SK,
            "content": content,
            "named": named,
            "claim": claim.claim,
            "claim_ends_at": now + CLAIM_SECONDS,
            "expires_at": now + KEPT_SECONDS,
        }
        try:
            self._client.put_item(
                TableName=self._table,
                Item=to_item(item),
                ConditionExpression=_FREE,
                ExpressionAttributeValues=to_item({":content": content, ":now": now}),
                ReturnValuesOnConditionCheckFailure="ALL_OLD",
            )
        except self._client.exceptions.ConditionalCheckFailedException as error:
            there: Any = error.response
            return from_item(there["Item"])
        return None

    def _settle(self, claim: Claim, update: str, values: dict[str, Any]) -> bool:
        try:
            self._client.update_item(
                TableName=self._table,
                Key=to_item({"pk": claim.pk, "sk": _SK}),
                UpdateExpression=update,
                ConditionExpression="claim = :claim AND attribute_not_exists(answer)",
                ExpressionAttributeValues=to_item({**values, ":claim": claim.claim}),
            )
        except self._client.exceptions.ConditionalCheckFailedException:
            return False
        return True

    def _answer(self, found: dict[str, Any]) -> str:
        packed = bytes(found["answer"])
        for number in range(1, found["parts"]):
            key = to_item({"pk": found["pk"], "sk": _part(found["claim"], number)})
            part = self._client.get_item(TableName=self._table, Key=key, ConsistentRead=True)
            packed += bytes(from_item(part["Item"])["answer"])
        return zlib.decompress(packed).decode()


# No item, an expired item, or the same request whose process died or released its claim.
_FREE = (
    "attribute_not_exists(pk) OR expires_at < :now"
    " OR (content = :content AND attribute_not_exists(answer) AND claim_ends_at < :now)"
)


def _pk(caller: str, key: str) -> str:
    return f"repeat#{hashlib.sha256(json.dumps([caller, key]).encode()).hexdigest()}"


def _part(claim: str, number: int) -> str:
    return f"{_SK}#{claim}#{number}"
