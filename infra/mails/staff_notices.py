"""Notices to staff: a queue for the events that somebody gets notices of, one function that delivers, one for digests.

It is apart from the mails to clients (notices.py), so that a chat that does not answer holds up no client's mail.
"""

import json
from collections.abc import Sequence

from aws_cdk import aws_events as events
from aws_cdk import aws_iam as iam
from aws_cdk import aws_lambda as lambda_
from constructs import Construct

from infra.actions import Actions, construct_name
from infra.functions import record_keys
from infra.functions.function import FunctionParts, OrderFunction, allow, run_every
from infra.mails.notices import SOURCE, TRIES
from infra.message_queues import work_queue
from infra.queue_folders import QueueFolder
from infra.storage import Storage
from lambdas.orders.model.notify import bus_events_of

BATCH = 5
WORKER_SECONDS = 120
DIGEST_EVERY_MINUTES = 15


class StaffNotices(Construct):
    """`api_url`: of the API, whose host has the desk. `queues`: whose rules say which events come here."""

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        parts: FunctionParts,
        storage: Storage,
        actions: Actions,
        bus: events.IEventBus,
        queues: Sequence[QueueFolder],
        api_url: str,
    ) -> None:
        super().__init__(scope, construct_id)
        self._parts, self._storage, self._actions = parts, storage, actions
        self._topics = list(parts.settings.notice_topics.values())
        self._environment = self._environment_of(api_url)
        self._work = work_queue(self, "Queue", parts.settings, worker_seconds=WORKER_SECONDS, tries=TRIES)
        self.queue, self.dead_letters = self._work.messages, self._work.dead_letters
        for queue in queues:
            self._follow(bus, queue)
        self._deliver()
        self._digest()

    def _environment_of(self, api_url: str) -> dict[str, str]:
        settings = self._parts.settings
        return {
            "ORDER_TABLE": self._storage.orders.table_name,
            "RECORD_TABLE": self._storage.records.table_name,
            "COMPANY": settings.company,
            "DESK_URL": f"{api_url}/desk",
            "NOTICE_TOPICS": json.dumps(dict(settings.notice_topics), sort_keys=True),
            **self._actions.mail.environment,
            **self._actions.webhook_secret.environment,
        }

    def _follow(self, bus: events.IEventBus, queue: QueueFolder) -> None:
        """Take only the events of this queue that somebody gets notices of, because each costs a run of the function."""
        names = sorted(bus_events_of(queue.notify))
        if not names:
            return
        rule = events.Rule(
            self,
            construct_name(queue.name),
            description=f"Events of orders of {queue.name} that staff is notified of",
            event_bus=bus,
            event_pattern=events.EventPattern(
                source=[SOURCE], detail_type=names, detail={"order_queue_id": [queue.order_queue_id]}
            ),
        )
        self._work.take_from(rule)

    def _permissions(self) -> list[iam.PolicyStatement]:
        """Read the order; keep guards, held notices and reminders; mail, call and publish."""
        publish = [allow("sns:Publish", on=self._topics)] if self._topics else []
        verbs = ("PutItem", "UpdateItem", "DeleteItem", "Query")
        return [
            allow("dynamodb:GetItem", on=[self._storage.orders.table_arn]),
            record_keys.only(self._storage.records, verbs, ("order#*", "team#*", "held_notices", "overdue_reminders")),
            *self._actions.mail.permissions,
            *self._actions.webhook_secret.permissions,
            *publish,
        ]

    def _deliver(self) -> None:
        worker = self._function(
            "Teller",
            "lambdas.notices.staff.handler.handler",
            "Tells staff what happened to orders, by mail, webhook and SNS",
            [self._work.may_receive],
        )
        self._work.feed(self, "Message", worker, batch=BATCH)

    def _digest(self) -> None:
        digester = self._function(
            "Digests",
            "lambdas.notices.staff.digests.handler",
            "Mails teams their digests, and tells again of what is still overdue",
        )
        run_every(
            self,
            "Digest",
            minutes=DIGEST_EVERY_MINUTES,
            function=digester,
            description="Look for digests and reminders that are due",
        )

    def _function(
        self, construct_id: str, handler: str, description: str, more: Sequence[iam.PolicyStatement] = ()
    ) -> lambda_.Function:
        return OrderFunction(
            self,
            construct_id,
            parts=self._parts,
            handler=handler,
            description=description,
            memory_mb=512,
            timeout_seconds=WORKER_SECONDS,
            environment=self._environment,
            permissions=[*self._permissions(), *more],
        ).function
