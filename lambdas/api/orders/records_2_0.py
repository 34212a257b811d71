"""An order as API 2.0 answers it: ids, money and flags as text, empty maps as `[]` (reference/ubersmith.md 4.4, 4.6)."""

from html import escape
from typing import Any

from lambdas.api.http.values_2_0 import as_text
from lambdas.api.orders.results import CreatedOrder
from lambdas.orders.decisions.late_contact import contact_note
from lambdas.orders.model.checklist import ActionState, ChecklistAction
from lambdas.orders.model.money import Money, format_cents
from lambdas.orders.model.order import Order
from lambdas.orders.model.packs import PricedPack
from lambdas.orders.model.queue import Queue
from lambdas.orders.model.steps import StepStatus
from lambdas.orders.periods import day_of
from lambdas.orders.readback import credits_of, taxes_of, with_prices
from lambdas.orders.table.pages import OrderPage

_QUEUE_FIELDS = ["class_id", "active", "name", "sendlink_from", "sendlink_sub", "sendlink_body"]


def submitted(order: Order) -> str:
    """The text a browser shows after an order form; Ubersmith answers HTML here."""
    client = f" Your client number is {escape(order.client_id)}." if order.client_id else ""
    so = "is complete" if order.step_status is StepStatus.COMPLETE else "is being processed"
    return f"<p>Thank you. Your order number is {escape(order.order_id)}.{client} Your order {so}.</p>"


def record(order: Order) -> dict[str, Any]:
    """`order.get`."""
    return {
        "order_id": order.order_id,
        "hash": order.hash,
        "order_queue_id": str(order.order_queue_id),
        "order_status": str(order.step_id),
        "order_form_id": str(order.order_form_id),
        "client_id": order.client_id or "0",
        "opportunity_id": str(order.opportunity_id),
        "owner": order.owner,
        "priority": str(order.priority),
        "listed_company": order.listed_company,
        "total": format_cents(order.total_cents, order.currency),
        "signature": order.signature,
        **({"contact_note": note} if (note := contact_note(order)) else {}),
        "ts": str(order.ts),
        "activity": str(order.activity),
        "requested_completion": str(order.requested_completion or 0),
        "planned_completion": str(order.planned_completion or 0),
        "progress": _progress(order),
        "info": _info(order, unset=None),
    }


def records(page: OrderPage) -> Any:
    """`order.list`: records by order id; `[]` if there are none."""
    return {order.order_id: record(order) for order in page.orders} or []


def created(found: CreatedOrder) -> dict[str, Any]:
    """`order.create`: the server's bundle around the new record."""
    order, queue = found.order, _queue(found.queue)
    data = record(order)
    del data["order_id"]
    data |= {
        "method": "order.create",
        "ts": order.ts,
        "activity": order.activity,
        "priority": order.priority,
        "order_form_id": order.order_form_id,
        "opportunity_id": order.opportunity_id,
        "client_id": order.client_id or "",
        "info": _info(order, unset=[]),
    }
    step = {
        "name": order.step.name,
        "priority": str([step.step_id for step in order.checklist_steps].index(order.step_id) + 1),
        "order_queue_id": str(order.order_queue_id),
        "order_step_id": str(order.step_id),
    }
    return {
        "data_changed": False,
        "order_id": order.order_id,
        "data": data,
        "step": {"order_step_id": str(order.step_id), "data": step, "queue": queue},
        "form": {"data": None, "id": 0, "queue": None},
        "summary": _summary(order),
        "queue": queue,
    }


def _progress(order: Order) -> Any:
    """The actions that have started, by their id; `[]` if none has."""
    begun = {
        key: {
            "ts": str(at),
            "status": _status(action),
            "message": action.reason,
            "attempts": str(action.attempts),
            "user": action.by,
            "name": action.name,
            "order_step_id": str(action.step_id),
            "result": as_text(action.result),
        }
        for key, action in order.actions.items()
        if action.state is not ActionState.PENDING and (at := order.at_of(action))
    }
    return begun or []


