"""The same request sent again gets the first answer, also while the first still runs; another request under its key is refused.

One item per key. It is claimed by one conditional write, which also brings what is there. A claim lapses when the process
behind it must have died; then the request runs again, so what runs here has to be repeatable. Answers are kept compressed;
one that is larger than an item is kept in parts, written before the item that counts them.

Source of the rules: https://datatracker.ietf.org/doc/draft-ietf-httpapi-idempotency-key-header/ and reference
order-systems P11, 4.3.
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


class KeyReused(Exception):
    """The key belongs to another request; `named` is what that one was."""

    def __init__(self, named: str) -> None:
        super().__init__(named)
        self.named = named


class StillRunning(Exception):
    """The first request under this key has not ended yet."""


@dataclass(frozen=True)
class Claim:
    """The right to run the request; whoever has it must `keep` an answer or `let_go`."""

    pk: str
    claim: str


@dataclass(frozen=True)
class Kept:
    """The answer that the first request got."""

    answer: str


class Repeats:
    """Claims and answers in the guard table. `now` gives Unix seconds; `clock` and `sleep` measure the wait."""

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

    def begin(self, caller: str, key: str, *, content: str, named: str) -> Claim | Kept:
        """Claim the request, or wait for the answer of whoever has it.

        `content`: hash of the whole request. `named`: what to call it. Raises KeyReused or StillRunning.
        """
        claim = Claim(_pk(caller, key), secrets.token_hex(8))
        gives_up_at, pause = self._clock() + WAIT_SECONDS, _FIRST_PAUSE_SECONDS
        while True:
            found = self._claim(claim, content, named)
            if found is None:
                return claim
            if found["content"] != content:
                raise KeyReused(str(found["named"]))
            if "answer" in found:
                return Kept(self._answer(found))
            if self._clock() + pause > gives_up_at:
                raise StillRunning
            self._sleep(pause)
            pause = min(pause * _GROWTH, _LONGEST_PAUSE_SECONDS)

    def keep(self, claim: Claim, answer: str) -> bool:
        """False if the claim lapsed and somebody else has it: then theirs is the answer that is kept."""
        packed = zlib.compress(answer.encode())
        parts = [packed[start : start + PART_BYTES] for start in range(0, len(packed), PART_BYTES)]
        expires_at = self._now() + KEPT_SECONDS
        for number, part in enumerate(parts[1:], 1):
            item = {"pk": claim.pk, "sk": _part(claim.claim, number), "answer": part, "expires_at": expires_at}
            self._client.put_item(TableName=self._table, Item=to_item(item))
        values = {":answer": parts[0], ":parts": len(parts), ":expires": expires_at}
        return self._settle(claim, "SET answer = :answer, parts = :parts, expires_at = :expires", values)

    def let_go(self, claim: Claim) -> None:
        """No answer is kept: the same request may run again at once. The key stays that request's."""
        self._settle(claim, "SET claim_ends_at = :never", {":never": 0})

    def _claim(self, claim: Claim, content: str, named: str) -> dict[str, Any] | None:
        """None if it is ours now, else what is there."""
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


# Nothing there, nothing that still holds, or the same request whose process died or let go.
_FREE = (
    "attribute_not_exists(pk) OR expires_at < :now"
    " OR (content = :content AND attribute_not_exists(answer) AND claim_ends_at < :now)"
)


def _pk(caller: str, key: str) -> str:
    return f"repeat#{hashlib.sha256(json.dumps([caller, key]).encode()).hexdigest()}"


def _part(claim: str, number: int) -> str:
    return f"{_SK}#{claim}#{number}"
