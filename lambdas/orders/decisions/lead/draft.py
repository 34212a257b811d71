"""The draft that a caller sends, and the order that it becomes."""

import hashlib
import json
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from lambdas.orders.card_numbers.card_data import card_data_in
from lambdas.orders.contact.fields import judged
from lambdas.orders.decisions.lead.lead_expiry import ends_at
from lambdas.orders.decisions.lead.prorated_days import is_of_another_day
from lambdas.orders.decisions.lead.room import refuse_full
from lambdas.orders.errors import CardDataError, InvalidOrderError, Problem, QueueNotFoundError
from lambdas.orders.model import info as order_info
from lambdas.orders.model.checklist import checklist_of
from lambdas.orders.model.modules import ModuleFacts
from lambdas.orders.model.money import MAX_CENTS, Money, format_cents
from lambdas.orders.model.order import Order
from lambdas.orders.model.queue import Queue
from lambdas.orders.parsing.amounts import stated_cents
from lambdas.orders.parsing.info_keys import near_misses
from lambdas.orders.parsing.transfer_code import without_codes
from lambdas.orders.ports import Pricing, Sale
from lambdas.orders.readback import setup_problems, without_read_back
from lambdas.runtime.models import Frozen
from lambdas.runtime.passwords import hash_password

_DETAILS = (
    "ts", "client_id", "order_form_id", "opportunity_id", "owner", "priority", "listed_company", "signature",
    "requested_completion", "planned_completion",
)  # fmt: skip


class OrderDraft(Frozen):
    """The content of a new order. `total` is in the currency that is sold in; times in Unix seconds; None: not stated.

    The API's request is one.
    """

    order_queue_id: int
    ts: int | None = None
    hash: str | None = None
    client_id: str | None = None
    order_form_id: int | None = None
    opportunity_id: int | None = None
    owner: str | None = None
    priority: int | None = None
    listed_company: str | None = None
    signature: str | None = None
    total: Decimal | None = None
    requested_completion: int | None = None
    planned_completion: int | None = None
    add_default_pack_upgrades: bool = False
    info: dict[str, Any] = {}

    def content_hash(self) -> str:
        """The same for the same content, whatever the order of keys; used to tell a repeat from another order."""
        values = {name: getattr(self, name) for name in OrderDraft.model_fields}
        stated = {name: value for name, value in values.items() if value is not None and value is not False}
        stated["info"] = {key: value for key, value in without_codes(self.info).items() if key != "uber_pass"}
        if (total := stated.pop("total", None)) is not None:  # as releases did that counted hundredths alone
            stated["total_cents"] = int(total * 100) if not total * 100 % 1 else str(total)
        content = json.dumps(stated, sort_keys=True, default=str)
        return hashlib.sha256(content.encode()).hexdigest()


def queue_for(draft: OrderDraft, queues: Mapping[int, Queue]) -> Queue:
    """The queue that the draft names. Raises QueueNotFoundError, or InvalidOrderError if it takes no new orders."""
    queue = queues.get(draft.order_queue_id)
    if queue is None:
        raise QueueNotFoundError(draft.order_queue_id, list(queues))
    if not queue.active:
        problem = Problem("order_queue_id", f"queue {queue.order_queue_id} {queue.name} takes no new orders")
        raise InvalidOrderError((problem,))
    return queue


def new_order(
    draft: OrderDraft,
    queue: Queue,
    modules: Mapping[str, ModuleFacts],
    pricing: Pricing,
    *,
    now: int,
    hash: str,
    currency: str,
) -> Order:
    """The lead this draft makes, still without a number. Raises InvalidOrderError for what could never become right.

    Longer than 30 lines, because each field of a lead is a line.
    """
    steps, actions = checklist_of(queue, modules)
    blank = Order(
        order_id="",
        hash=hash,
        is_fingerprinted=True,
        order_queue_id=queue.order_queue_id,
        brand_id=queue.brand_id,
        queue_hash=queue.content_hash,
        step_id=queue.leads.id,
        step_status=queue.leads.status,
        ts=draft.ts or now,
        activity=now,
        currency=currency,
        checklist_steps=steps,
        actions=actions,
        machine_run=0,
        lead_ends_at=ends_at(queue, now),
    )
    changes = {name: getattr(draft, name) for name in _DETAILS}
    changes |= {"ts": None, "total": draft.total, "info": _requested_info(draft, pricing, currency)}
    return with_changes(blank, changes, pricing, now=now, currency=currency)


