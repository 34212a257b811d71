"""The pauses of a stage: one item, written under the condition that nobody else wrote it since, and read by every run and submit.

A process keeps what it read for some seconds. Before something is held back the item is read again, so only the beginning of
a pause is noticed late. A pause that is over stays listed until all that waited for it was woken
(lambdas/records/pauses/waking.py).
"""

import secrets
from collections.abc import Callable, Sequence
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

from lambdas.orders.pauses import Pause, PauseKind, PausesUnreadError, SeenPause
from lambdas.records.pauses.errors import (
    NotPausedError,
    OtherPauseError,
    PausesChangedError,
    TooManyPausesError,
    WrongEndError,
)
from lambdas.records.pauses.seen import as_seen, find_active
from lambdas.records.table import RecordTable
from lambdas.runtime.items import from_item, to_item
from lambdas.runtime.models import Frozen
from lambdas.runtime.telemetry import MetricUnit, log_unexpected, metrics

KEPT_SECONDS = 5
MAX_DAYS = 7
MOST_PAUSES = 40
_KEY = {"pk": "pauses", "sk": "pauses"}
_DAY = 86_400


class WaitingAction(Frozen):
    """An action of an order that waits for the end of a pause."""

    order_id: str
    action_id: int


class _Read(Frozen):
    version: int = 0
    pauses: tuple[Pause, ...] = ()


