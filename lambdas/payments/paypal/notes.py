"""Which order at PayPal was made under which key of ours. It is noted before money can move, so a look-up finds the payment.

A renewal is noted too, before it is asked for. A payment that is given up stays so: nobody asks for its money any more, even if
its payer approves it later.
"""

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

from lambdas.payments.gateway import GatewayUnavailableError
from lambdas.records.table import RecordTable
from lambdas.runtime.items import to_item
from lambdas.runtime.models import Frozen

_SORT_KEY = "payment"
_SEEN = "seen"
_TRIES = 5
_NOTHING: Mapping[str, Any] = MappingProxyType({})


class Note(Frozen):
    """`order`: PayPal's order. `url`: where its payer approves it. `begun_at`, `asked_at`: Unix seconds, of the order and of the
    first call for its money.

    `renews`: the authorization that this one takes the place of; empty for the first. `authorization`: its own, once it is known.
    `renewed_by`: the key of the renewal. `disputes`: ids, of those whose events came, the earliest first.
    """

    key: str
    order: str
    amount_cents: int
    currency: str
    order_id: str
    begun_at: int
    url: str = ""
    asked_at: int | None = None
    is_given_up: bool = False
    renews: str = ""
    authorization: str = ""
    renewed_by: str = ""
    disputes: tuple[str, ...] = ()


@dataclass(frozen=True)
class Notes:
    records: RecordTable

    @property
    def installation(self) -> str:
        """The mark of this installation's payments: another one may have the same account at PayPal."""
        return hashlib.sha256(self.records.name.encode()).hexdigest()[:12]

    def find(self, key: str) -> Note | None:
        found = self.records.get(_partition_key(key), _SORT_KEY)
        return Note.model_validate(found) if found else None

    def add(self, note: Note, day: str) -> Note:
        """Note it, and return the noted one: another process may have been first. What is noted is listed under its day."""
        listed = {"pk": _day_key(day), "sk": f"{_SORT_KEY}#{note.key}", "key": note.key}
        self.records.client.put_item(TableName=self.records.name, Item=to_item(listed))
        record = {"pk": _partition_key(note.key), "sk": _SORT_KEY, **note.model_dump(exclude_defaults=True)}
        return note if self.records.put_new(record) else self.find(note.key) or note

    def list_of(self, day: str) -> Iterator[Note]:
        for listed in self.records.query(_day_key(day), f"{_SORT_KEY}#"):
            if note := self.find(str(listed["key"])):
                yield note

    def ask(self, note: Note, at: int) -> bool:
        """Note that its money is asked for. False if it was given up."""
        return self._change(note.key, "attribute_not_exists(is_given_up)", asked_at=at)

    def give_up(self, note: Note) -> None:
        self._change(note.key, "attribute_exists(pk)", is_given_up=True)

    def name_authorization(self, note: Note, authorization: str) -> None:
        self._change(note.key, "attribute_exists(pk)", authorization=authorization)

    def note_dispute(self, note: Note, dispute: str) -> Note:
        """Note that it is disputed, and return it with the dispute. May be repeated, by several at once."""
        for _ in range(_TRIES):
            if dispute in note.disputes:
                return note
            condition = f"disputes = :{_SEEN}" if note.disputes else "attribute_not_exists(disputes)"
            seen = {_SEEN: note.disputes} if note.disputes else {}
            self._change(note.key, condition, seen, disputes=(*note.disputes, dispute))
            note = self.find(note.key) or note
        raise GatewayUnavailableError("the dispute could not be noted: others note disputes of the payment")

    def begin_renewal(self, old: Note, key: str) -> bool:
        """Note which key renews it. False if another one does."""
        return self._change(old.key, "attribute_not_exists(renewed_by) OR renewed_by = :renewed_by", renewed_by=key)

    def _change(self, key: str, condition: str, seen: Mapping[str, Any] = _NOTHING, **changes: Any) -> bool:
        """`seen`: values of the condition that are not written."""
        client = self.records.client
        try:
            client.update_item(
                TableName=self.records.name,
                Key=to_item({"pk": _partition_key(key), "sk": _SORT_KEY}),
                UpdateExpression="SET " + ", ".join(f"#{name} = :{name}" for name in changes),
                ConditionExpression=f"attribute_exists(pk) AND ({condition})",
                ExpressionAttributeNames={f"#{name}": name for name in changes},
                ExpressionAttributeValues=to_item(
                    {f":{name}": value for name, value in (*changes.items(), *seen.items())}
                ),
            )
        except client.exceptions.ConditionalCheckFailedException:
            return False
        return True


def _partition_key(key: str) -> str:
    return f"paypal#{hashlib.sha256(key.encode()).hexdigest()[:32]}"


def _day_key(day: str) -> str:
    return f"paypal#day#{day}"