def _requested_info(draft: OrderDraft, pricing: Pricing, currency: str) -> dict[str, Any]:
    if not draft.add_default_pack_upgrades:
        return draft.info
    order_info.limits(draft.info)
    return pricing.with_default_options(draft.info, currency)


def revised(order: Order, changes: Mapping[str, Any], pricing: Pricing, *, now: int, currency: str) -> Order:
    """`with_changes`; but an order that they leave as it is keeps the price it has, unless its first days are over."""
    merged = _merged(order, changes, now)
    total = Decimal(format_cents(order.total_cents, order.currency))
    same = merged.changed(activity=order.activity) == order and changes.get("total") in (None, total)
    same = same and not is_of_another_day(order, now)
    priced = order if same else _priced(merged, changes, pricing, now=now, currency=currency)
    return _refuse_disagreement(order, changes, priced)


def with_changes(order: Order, changes: Mapping[str, Any], pricing: Pricing, *, now: int, currency: str) -> Order:
    """The order with these changes. `info` is merged deeply. A lead gets a new total, in the currency that is sold in now."""
    merged = _merged(order, changes, now)
    return _refuse_disagreement(order, changes, _priced(merged, changes, pricing, now=now, currency=currency))


def _refuse_disagreement(before: Order, changes: Mapping[str, Any], after: Order) -> Order:
    """The changed order, unless what was stated of its prices is not so, or it has no room."""
    if problems := tuple(setup_problems(before, changes.get("info") or {}, after)):
        raise InvalidOrderError(problems)
    if after is not before:
        refuse_full(after)
    return after


def _merged(order: Order, changes: Mapping[str, Any], now: int) -> Order:
    sent = changes.get("info") or {}
    order_info.limits(sent)
    _refuse_card_data(order, changes, sent)
    problems = list(near_misses(sent))
    stated = judged(without_read_back(order, sent), order.info, problems, where="info.")
    if problems:
        raise InvalidOrderError(tuple(problems))
    info = order_info.merge(order.info, stated)
    password = order_info.text(info, "uber_pass")
    info.pop("uber_pass", None)
    order_info.limits(info)
    details = {name: changes[name] for name in _DETAILS if changes.get(name) is not None}
    if details.get("client_id") == "":
        details["client_id"] = None  # nobody's any more
    if password:
        details["password_hash"] = hash_password(password)
    return order.changed(**details, info=info, activity=now)


def _refuse_card_data(order: Order, changes: Mapping[str, Any], sent: Mapping[str, Any]) -> None:
    """Refuse card data that a door let through. The country tells how the telephone numbers beside it are written."""
    known = {"country": order_info.text(order.info, "country"), **sent}
    if found := card_data_in({**{name: changes.get(name) for name in _DETAILS}, "info": known}):
        raise CardDataError("a name in info" if found.in_name else found.path)


def _priced(order: Order, changes: Mapping[str, Any], pricing: Pricing, *, now: int, currency: str) -> Order:
    """A lead at the prices of now; once an order was submitted its prices stay, for that money was held."""
    stated: Decimal | None = changes.get("total")
    if not order.is_lead:
        if order.priced or stated is None:
            return order
        return order.changed(total_cents=stated_cents("total", stated, order.currency))
    priced = pricing.price(order.info, sale_of(order.changed(currency=currency), now))
    if priced:
        total = sum(pack.first_charge_cents for pack in priced)
    elif stated is not None:
        total = stated_cents("total", stated, currency)
    elif order.total_cents:  # what was stated once stays in what it was stated in
        total, currency = order.total_cents, order.currency
    else:
        total = 0
    if total > MAX_CENTS:
        text = f"what it asks for comes to more than {Money(MAX_CENTS, currency)}; split it into several orders"
        raise InvalidOrderError((Problem("info", text),))
    return order.changed(priced=priced, total_cents=total, currency=currency)


def sale_of(order: Order, now: int) -> Sale:
    """The sale, as far as prices, coupons and taxes need it."""
    address = order_info.text(order.info, "ip_address")
    return Sale(order.brand_id, order.client_id, now, order.currency, order.order_id, address)
