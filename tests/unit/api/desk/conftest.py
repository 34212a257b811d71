"""A shop whose worklist is kept as the announcer keeps it."""

from dataclasses import dataclass, field
from typing import Any

import pytest

from lambdas.orders.model.order import Order, Wait
from lambdas.orders.model.queue import load_queues
from lambdas.read_models.worklist.follower import Worklist
from lambdas.records.users.rights import ROLES, Grant
from tests.support.build import CARD, CONTACT, NOW
from tests.unit.api.conftest import Answer, Caller

SERVERS = load_queues()[3]
CALL_BACK, CARD_CHECK = "3202", "3201"


@dataclass
class Desk:
    """The API, and users of it by name."""

    caller: Caller
    tokens: dict[str, str] = field(default_factory=dict)
    heard: dict[str, Order] = field(default_factory=dict)

    def add(self, name: str, role: str = "operator", teams: tuple[str, ...] = (), **bound: Any) -> str:
        grant = Grant(rights=ROLES[role], **bound)
        self.tokens[name] = self.caller.api.users.add(name, (grant,), now=0, teams=teams)
        return name

    def ask(self, name: str, method: str, **parameters: Any) -> Answer:
        """As this user."""
        return self.caller.as_named(name, self.tokens[name], method, parameters)

    def work(self, name: str, **parameters: Any) -> list[dict[str, Any]]:
        answer = self.ask(name, "order.worklist", **parameters)
        assert answer.status == 200, answer.body
        found: list[dict[str, Any]] = answer.body["work"]
        return found

    def keys(self, name: str, **parameters: Any) -> list[tuple[str, str]]:
        return [(entry["order_id"], entry["wait"]) for entry in self.work(name, **parameters)]

    def order(self, order_queue_id: int = 3, **info: Any) -> str:
        body = {"order_queue_id": order_queue_id, "info": {**CONTACT, **CARD, "pack1": {"plan_id": "1"}, **info}}
        order_id = str(self.caller.call("order.create", body).body["order_id"])
        self.follow(order_id)
        return order_id

    def park(self, order_id: str, action_id: str = CALL_BACK, **changes: Any) -> None:
        """Submit it, and let its machine park in front of the action."""
        if self.stored(order_id).is_lead:
            self.caller.call("order.submit", {"order_id": order_id})
        order = self.stored(order_id)
        action = order.actions[action_id]
        wait = Wait(token="t", since=NOW, due_at=NOW + action.due_hours * 3600, owner=action.owner)
        self.put(order.changed(waits={**order.waits, action_id: wait}).changed(**changes))

    def stored(self, order_id: str) -> Order:
        return self.caller.api.backend.service.store.get(order_id)

    def put(self, order: Order) -> None:
        self.caller.api.backend.service.store.save(order)
        self.follow(order.order_id)

    def follow(self, *order_ids: str) -> None:
        """Let the announcer hear of what happened to these orders."""
        for order_id in order_ids:
            now = self.stored(order_id)
            Worklist(self.caller.api.backend.desk).follow(self.heard.get(order_id), now)
            self.heard[order_id] = now


@pytest.fixture
def desk(caller: Caller) -> Desk:
    desk = Desk(caller.selling_in(SERVERS))
    desk.add("ada", teams=("fraud lead",))
    desk.add("grace", teams=("finance", "fraud lead"))
    return desk
