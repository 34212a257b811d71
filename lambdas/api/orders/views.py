"""An order as new callers get it: its checklist (checklist_views.py), its services with prices, money as decimal text."""

from collections.abc import Mapping
from typing import Annotated, Any, TypedDict

from typing_extensions import Doc

from lambdas.api.disputes import DisputeView, dispute_view
from lambdas.api.http.values import iso
from lambdas.api.orders.checklist_views import ActionView, StepView, WaitView, action_view, step_view, wait_views
from lambdas.api.orders.priced_views import PricedServiceView, TaxView, priced_service, tax_views
from lambdas.api.orders.results import CreatedOrder
from lambdas.orders.decisions.late_contact import contact_note
from lambdas.orders.model.money import format_cents
from lambdas.orders.model.order import Order
from lambdas.orders.readback import taxes_of
from lambdas.orders.table.pages import OrderPage


class OrderView(TypedDict):
    """An order. Times are ISO 8601 in UTC, money is decimal text."""

    order_id: Annotated[str, Doc("The order's number.")]
    reference: Annotated[str, Doc("What its buyer knows it by; the number would tell how many orders there are.")]
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
    dispute: Annotated[DisputeView | None, Doc("The dispute of its payment at the payer's bank; null: there was none.")]
    refunded_there: Annotated[
        str | None, Doc("What its payment provider refunded without us, and no credit note stands for.")
    ]
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
    # Longer than 30 lines, because each property is a line.
    return {
        "order_id": order.order_id,
        "reference": order.reference,
        "hash": order.hash,
        "order_queue_id": order.order_queue_id,
        "step": step_view(order),
        "client_id": order.client_id,
        "total": format_cents(order.total_cents, order.currency),
        "tax": format_cents(sum(pack.tax_cents for pack in order.priced), order.currency),
        "taxes": tax_views(taxes_of(order.priced), order.currency),
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
        "actions": [action_view(order, action) for action in order.actions.values()],
        "waits": wait_views(order),
        "services": [priced_service(pack, order.currency) for pack in order.priced],
        "info": order.info,
        "dispute": dispute_view(order.dispute) if order.dispute else None,
        "refunded_there": _refunded_there(order),
        "reply_waiting_at": iso(order.reply_waiting_at),
        "erased": getattr(order, "erased", False),  # of an order as it was (read_models/history/past.py)
        "contact_note": contact_note(order) or None,
    }


def _refunded_there(order: Order) -> str | None:
    there = order.refund_there
    return format_cents(there.amount_cents, there.currency) if there else None


def etag(order: Order) -> Mapping[str, str]:
    """Of the order as it is shown; `If-Match` names it."""
    return {"ETag": f'"{order.revision}"'}
