"""Which payment intent was made under which key of ours. It is stored before money can move, so a look-up finds the payment."""

import hashlib
from dataclasses import dataclass

from lambdas.records.table import RecordTable

_SORT_KEY = "intent"


@dataclass(frozen=True)
class Intents:
    records: RecordTable

    @property
    def installation(self) -> str:
        """The mark of this installation's payments: another one may have the same account at Stripe."""
        return hashlib.sha256(self.records.name.encode()).hexdigest()[:12]

    def find(self, key: str) -> str:
        """The intent's id; empty if none was noted."""
        found = self.records.get(_partition_key(key), _SORT_KEY)
        return str(found["intent"]) if found else ""

    def note(self, key: str, intent: str, *, instead_of: str = "") -> str:
        """Note the intent of this key, and return the noted one: another process may have been first.

        `instead_of`: an intent that moves no money and is given up.
        """
        record = {"pk": _partition_key(key), "sk": _SORT_KEY, "key": key, "intent": intent}
        if instead_of:
            noted = self.records.put_if("intent = :given_up", record, given_up=instead_of)
        else:
            noted = self.records.put_new(record)
        return intent if noted else self.find(key)


def _partition_key(key: str) -> str:
    return f"stripe#{hashlib.sha256(key.encode()).hexdigest()[:32]}"
