"""An order as new callers get it: the checklist with each action's state and reason, money as decimal text."""

from collections.abc import Mapping
from typing import Annotated, Any, TypedDict

from typing_extensions import Doc

from lambdas.api.http.values import iso
from lambdas.api.orders.priced_views import PricedServiceView, TaxView, priced_service, tax_views
from lambdas.api.orders.results import CreatedOrder
from lambdas.orders.decisions.late_contact import contact_note
from lambdas.orders.decisions.lead.leads import waits_of
from lambdas.orders.decisions.open_work import open_work
from lambdas.orders.model.checklist import ChecklistAction
from lambdas.orders.model.money import format_cents
from lambdas.orders.model.order import Assignment, Order, Wait
from lambdas.orders.readback import taxes_of
from lambdas.orders.table.pages import OrderPage


class StepView(TypedDict):
    order_step_id: Annotated[int, Doc("The step's id.")]
    name: Annotated[str, Doc("The step's name.")]
    status: Annotated[str, Doc("ordinary, leads, complete or canceled.")]


class ActionView(TypedDict):
    order_action_id: Annotated[int, Doc("The action's id.")]
    order_step_id: Annotated[int, Doc("The id of the step it belongs to.")]
    name: Annotated[str, Doc("The action's name.")]
    module: Annotated[str, Doc("The module that does it, as order.module_list names it.")]
    automatic: Annotated[bool, Doc("Whether it starts without a person.")]
    optional: Annotated[bool, Doc("Whether its step can be left without it.")]
    owner: Annotated[str, Doc("Who is responsible for it.")]
    prereqs: Annotated[list[int], Doc("Ids of the actions that must be done or skipped first.")]
    state: Annotated[str, Doc("pending, running, waiting, failed, done, skipped or undone.")]
    reason: Annotated[str, Doc("Why it is in this state, or empty.")]
    attempts: Annotated[int, Doc("How often it has run.")]
    at: Annotated[str | None, Doc("When its state last changed.")]
    by: Annotated[str | None, Doc("The user who last acted on it; null if none did.")]
    result: Annotated[dict[str, Any], Doc("What its module returned.")]
    paused_until: Annotated[
        str | None, Doc("When a pause that it waits for ends, unless that is changed; null: it waits for none.")
    ]


_FOR = (
    "An action's id; `leads`: the submit; `machine`: a restart of its execution; or a prefix and an action's id: `undo_` to "
    "undo it, `gate_` for the actions before it, `settle_` for what a skipped action left at a provider."
)
WaitView = TypedDict(
    "WaitView",
    {
        "for": Annotated[str, Doc(_FOR)],
        "owner": Annotated[str, Doc("Who must act.")],
        "since": Annotated[str | None, Doc("Since when it waits.")],
        "due_at": Annotated[str | None, Doc("Until when the owner should act; null: without a deadline.")],
        "overdue": Annotated[bool, Doc("Whether that time is over.")],
        "assigned_to": Annotated[str | None, Doc("The user in whose hands it is; null: in nobody's.")],
        "assigned_at": Annotated[str | None, Doc("Since when.")],
    },
)


