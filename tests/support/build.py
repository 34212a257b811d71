"""Builders with sensible defaults."""

from typing import Any

from lambdas.orders.decisions import progress
from lambdas.orders.decisions.lead.draft import OrderDraft
from lambdas.orders.decisions.lead.lead_expiry import ends_at
from lambdas.orders.model.checklist import checklist_of
from lambdas.orders.model.order import Order
from lambdas.orders.model.queue import QUEUES_ROOT, Queue
from lambdas.orders.service import OrderService
from tests.support.fakes import FakeClients, FakePayments, FakePricing, InMemoryOrderStore

NOW = 1_800_000_000
CONTACT = {"first": "Ada", "last": "Lovelace", "email": "ada@example.com", "country": "GB"}
CARD = {"payment_type": "cc", "cc_token": "tok_approve", "cc_type": "Visa", "cc_num": "4242", "cc_expire": "1230"}


class Clock:
    def __init__(self, now: int = NOW) -> None:
        self.time = now

    def __call__(self) -> int:
        return self.time


def the_default_queue() -> Queue:
    return Queue.read(QUEUES_ROOT / "new_accounts")


def a_queue(**changes: Any) -> Queue:
    """Leads, Processing with three chained actions, Complete, Canceled; pass `steps` to differ."""
    action = {"automatic": True}
    steps = [
        {"id": 1, "name": "Leads", "expires_after_days": 30},
        {
            "id": 2,
            "name": "Processing",
            "actions": [
                {"id": 21, "name": "Provision Client", "module": "provision_client", **action},
                {"id": 22, "name": "Add Services", "module": "add_services", "prereqs": [21], **action},
                {"id": 23, "name": "Generate Invoice", "module": "generate_invoice", "prereqs": [22], **action},
            ],
        },
        {"id": 3, "name": "Complete"},
        {"id": 4, "name": "Canceled"},
    ]
    defaults = {"key": "a_queue", "order_queue_id": 9, "name": "A queue", "brand_id": 1, "steps": steps}
    return Queue.model_validate({**defaults, **changes})


def an_order(queue: Queue | None = None, **changes: Any) -> Order:
    """A lead of the default queue, or of this one."""
    queue = queue or the_default_queue()
    steps, actions = checklist_of(queue, {})
    lead = Order(
        order_id="1001",
        hash="0a1b2-c3d4e-f5061",
        order_queue_id=queue.order_queue_id,
        brand_id=queue.brand_id,
        queue_hash=queue.content_hash,
        step_id=queue.leads.id,
        step_status=queue.leads.status,
        ts=NOW,
        activity=NOW,
        currency="USD",
        info={**CONTACT},
        checklist_steps=steps,
        actions=actions,
        machine_run=0,
        lead_ends_at=ends_at(queue, NOW),
    )
    return lead.changed(**changes)


def a_submitted_order(queue: Queue | None = None, **changes: Any) -> Order:
    return progress.submitted(an_order(queue), now=NOW, hold=None).changed(**changes)


def hold_key(order: Order, attempt: int = 1) -> str:
    """By which the gateway knows what a submit of the order holds."""
    return f"{order.known_as}:submit:authorize:{attempt}"


def a_service(**parts: Any) -> OrderService:
    defaults: dict[str, Any] = {
        "store": InMemoryOrderStore(),
        "queues": {1: the_default_queue()},
        "modules": {},
        "pricing": FakePricing(),
        "payments": FakePayments(),
        "clients": FakeClients(),
        "currency": "USD",
        "now": Clock(),
    }
    return OrderService(**{**defaults, **parts})


def a_draft(**changes: Any) -> OrderDraft:
    info = {**CONTACT, **CARD, "pack1": {"plan_id": "1", "price": "20"}}
    return OrderDraft.model_validate({"order_queue_id": 1, "info": info, **changes})
