"""The journal of a table: each write with the item before it, so that the table can be read as of a second."""

import copy
import time
from collections import defaultdict
from dataclasses import dataclass, field
from typing import Any

from ministack.services import dynamodb

from infra.local.engine.settings import SETTINGS

Json = dict[str, Any]
LONGEST_DAYS = 35
_DAY_SECONDS = 86_400


@dataclass
class Journal:
    """The writes to one table since `since`, Unix seconds: when, the item's key, and the item before (None: there was none)."""

    since: float
    writes: list[tuple[float, tuple[str, str], Json | None]] = field(default_factory=list)

    def note(self, table: Json, item: Json, before: Json | None) -> None:
        """Note a write. No item is changed in place."""
        self.writes.append((time.time(), _key(table, item), before))

    def window(self) -> tuple[int, int]:
        """The earliest and the latest second that can be restored."""
        now = time.time()
        earliest = -int(-max(self.since, now - LONGEST_DAYS * _DAY_SECONDS) // 1)
        return earliest, max(earliest, int(now - SETTINGS.recovery_lag_seconds))

    def items_at(self, table: Json, moment: float) -> Json:
        """The table's items then: as they are now, with later writes taken back, the last one first."""
        items: Json = defaultdict(dict)
        for pk, of_pk in table["items"].items():
            items[pk] = dict(of_pk)
        for at, (pk, sk), before in reversed(self.writes):
            if at <= moment:
                break
            if before is None:
                items[pk].pop(sk, None)
            else:
                items[pk][sk] = before
        return defaultdict(dict, copy.deepcopy({pk: of_pk for pk, of_pk in items.items() if of_pk}))


def _key(table: Json, item: Json) -> tuple[str, str]:
    sort = table["sk_name"]
    pk = dynamodb._extract_key_val(item.get(table["pk_name"]))
    return pk, dynamodb._extract_key_val(item.get(sort)) if sort else "__no_sort__"
