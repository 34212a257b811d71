"""Staff that gets notices: real orders, rules and tables in memory, and an SES, a chat and an SNS that may refuse."""

import json
from dataclasses import dataclass, field, replace
from typing import Any

import pytest

from lambdas.mail import sending
from lambdas.mail.sender import Sender
from lambdas.notices.staff import channels
from lambdas.notices.staff.channels import Channels
from lambdas.notices.staff.handler import take
from lambdas.notices.staff.tell import StaffNotices
from lambdas.orders.events import OrderEvent, changes
from lambdas.orders.model.checklist import ActionState
from lambdas.orders.model.order import Order, Wait
from lambdas.orders.model.queue import Queue
from lambdas.orders.model.teams import Team
from lambdas.records.posts.notification import NotificationRecords
from lambdas.records.table import RecordTable
from tests.support.build import Clock, a_queue, an_order
from tests.support.fakes import InMemoryOrderStore
from tests.unit.api.posts.conftest import Ses

QA = {"id": 22, "name": "QA Checklist", "module": "manual_check_off", "owner": "qa lead", "due_hours": 4}
BUILD = {"id": 21, "name": "Install OS", "module": "call_webhook", "automatic": True, "owner": "netops"}
TEAMS = {
    name: Team(name=name, emails=(f"{name.replace(' ', '-')}@example.com",), supervisor="boss@example.com")
    for name in ("operations", "qa lead", "netops", "finance")
}


@dataclass
class Chat:
    """A webhook's receiver. `answers`: what comes instead of 200, once each."""

    got: list[tuple[str, dict[str, Any], str]] = field(default_factory=list)
    answers: list[int | Exception] = field(default_factory=list)

    def post(self, url: str, content: Any, *, key: str, **call: Any) -> tuple[int, Any]:
        answer = self.answers.pop(0) if self.answers else 200
        if isinstance(answer, Exception):
            raise answer
        if answer == 200:
            self.got.append((url, dict(content), key))
        return answer, None


@dataclass
class Sns:
    got: list[dict[str, Any]] = field(default_factory=list)

    def publish(self, **message: Any) -> None:
        self.got.append(message)


@dataclass
class Office:
    """The teams, with what happens to orders and what reaches them."""

    notices: StaffNotices
    ses: Ses
    chat: Chat
    sns: Sns
    clock: Clock
    orders: InMemoryOrderStore
    _messages: int = 0

    def with_rules(self, *rules: dict[str, Any], **changed: Any) -> None:
        queue = self.queue.model_copy(update={"notify": a_queue(notify=list(rules)).notify, **changed})
        self.notices = replace(self.notices, queues={queue.order_queue_id: queue})

    def with_team(self, name: str, **changed: Any) -> None:
        team = Team.model_validate({**TEAMS[name].model_dump(), **changed})
        self.notices = replace(self.notices, teams={**self.notices.teams, name: team})

    @property
    def queue(self) -> Queue:
        (queue,) = self.notices.queues.values()
        return queue

    def order(self, **changed: Any) -> Order:
        """A submitted order in the step with the two actions."""
        step = self.queue.ordinary_steps[0]
        at = self.clock()
        order = an_order(self.queue, step_id=step.id, step_status=step.status, submitted_at=at, ts=at, activity=at)
        return self._put(order.changed(**changed))

    def _put(self, order: Order) -> Order:
        self.orders.orders[order.order_id] = order
        return order

    def happens(self, order: Order, **changed: Any) -> list[OrderEvent]:
        """The order changes; its events."""
        after = order.changed(revision=order.revision + 1, activity=self.clock(), **changed)
        self._put(after)
        return list(changes(order, after))

    def waits(self, order: Order, action_id: int = 22, **of_action: Any) -> list[OrderEvent]:
        """The machine parks in front of an action."""
        action = order.actions[str(action_id)]
        wait = Wait(token="t", since=self.clock(), due_at=self.clock() + action.due_hours * 3600, owner=action.owner)
        parked = action.changed(state=ActionState.WAITING, **of_action)
        return self.happens(
            order, waits={**order.waits, str(action_id): wait}, actions={**order.actions, str(action_id): parked}
        )

    def now(self, order_id: str = "1001") -> Order:
        return self.notices.store.get(order_id)

    def overdue(self, order: Order, key: str = "22") -> list[OrderEvent]:
        return self.happens(order, waits={**order.waits, key: order.waits[key].changed(overdue=True)})

    def receive(self, *events: OrderEvent, times: int = 1) -> list[str]:
        """The events come out of the queue, each for a first or a further time; what comes again."""
        again = []
        for event in events:
            self._messages += 1
            body = {"detail-type": event.name, "source": "order-queues", "detail": event.model_dump(exclude_none=True)}
            again += take(
                [
                    {
                        "messageId": f"m-{self._messages}",
                        "body": json.dumps(body),
                        "attributes": {"ApproximateReceiveCount": str(times)},
                    }
                ],
                self.notices,
            )
        return again

    def mails(self) -> list[tuple[str, str]]:
        """To whom and with which subject, in the order in which they went out."""
        return [
            (mail["Destination"]["ToAddresses"][0], mail["Content"]["Simple"]["Subject"]["Data"])
            for mail in self.ses.sent
        ]

    def text(self, place: int = -1) -> str:
        return str(self.ses.sent[place]["Content"]["Simple"]["Body"]["Text"]["Data"])


@pytest.fixture
def office(records: RecordTable, monkeypatch: pytest.MonkeyPatch) -> Office:
    clock, ses, chat, topic = Clock(), Ses(), Chat(), Sns()
    monkeypatch.setattr(sending, "ses", lambda: ses)
    monkeypatch.setattr(channels, "post", chat.post)
    monkeypatch.setattr(channels, "secret_text", lambda arn: "secret")
    monkeypatch.setattr(channels, "sns", lambda: topic)
    for name, value in {
        "STAGE": "prod",
        "WEBHOOK_BASES": json.dumps({"chat": "https://hooks.slack.com/services/T0/B0/x"}),
        "WEBHOOK_HOSTS": "pager.example.com",
        "WEBHOOK_SECRET_ARN": "arn",
    }.items():
        monkeypatch.setenv(name, value)
    store = InMemoryOrderStore()
    queue = a_queue(
        steps=[
            {"id": 1, "name": "Leads", "expires_after_days": 30},
            {"id": 2, "name": "QA", "actions": [BUILD, QA]},
            {"id": 3, "name": "Complete"},
            {"id": 4, "name": "Canceled"},
        ]
    )
    delivering = Channels(
        notifications=NotificationRecords(records),
        sender=Sender(mail_from="orders@example.com", company="Example Hosting"),
        topics={"pager": "arn:aws:sns:us-east-1:123456789012:pager"},
        desk_url="https://api.example.com/desk",
        now=clock,
    )
    notices = StaffNotices(
        store=store,
        records=records,
        queues={queue.order_queue_id: queue},
        teams=TEAMS,
        channels=delivering,
        now=clock,
    )
    return Office(notices, ses, chat, topic, clock, store)
