"""An order as new callers get it: the checklist with each action's state and reason, money as decimal text."""

from collections.abc import Mapping
from typing import Any, TypedDict

from lambdas.api.http.values import iso
from lambdas.api.orders.created import CreatedOrder
from lambdas.api.orders.priced_views import PricedServiceView, TaxView, priced_service, tax_views
from lambdas.orders.decisions.late_contact import contact_note
from lambdas.orders.decisions.leads import waits_of
from lambdas.orders.model.checklist import ChecklistAction
from lambdas.orders.model.money import format_cents
from lambdas.orders.model.order import Order, Wait
from lambdas.orders.readback import taxes_of
from lambdas.orders.table.pages import OrderPage


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
"""What an order waits for: an action's id, `leads` for its submit, `undo_` and an action's id, or a gate (`gate_` and the id
of the action that waits for others), `machine` for an order whose execution ended before it did, or `settle_` and the id of a
skipped action that could not settle what it left outside; who must act, and until when."""


class OrderView(TypedDict):
    """Times are ISO 8601 in UTC, money is decimal text. `total` is what is charged first, `tax` what of it is tax."""

    order_id: str
    hash: str
    order_queue_id: int
    step: StepView
    client_id: str | None
    total: str
    tax: str
    taxes: list[TaxView]
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
    review_needed_at: str | None
    review_because: str | None
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
    contact_note: str | None


class UnreadableOrderView(TypedDict):
    """An order whose row in the order table cannot be read, and why. It has to be mended there."""

    order_id: str
    why: str


class OrdersView(TypedDict):
    """`next_cursor`: what to send as `cursor` for the next page; null after the last. A page may hold fewer than `limit`."""

    orders: list[OrderView]
    unreadable: list[UnreadableOrderView]
    next_cursor: str | None


def orders_view(page: OrderPage) -> OrdersView:
    return {
        "orders": [order_view(order) for order in page.orders],
        "unreadable": [{"order_id": order.order_id, "why": order.why} for order in page.unreadable],
        "next_cursor": page.next_cursor,
    }


def created_view(found: CreatedOrder) -> OrderView:
    return order_view(found.order)


def order_view(order: Order) -> OrderView:
    return {
        "order_id": order.order_id,
        "hash": order.hash,
        "order_queue_id": order.order_queue_id,
        "step": {"order_step_id": order.step_id, "name": order.step.name, "status": order.step_status.name.lower()},
        "client_id": order.client_id,
        "total": format_cents(order.total_cents),
        "tax": format_cents(sum(pack.tax_cents for pack in order.priced)),
        "taxes": tax_views(taxes_of(order.priced)),
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
        "review_needed_at": iso(order.review_at),
        "review_because": order.review_because or None,
        "machine_stopped_at": iso(order.machine_stopped_at),
        "machine_stopped_because": order.machine_stopped_because or None,
        "revision": order.revision,
        "changed_by": order.changed_by or None,
        "changed_how": order.changed_how or None,
        "queue_hash": order.queue_hash,
        "machine_hash": order.machine_hash or None,
        "actions": [_action(order, action) for action in order.actions.values()],
        "waits": [_wait(key, wait) for key, wait in waits_of(order).items()],
        "services": [priced_service(pack) for pack in order.priced],
        "info": order.info,
        "contact_note": contact_note(order) or None,
    }


def etag(order: Order) -> Mapping[str, str]:
    """Of the order as it is shown; `If-Match` names it."""
    return {"ETag": f'"{order.revision}"'}


def _wait(key: str, wait: Wait) -> WaitView:
    return {
        "for": key,
        "owner": wait.owner,
        "since": iso(wait.since),
        "due_at": iso(wait.due_at),
        "overdue": wait.overdue,
    }


def _action(order: Order, action: ChecklistAction) -> ActionView:
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
        "at": iso(order.at_of(action)),
        "by": action.by or None,
        "result": action.result,
    }
