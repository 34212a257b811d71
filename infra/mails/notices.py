"""Mails about orders of forms: one queue for events and link requests, one function that mails, one that reminds."""

from aws_cdk import aws_events as events
from aws_cdk import aws_iam as iam
from constructs import Construct

from infra.functions import record_keys
from infra.functions.function import FunctionParts, OrderFunction, allow, run_every
from infra.mails.mail import Mail
from infra.message_queues import work_queue
from infra.storage import BY_STEP, Storage

EVENTS = ("OrderCreated", "OrderUpdated", "OrderSubmitted", "OrderCompleted", "OrderCanceled")
SOURCE = "order-queues"
TRIES = 5
BATCH = 5
WORKER_SECONDS = 60
REMIND_EVERY_MINUTES = 60


class Notices(Construct):
    """`follow` connects it with the bus of orders. The bus is defined later than the forms, which queue link requests."""

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        parts: FunctionParts,
        storage: Storage,
        mail: Mail,
        public_url: str,
    ) -> None:
        super().__init__(scope, construct_id)
        self._parts, self._storage, self._mail = parts, storage, mail
        self._environment = {
            "ORDER_TABLE": storage.orders.table_name,
            "RECORD_TABLE": storage.records.table_name,
            "COMPANY": parts.settings.company,
            "PUBLIC_URL": public_url,
            "GUARD_TABLE": storage.guards.table_name,
            "FORM_LIMITS": parts.settings.form_limits.model_dump_json(),
            "LANGUAGES": ",".join(parts.settings.languages),
            "CURRENCY": parts.settings.currency,
            **mail.environment,
        }
        self._work = work_queue(self, "Queue", parts.settings, worker_seconds=WORKER_SECONDS, tries=TRIES)
        self.queue, self.dead_letters = self._work.messages, self._work.dead_letters
        self._send()
        self._remind()

    def follow(self, bus: events.IEventBus) -> None:
        """Take the events of form orders only: a shop that orders through the API sends its own mails."""
        rule = events.Rule(
            self,
            "Orders",
            description="Orders that came through a form, to those who mail about them",
            event_bus=bus,
            event_pattern=events.EventPattern(
                source=[SOURCE],
                detail_type=list(EVENTS),
                detail={"order_form_id": [{"numeric": [">", 0]}]},
            ),
        )
        self._work.take_from(rule)

    def _permissions(self) -> list[iam.PolicyStatement]:
        """Read the order; make links, guards of mails and what orders are found by."""
        verbs = ("GetItem", "PutItem", "UpdateItem", "DeleteItem", "Query")
        return [
            allow("dynamodb:GetItem", on=[self._storage.orders.table_arn]),
            *record_keys.except_users_and_check(self._storage.records, *verbs),
            allow("dynamodb:UpdateItem", on=[self._storage.guards.table_arn]),  # how many mails an address got
            *self._mail.permissions,
        ]

    def _send(self) -> None:
        worker = OrderFunction(
            self,
            "Sender",
            parts=self._parts,
            handler="lambdas.notices.handler.handler",
            description="Mails clients what they ordered, how it ended, and links to those who asked for one",
            memory_mb=512,
            timeout_seconds=WORKER_SECONDS,
            environment=self._environment,
            permissions=[
                *self._permissions(),
                self._work.may_receive,
            ],
        ).function
        self._work.feed(self, "Message", worker, batch=BATCH)

    def _remind(self) -> None:
        reminder = OrderFunction(
            self,
            "Reminder",
            parts=self._parts,
            handler="lambdas.notices.reminders.handler",
            description="Reminds people of orders they began on a form and left",
            memory_mb=512,
            timeout_seconds=300,
            environment=self._environment,
            permissions=[
                *self._permissions(),
                allow("dynamodb:Query", on=[BY_STEP.arn(self._storage.orders)]),
                allow("dynamodb:BatchGetItem", on=[self._storage.orders.table_arn]),
            ],
        ).function
        run_every(
            self, "Remind", minutes=REMIND_EVERY_MINUTES, function=reminder, description="Look for leads to remind"
        )
