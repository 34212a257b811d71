"""Notifies staff of an event: finds the recipients, and delivers, holds for a digest, or plans a reminder.

Each recipient is served separately, so that one that fails holds up no other. What failed is tried again with the event.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from lambdas.notices.staff import texts
from lambdas.notices.staff.channels import Channels, InDoubtError, NotDeliveredError, guard_of
from lambdas.notices.staff.happened import Happened, overdue_key, still_overdue, what_happened
from lambdas.notices.staff.held import HeldNotice, HeldNotices, Reminder
from lambdas.notices.staff.quiet import released_at
from lambdas.notices.staff.recipients import TOLD_TO_SUPERVISOR, Recipient, recipients_of
from lambdas.orders.errors import OrderNotFoundError
from lambdas.orders.model.order import Order
from lambdas.orders.model.queue import Queue
from lambdas.orders.model.teams import Team
from lambdas.orders.ports import OrderStore
from lambdas.records.table import RecordTable
from lambdas.runtime.telemetry import MetricUnit, logger, metrics

DAY_SECONDS = 86_400
PUT_TOGETHER_AFTER_SECONDS = (
    300  # from a digest's time until it is put together: whatever is held for it is written by then
)


@dataclass(frozen=True)
class StaffNotices:
    """`queues` by `order_queue_id`, `teams` by name, as deployed. `now`: gives Unix seconds."""

    store: OrderStore
    records: RecordTable
    queues: Mapping[int, Queue]
    teams: Mapping[str, Team]
    channels: Channels
    now: Callable[[], int]

    @property
    def held(self) -> HeldNotices:
        return HeldNotices(self.records)

    def tell(self, name: str, detail: Mapping[str, Any]) -> list[NotDeliveredError]:
        """Tell everybody what an event of the bus means, each once, and return what failed."""
        order, queue = self._order(str(detail["order_id"])), self.queues.get(int(detail["order_queue_id"]))
        if order is None or queue is None:
            return []
        happened = what_happened(name, detail, order, queue)
        if happened is None:
            return []
        if happened.event == "overdue" and (key := overdue_key(detail, order)):
            self._plan_reminder(order, key, 1, happened.at, queue)
        return self._tell_all(happened, queue)

    def remind(self, reminder: Reminder) -> list[NotDeliveredError]:
        """Tell again that a wait is overdue, unless somebody acted, and plan the reminder after this one."""
        order = self._order(reminder.order_id)
        queue = self.queues.get(order.order_queue_id) if order else None
        if order is None or queue is None:
            return []
        happened = still_overdue(order, queue, reminder.key, reminder=reminder.number)
        if happened is None or order.waits[reminder.key].since != reminder.since:
            return []
        if reminder.number < TOLD_TO_SUPERVISOR:
            self._plan_reminder(order, reminder.key, reminder.number + 1, reminder.due_at, queue)
        return self._tell_all(happened, queue)

    def _order(self, order_id: str) -> Order | None:
        try:
            return self.store.get(order_id)
        except OrderNotFoundError:
            return None

    def _plan_reminder(self, order: Order, key: str, number: int, since: int, queue: Queue) -> None:
        wait = order.waits[key]
        reminder = Reminder(
            order_id=order.order_id, key=key, since=wait.since, number=number, due_at=since + DAY_SECONDS
        )
        happened = still_overdue(order, queue, key, reminder=number)
        if happened and recipients_of(happened, queue, self.teams):
            self.held.remind(reminder)

    def _tell_all(self, happened: Happened, queue: Queue) -> list[NotDeliveredError]:
        failed = []
        for recipient in recipients_of(happened, queue, self.teams):
            try:
                self._tell(happened, recipient, queue)
            except NotDeliveredError as error:
                failed.append(error)
                in_doubt = isinstance(error, InDoubtError)
                log = logger.info if in_doubt else logger.error
                log(
                    "notice not delivered", order_id=happened.order_id, notice=happened.event,
                    channel=recipient.channel, team=recipient.team, reason=str(error),
                )  # fmt: skip
        return failed

    def _tell(self, happened: Happened, recipient: Recipient, queue: Queue) -> None:
        team = self.teams.get(recipient.team)
        release_at = released_at(team, happened.at) if team and not recipient.urgent else None
        if team is None or release_at is None:
            self.channels.deliver(happened, recipient, queue)
            metrics.add_metric("StaffTold", MetricUnit.Count, 1)
            return
        if release_at <= self.now():  # late: its digest may be out
            release_at = released_at(team, self.now()) or self.now()
        notice = HeldNotice(
            team=team.name, release_at=release_at, event_id=happened.event_id, order_id=happened.order_id,
            order_queue_id=happened.order_queue_id, at=happened.at, line=texts.line(happened),
        )  # fmt: skip
        held = recipient._replace(to=f"digest of {team.name}")
        guard = guard_of(happened.event_id, held)
        self.channels.once(happened.order_id, guard, lambda: self.held.hold(notice))