def _status(action: ChecklistAction) -> str:
    """A failed action that waits for a person is failed: front ends look for that word (reference/ubersmith.md 1.6)."""
    failed = action.failed_last and action.state is ActionState.WAITING
    return ActionState.FAILED.value if failed else action.state.value


def _queue(queue: Queue) -> dict[str, Any]:
    texts = {
        "class_id": str(queue.brand_id),
        "active": "1" if queue.active else "0",
        "name": queue.name,
        "sendlink_from": queue.sendlink_from,
        "sendlink_sub": queue.sendlink_sub,
        "sendlink_body": queue.sendlink_body,
    }
    return {
        "order_queue_id": str(queue.order_queue_id),
        "data": {"order_queue_id": str(queue.order_queue_id), **texts, "i18n": []},
        "order_queue_fields": _QUEUE_FIELDS,
        "i18n_column": ["name", "sendlink_sub", "sendlink_body"],
    }


def _summary(order: Order) -> str:
    """An HTML table: what is bought, for how long, set-up, discounts, taxes, total cost."""
    rows = "".join(
        f"<tr><td>{escape(pack.title)}</td><td>{pack.quantity}</td>"
        f"<td>{_price(pack, order.currency)}</td>"
        f"<td>{format_cents(pack.setup_cents, order.currency)}</td></tr>{_discount(pack, order.currency)}"
        for pack in order.priced
    )
    head = "<tr><th>Service</th><th>Quantity</th><th>Price / period</th><th>Setup</th></tr>"
    whole = escape(str(Money(order.total_cents, order.currency)))
    total = f'<tr><th colspan="3">Total cost</th><td>{whole}</td></tr>'
    return f"<table>{head}{rows}{_taxes(order)}{total}</table>"


def _taxes(order: Order) -> str:
    return "".join(
        f'<tr><td colspan="3">{escape(tax.label)}</td><td>{format_cents(tax.cents, order.currency)}</td></tr>'
        for tax in taxes_of(order.priced)
        if tax.cents or tax.reverse_charge
    )


def _discount(pack: PricedPack, currency: str) -> str:
    if not pack.coupon or not pack.discount_cents:
        return ""
    return (
        f'<tr><td colspan="2">Coupon {escape(pack.coupon.coupon_code)}</td><td>'
        f"{format_cents(-pack.first_discount_cents, currency)}</td><td>"
        f"{format_cents(-pack.setup_discount_cents, currency)}</td></tr>"
    )


def _price(pack: PricedPack, currency: str) -> str:
    """Of a period; and what is charged first, if that is another sum."""
    each = f"{format_cents(pack.recurring_cents, currency)} / {_period(pack.period)}"
    if pack.proration is None:
        return each
    ends = day_of(pack.proration.renews_at).isoformat()
    return f"{each}; {format_cents(pack.first_list_cents, currency)} until {ends}"


def _period(months: int) -> str:
    return "one time" if not months else "month" if months == 1 else f"{months} months"


def _info(order: Order, *, unset: Any) -> dict[str, Any]:
    """With what the server worked out (reference/ubersmith.md 5.3, 5.4). `unset`: how a key is written that nobody set."""
    credits = {coupon_id: format_cents(cents, order.currency) for coupon_id, cents in credits_of(order.priced).items()}
    coupons = {"coupon_ids": list(credits) or unset, "coupon_credits": credits or unset}
    stated = {key: as_text(value) for key, value in with_prices(order.info, order.priced, order.currency).items()}
    return {**stated, **coupons, "taxes": _tax_totals(order) or unset}


def _tax_totals(order: Order) -> dict[str, Any]:
    """By tax id, where there are any. The three sums make the tax: on whole periods, on those that were shortened, on set-up."""
    prorated = {tax.tax_id: tax.recurring_cents for tax in taxes_of(tuple(p for p in order.priced if p.proration))}
    return {
        tax.tax_id: {
            "name": tax.name,
            "primary_total": format_cents(tax.recurring_cents - prorated.get(tax.tax_id, 0), order.currency),
            "prorated_total": format_cents(prorated.get(tax.tax_id, 0), order.currency),
            "setup_total": format_cents(tax.setup_cents, order.currency),
        }
        for tax in taxes_of(order.priced)
        if not tax.reverse_charge
    }