class PauseRecords:
    """`now` gives Unix seconds. Implements `Pauses`."""

    def __init__(self, table: RecordTable, now: Callable[[], int], *, kept_seconds: int = KEPT_SECONDS) -> None:
        self._table, self._now, self._kept_seconds = table, now, kept_seconds
        self._known: _Read | None = None
        self._read_at = 0

    def of_module(self, module: str, *, moves_money: bool, gateway: str = "") -> Pause | None:
        """The pause that keeps the module from starting. Raises PausesUnreadError if it moves money. `gateway`: as of_gateway."""
        kinds = [(PauseKind.MODULE, module), *([(PauseKind.GATEWAY, gateway or None)] if moves_money else [])]
        return self._find(*kinds, of_money=moves_money)

    def of_gateway(self, name: str) -> Pause | None:
        """The pause that keeps money from moving at this gateway. Empty: of any, where nobody knows which one. Raises
        PausesUnreadError.
        """
        return self._find((PauseKind.GATEWAY, name or None), of_money=True)

    def of_queue(self, order_queue_id: int) -> Pause | None:
        """The pause of the queue's submits."""
        return self._find((PauseKind.QUEUE, str(order_queue_id)))

    def listed(self) -> tuple[Pause, ...]:
        """Every pause, and those that are over while their orders continue."""
        return self._read().pauses

    def active(self) -> tuple[Pause, ...]:
        """The pauses that hold something back now, as far as this process knows: a new one is known within seconds.

        If they cannot be read, those that were known.
        """
        if self._known is None or not 0 <= self._now() - self._read_at < self._kept_seconds:
            self._read_or_keep(of_money=False)
        return tuple(each for each in (self._known or _Read()).pauses if each.is_active(self._now()))

    def start(
        self, kind: PauseKind, name: str, *, reason: str, by: str, ends_at: int, seen: SeenPause | None = None
    ) -> Pause:
        """Begin a pause; give one that was `seen` another end and reason.

        Raises OtherPauseError, PauseChangedError, NotPausedError, WrongEndError, TooManyPausesError, PausesChangedError.
        """
        now = self._now()
        if not now < ends_at <= now + MAX_DAYS * _DAY:
            raise WrongEndError(MAX_DAYS)
        found = self._read()
        active = find_active(found.pauses, now, (kind, name))
        if active and (active.reason, active.by, active.ends_at) == (reason, by, ends_at):
            return active
        said = {"reason": reason, "by": by, "ends_at": ends_at}
        if seen:
            before = as_seen(active, seen, kind, name)
            pause = before.changed(**said, revision=before.revision + 1)
        elif active:
            raise OtherPauseError(active)
        else:
            pause = Pause(pause_id=secrets.token_hex(8), kind=kind, name=name, since=now, **said)
        others = tuple(each for each in found.pauses if each.pause_id != pause.pause_id)
        if len(others) >= MOST_PAUSES:
            raise TooManyPausesError(MOST_PAUSES)
        self._write(found, (*others, pause))
        return pause

    def end(self, kind: PauseKind, name: str, *, by: str, seen: SeenPause | None = None) -> Pause:
        """End a pause before its time; only the one that was `seen`, if one is named.

        Raises NotPausedError, OtherPauseError, PauseChangedError, PausesChangedError.
        """
        found, now = self._read(), self._now()
        active = find_active(found.pauses, now, (kind, name))
        if seen:
            active = as_seen(active, seen, kind, name)
        if active is None:
            raise NotPausedError(kind, name)
        over = active.changed(over_at=now, over_by=by)
        self._write(found, tuple(over if each is active else each for each in found.pauses))
        return over

    def drop(self, pause_id: str) -> None:
        """Take a pause off the list that nothing waits for any more. Raises PausesChangedError."""
        found = self._read()
        self._write(found, tuple(each for each in found.pauses if each.pause_id != pause_id))

    def keep_waiting(self, pause: Pause, order_id: str, action_id: int) -> None:
        waiting = {"order_id": order_id, "action_id": action_id}
        self._table.put_new({"pk": waiting_pk(pause), "sk": f"{order_id}#{action_id}", **waiting})

    def waiting_for(self, pause: Pause, most: int) -> Sequence[WaitingAction]:
        """The actions that wait for the end of the pause, `most` of them."""
        page = self._table.client.query(
            TableName=self._table.name,
            KeyConditionExpression="pk = :pk",
            ExpressionAttributeValues=to_item({":pk": waiting_pk(pause)}),
            ConsistentRead=True,
            Limit=most,
        )
        return [WaitingAction.model_validate(from_item(item)) for item in page["Items"]]

    def forget_waiting(self, pause: Pause, waiting: WaitingAction) -> None:
        key = {"pk": waiting_pk(pause), "sk": f"{waiting.order_id}#{waiting.action_id}"}
        self._table.client.delete_item(TableName=self._table.name, Key=to_item(key))

    def _find(self, *kinds: tuple[PauseKind, str | None], of_money: bool = False) -> Pause | None:
        now = self._now()
        is_fresh = 0 <= now - self._read_at < self._kept_seconds
        if self._known is not None and is_fresh and find_active(self._known.pauses, now, *kinds) is None:
            return None
        self._read_or_keep(of_money=of_money)  # what is known may be over, and nothing is held back for a pause that is
        return find_active(self._known.pauses, now, *kinds) if self._known else None

    def _read_or_keep(self, *, of_money: bool) -> None:
        """Read the item. If it cannot be read, what was known stays; nothing known raises PausesUnreadError where money moves."""
        try:
            self._read()
        except (BotoCoreError, ClientError) as error:
            metrics.add_metric("PausesUnread", MetricUnit.Count, 1)
            log_unexpected("the pauses cannot be read", error)
            if of_money and self._known is None:
                raise PausesUnreadError from None

    def _read(self) -> _Read:
        found = self._table.get(_KEY["pk"], _KEY["sk"])
        self._known = _Read.model_validate({name: found[name] for name in ("version", "pauses")}) if found else _Read()
        self._read_at = self._now()
        return self._known

    def _write(self, before: _Read, pauses: Sequence[Pause]) -> None:
        kept = [pause.model_dump(mode="json", exclude_none=True) for pause in pauses]
        record: dict[str, Any] = {**_KEY, "version": before.version + 1, "pauses": kept}
        condition = "version = :read" if before.version else "attribute_not_exists(pk)"
        if not self._table.put_if(condition, record, **({"read": before.version} if before.version else {})):
            raise PausesChangedError
        self._read()


def waiting_pk(pause: Pause) -> str:
    """The partition key of what waits for the end of the pause."""
    return f"paused#{pause.pause_id}"
