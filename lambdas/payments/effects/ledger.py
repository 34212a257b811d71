"""The ledger's items in the record table. No item of a call is ever changed: the call is one item, its outcome another.

The call is written before the gateway is asked, under what it is for. A process that dies in between leaves a call without an
outcome. The outcome is written afterwards, under the day of its call, so a day can be listed (`on_day`). Together they cost as
much as one item that is written twice. Look-ups move nothing, and those of one payment share an item.
"""

import secrets
import zlib
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import count

from lambdas.payments.effects.effect import Answered, Effect, LookUp, Outcome, Payment, subject_of
from lambdas.records.table import RecordTable
from lambdas.runtime.items import to_item, to_value

SHARDS = 8  # of a day: one partition takes 1,000 writes a second
_CALL, _LOOK_UP = "call#", "look_up#"
_turns = count()  # Calls of one process in one millisecond stay in their order.


@dataclass(frozen=True)
class Entry:
    """A call that was written down. Its outcome belongs under `pk`, `sk`."""

    effect: Effect
    pk: str
    sk: str


@dataclass(frozen=True)
class EffectLedger:
    """Each method raises the store's own errors."""

    records: RecordTable

    def open(self, effect: Effect, *, at: float) -> Entry:
        """Write the call down, before it is made. `at`: Unix seconds with their fraction."""
        subject, day = subject_of(effect.key), datetime.fromtimestamp(at, UTC).strftime("%Y-%m-%d")
        sk = f"{_CALL}{int(at * 1000):014d}#{next(_turns) % 1_000_000:06d}#{secrets.token_hex(4)}"
        entry = Entry(effect, _day_pk(day, zlib.crc32(subject.encode()) % SHARDS), sk)
        asked = effect.model_dump(exclude_defaults=True)
        self.records.put_new({"pk": _pk(subject), "sk": sk, "outcome_pk": entry.pk, **asked})
        return entry

    def close(self, entry: Entry, outcome: Outcome, payment: Payment | None, *, at: float) -> None:
        """Write down what came of the call."""
        answer = {"outcome": outcome, "answered_at": int(at), "payment": payment.model_dump() if payment else None}
        call = {"key": entry.effect.key, "kind": entry.effect.kind}
        self.records.put_new({"pk": entry.pk, "sk": entry.sk, **call, **answer})

    def note_look_up(self, found: LookUp) -> None:
        """Count a look-up of the payment, and keep its answer. One without an answer leaves the answer before. `found.times` is
        not used.
        """
        unanswered = {"answered_at", "is_there", "payment"} if found.answered_at is None else set()
        answer = found.model_dump(exclude={"times", *unanswered})
        names = {f"#{name}": name for name in (*answer, "times")}
        self.records.client.update_item(
            TableName=self.records.name,
            Key=to_item({"pk": _pk(subject_of(found.key)), "sk": f"{_LOOK_UP}{found.key}"}),
            UpdateExpression="SET " + ", ".join(f"#{name} = :{name}" for name in answer) + " ADD #times :one",
            ExpressionAttributeNames=names,
            ExpressionAttributeValues={":one": to_value(1)}
            | {f":{name}": to_value(each) for name, each in answer.items()},
        )

    def of(self, subjects: Iterable[str]) -> tuple[Effect, ...]:
        """All calls for these subjects, the earliest first, each with its outcome. `subjects`: see subject_of."""
        asked = [item for each in dict.fromkeys(subjects) for item in self.records.query(_pk(each), _CALL)]
        tries, found = Counter[tuple[str, str]](), list[Effect]()
        for item in sorted(asked, key=lambda each: str(each["sk"])):
            call = str(item["kind"]), str(item["key"])
            tries[call] += 1
            outcome = self.records.get(str(item["outcome_pk"]), str(item["sk"])) or {}
            found.append(Effect.model_validate({**item, **outcome, "try_number": tries[call]}))
        return tuple(found)

    def look_ups(self, subjects: Iterable[str]) -> tuple[LookUp, ...]:
        """The look-ups of these subjects' payments."""
        items = [item for each in dict.fromkeys(subjects) for item in self.records.query(_pk(each), _LOOK_UP)]
        return tuple(LookUp.model_validate(item) for item in items)

    def on_day(self, day: str) -> Iterator[Answered]:
        """The outcomes of all calls of this day (YYYY-MM-DD, UTC)."""
        for shard in range(SHARDS):
            yield from map(Answered.model_validate, self.records.query(_day_pk(day, shard), _CALL))


def _pk(subject: str) -> str:
    return f"effects#{subject}"


def _day_pk(day: str, shard: int) -> str:
    return f"effects_of#{day}#{shard}"
