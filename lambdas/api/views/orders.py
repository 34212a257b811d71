"""An order as new callers get it: the checklist with each action's state and reason, money as decimal text."""

from typing import Any, TypedDict

from lambdas.api.backend import Backend
from lambdas.api.views.values import iso
from lambdas.orders.lists import OrderPage
from lambdas.orders.money import format_cents
from lambdas.orders.order import ChecklistAction, Order
from lambdas.orders.packs import PricedPack


class StepView(TypedDict):
    order_step_id: int
    name: str
    status: str


class ActionView(TypedDict):
    """`state`: pending, running, waiting, failed, done, skipped or undone."""

    order_action_id: int
    order_step_id: int
    name: str
    module: str
    automatic: bool
    optional: bool
    owner: str
    prereqs: list[int]
    state: str
    reason: str
    attempts: int
    at: str | None
    by: str | None
    result: dict[str, Any]


WaitView = TypedDict("WaitView", {"for": str, "owner": str, "since": str | None, "due_at": str | None, "overdue": bool})
"""What an order waits for: an action's id, `submit`, or a gate; who must act, and until when."""


class PricedServiceView(TypedDict):
    """A service the order asks for, as it is priced. `setup` and `recurring` are list prices of the whole quantity, one
    period of `period` months (0: once). `renewal`: what each later period costs."""

    pack: str
    plan_id: str
    title: str
    description: str
    quantity: int
    period: int
    options: dict[str, str]
    setup: str
    recurring: str
    setup_discount: str
    recurring_discount: str
    coupon_code: str | None
    first_charge: str
    renewal: str


class OrderView(TypedDict):
    """Times are ISO 8601 in UTC, money is decimal text."""

    order_id: str
    hash: str
    order_queue_id: int
    step: StepView
    client_id: str | None
    total: str
    currency: str
    priority: int
    owner: str
    listed_company: str
    opportunity_id: int
    order_form_id: int
    received_at: str | None
    active_at: str | None
    submitted_at: str | None
    completed_at: str | None
    canceled_at: str | None
    canceled_because: str | None
    canceled_by: str | None
    unwound_at: str | None
    machine_stopped_at: str | None
    machine_stopped_because: str | None
    revision: int
    changed_by: str | None
    changed_how: str | None
    queue_hash: str
    machine_hash: str | None
    actions: list[ActionView]
    waits: list[WaitView]
    services: list[PricedServiceView]
    info: dict[str, Any]


class OrdersView(TypedDict):
    """`next_cursor`: what to send as `cursor` for the next page; null after the last. A page may hold fewer than `limit`."""

    orders: list[OrderView]
    next_cursor: str | None


def orders_view(page: OrderPage, backend: Backend) -> OrdersView:
    return {"orders": [order_view(order, backend) for order in page.orders], "next_cursor": page.next_cursor}


def order_view(order: Order, backend: Backend) -> OrderView:
    return {
        "order_id": order.order_id,
        "hash": order.hash,
        "order_queue_id": order.order_queue_id,
        "step": {"order_step_id": order.step_id, "name": order.step.name, "status": order.step_status.name.lower()},
        "client_id": order.client_id,
        "total": format_cents(order.total_cents),
        "currency": order.currency,
        "priority": order.priority,
        "owner": order.owner,
        "listed_company": order.listed_company,
        "opportunity_id": order.opportunity_id,
        "order_form_id": order.order_form_id,
        "received_at": iso(order.ts),
        "active_at": iso(order.activity),
        "submitted_at": iso(order.submitted_at),
        "completed_at": iso(order.completed_at),
        "canceled_at": iso(order.canceled_at),
        "canceled_because": order.canceled_because or None,
        "canceled_by": order.canceled_by or None,
        "unwound_at": iso(order.unwound_at),
        "machine_stopped_at": iso(order.machine_stopped_at),
        "machine_stopped_because": order.machine_stopped_because or None,
        "revision": order.revision,
        "changed_by": order.changed_by or None,
        "changed_how": order.changed_how or None,
        "queue_hash": order.queue_hash,
        "machine_hash": order.machine_hash or None,
        "actions": [_action(action) for action in order.actions.values()],
        "waits": [_wait(key, order) for key in order.waits],
        "services": [_service(pack) for pack in order.priced],
        "info": order.info,
    }


def _service(pack: PricedPack) -> PricedServiceView:
    return {
        "pack": pack.pack,
        "plan_id": pack.plan_id,
        "title": pack.title,
        "description": pack.description,
        "quantity": pack.quantity,
        "period": pack.period,
        "options": pack.options,
        "setup": format_cents(pack.setup_cents),
        "recurring": format_cents(pack.recurring_cents),
        "setup_discount": format_cents(pack.setup_discount_cents),
        "recurring_discount": format_cents(pack.recurring_discount_cents),
        "coupon_code": pack.coupon.coupon_code if pack.coupon else None,
        "first_charge": format_cents(pack.first_charge_cents),
        "renewal": format_cents(pack.renewal_cents if pack.period else 0),
    }


def _wait(key: str, order: Order) -> WaitView:
    wait = order.waits[key]
    return {
        "for": key,
        "owner": wait.owner,
        "since": iso(wait.since),
        "due_at": iso(wait.due_at),
        "overdue": wait.overdue,
    }


def _action(action: ChecklistAction) -> ActionView:
    return {
        "order_action_id": action.action_id,
        "order_step_id": action.step_id,
        "name": action.name,
        "module": action.module,
        "automatic": action.automatic,
        "optional": action.optional,
        "owner": action.owner,
        "prereqs": list(action.prereqs),
        "state": action.state.value,
        "reason": action.reason,
        "attempts": action.attempts,
        "at": iso(action.at),
        "by": action.by or None,
        "result": action.result,
    }