class OrderView(TypedDict):
    """An order. Times are ISO 8601 in UTC, money is decimal text."""

    order_id: Annotated[str, Doc("The order's number.")]
    hash: Annotated[str, Doc("A random text that names the order where its number could be guessed.")]
    order_queue_id: Annotated[int, Doc("The queue it runs through.")]
    step: Annotated[StepView, Doc("The step it is in.")]
    client_id: Annotated[str | None, Doc("The client who placed it; null until there is one.")]
    total: Annotated[str, Doc("What is charged first, with tax.")]
    tax: Annotated[str, Doc("The part of the total that is tax.")]
    taxes: Annotated[list[TaxView], Doc("The taxes in the total.")]
    currency: Annotated[str, Doc("ISO 4217 code, such as USD.")]
    priority: Annotated[int, Doc("The order's priority.")]
    owner: Annotated[str, Doc("The member of staff who looks after it, or empty.")]
    listed_company: Annotated[str, Doc("The name it is listed under: the company, or else the person.")]
    opportunity_id: Annotated[int, Doc("The sales opportunity it was made of; 0 if none.")]
    order_form_id: Annotated[int, Doc("The order form it came from; 0 if none.")]
    received_at: Annotated[str | None, Doc("When it was received.")]
    active_at: Annotated[str | None, Doc("When it last changed.")]
    submitted_at: Annotated[str | None, Doc("When it was submitted; null for a lead.")]
    completed_at: Annotated[str | None, Doc("When it was completed.")]
    canceled_at: Annotated[str | None, Doc("When it was canceled.")]
    canceled_because: Annotated[str | None, Doc("The reason for the cancel.")]
    canceled_by: Annotated[str | None, Doc("The user who canceled it.")]
    unwound_at: Annotated[str | None, Doc("When everything was undone after the cancel.")]
    review_needed_at: Annotated[str | None, Doc("Since when it waits for a review.")]
    review_because: Annotated[str | None, Doc("Why it needs a review.")]
    machine_stopped_at: Annotated[
        str | None, Doc("When its execution stopped too early; order.restart starts a new one.")
    ]
    machine_stopped_because: Annotated[str | None, Doc("Why its execution stopped.")]
    revision: Annotated[int, Doc("Counts changes. The ETag is the same number.")]
    changed_by: Annotated[str | None, Doc("The user who made the last change.")]
    changed_how: Annotated[str | None, Doc("How it was last changed, such as process.")]
    changed_because: Annotated[str | None, Doc("Why, if the user gave a reason; of a long one its beginning.")]
    notes: Annotated[int, Doc("How many notes staff wrote on it; order.note_list lists them.")]
    queue_hash: Annotated[str, Doc("Fingerprint of the queue's definition that it was created with.")]
    machine_hash: Annotated[str | None, Doc("Fingerprint of the state machine it was started on; null before.")]
    actions: Annotated[list[ActionView], Doc("Its checklist: all actions of all steps.")]
    waits: Annotated[list[WaitView], Doc("What it waits for now.")]
    services: Annotated[list[PricedServiceView], Doc("The services it orders, with prices.")]
    info: Annotated[dict[str, Any], Doc("The order's data: contact, payment and services as they were sent.")]
    reply_waiting_at: Annotated[str | None, Doc("Since when the client waits for an answer; null: for none.")]
    erased: Annotated[bool, Doc("Whether personal values of this version were erased since, so that they are empty.")]
    contact_note: Annotated[str | None, Doc("Which contact details may differ from the client's; null if none.")]


class UnreadableOrderView(TypedDict):
    """An order whose row in the order table cannot be read. It must be fixed there."""

    order_id: Annotated[str, Doc("The order's number.")]
    why: Annotated[str, Doc("Why it cannot be read.")]


class OrdersView(TypedDict):
    """A page of orders. It may hold fewer than `limit`."""

    orders: Annotated[list[OrderView], Doc("The orders of this page.")]
    unreadable: Annotated[list[UnreadableOrderView], Doc("Orders that could not be read.")]
    next_cursor: Annotated[str | None, Doc("Send it as `cursor` for the next page; null after the last.")]


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
        "changed_because": order.changed_because or None,
        "notes": order.notes,
        "queue_hash": order.queue_hash,
        "machine_hash": order.machine_hash or None,
        "actions": [_action(order, action) for action in order.actions.values()],
        "waits": _waits(order),
        "services": [priced_service(pack) for pack in order.priced],
        "info": order.info,
        "reply_waiting_at": iso(order.reply_waiting_at),
        "erased": getattr(order, "erased", False),  # of an order as it was (read_models/history/past.py)
        "contact_note": contact_note(order) or None,
    }


def etag(order: Order) -> Mapping[str, str]:
    """Of the order as it is shown; `If-Match` names it."""
    return {"ETag": f'"{order.revision}"'}


def _waits(order: Order) -> list[WaitView]:
    taken = {work.key: work.assignment for work in open_work(order)} if order.assigned else {}
    return [_wait(key, wait, taken.get(key)) for key, wait in waits_of(order).items()]


def _wait(key: str, wait: Wait, taken: Assignment | None) -> WaitView:
    return {
        "for": key,
        "owner": wait.owner,
        "since": iso(wait.since),
        "due_at": iso(wait.due_at),
        "overdue": wait.overdue,
        "assigned_to": taken.to if taken else None,
        "assigned_at": iso(taken.at if taken else None),
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
        "paused_until": iso(action.paused_until),
    }
