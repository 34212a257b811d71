"""Requests of an order's life: names, types and defaults of reference/ubersmith.md 4.5 (`api-2.0-methods.json`)."""

from typing import Annotated

from pydantic import Field, WithJsonSchema

from lambdas.api.http.parameters import (
    Absent,
    Amount,
    Count,
    Direction,
    Flag,
    Hash,
    Info,
    Limit,
    OrderRequest,
    Reference,
    Request,
    Text,
    UnixTime,
)
from lambdas.orders.decisions.lead.draft import OrderDraft
from lambdas.orders.model.queue import DEFAULT_BRAND_ID

ORDER_FIELDS = frozenset(
    {
        "order_id", "hash", "order_queue_id", "order_status", "order_form_id", "client_id", "opportunity_id", "owner", "priority",
        "listed_company", "total", "signature", "ts", "activity", "requested_completion", "planned_completion",
    }
)  # fmt: skip


class _Details(Request):
    """The parameters that create and update share. `total` is a decimal amount in what the brand sells in."""

    info: Info = Field(
        default={},
        description="What the order is about, in free form: contact data, payment, pack1, pack2 and so on; merged deeply.",
    )
    owner: Text = Field(default=None, description="Who takes care of the order.")
    priority: Annotated[Annotated[int, Field(ge=0, le=3)] | None, Absent] = Field(
        default=None, description="0 low, 1 normal (at first), 2 high, 3 urgent."
    )
    client_id: Reference = Field(
        default=None, description="The client who orders; without one, the order makes a client."
    )
    listed_company: Text = Field(default=None, description="Name to list the order by.")
    signature: Text = Field(default=None, description="Typed name of who agreed.")
    total: Amount = Field(default=None, description="Total amount, where no pack has a price; worked out otherwise.")
    requested_completion: UnixTime = Field(default=None, description="When the client wants it, in Unix seconds.")
    planned_completion: UnixTime = Field(default=None, description="When it is planned to be done, in Unix seconds.")


class CreateRequest(_Details, OrderDraft):
    """`order.create`: a draft, as it was sent. `order_status` may name the Leads step only; orders leave it by order.submit."""

    order_queue_id: int = Field(gt=0, description="The queue the order goes through.")
    ts: UnixTime = Field(default=None, description="When the order was received, in Unix seconds; now if not stated.")
    order_form_id: Count = Field(default=None, description="The form it came by.")
    order_status: Count = Field(
        default=None, description="The Leads step of the queue, where an order begins; no other one."
    )
    opportunity_id: Count = Field(default=None, description="ours: the sales opportunity it was made of.")
    hash: Hash = Field(default=None, description="A hash of the caller's own; made here if not stated.")
    add_default_pack_upgrades: Flag = Field(
        default=False,
        description="Add to each pack of a known plan the default option of every upgrade for which none is chosen",
    )


class UpdateRequest(_Details, OrderRequest):
    """`order.update`: what is sent is changed, `info` is merged, the rest stays. A step moves the order; `step_id` wins."""

    step_id: Count = Field(default=None, description="The step to move the order to.")
    step_name: Text = Field(default=None, description="The step to move the order to, by name; step_id wins.")
    reason: Text = Field(
        default=None,
        description="ours: why the order is moved; needed where it leaves out actions that are neither done nor skipped.",
    )
    card_stored: Flag = Field(default=False, description="1, with card_id: pay by a card that the client has stored.")
    card_id: Reference = Field(default=None, description="The stored card, by its billing_info_id.")
    ach_id: Reference = Field(default=None, description="The stored bank account, by its billing_info_id.")


class GetRequest(OrderRequest):
    """`order.get`. `at` is ours."""

    at: Text = Field(
        default=None,
        description="ours: the order as it was: at this revision, or at this time, in Unix seconds (100000000 and more) or as "
        "ISO 8601 with its time zone, such as 2026-11-27T08:30:00Z.",
    )


class HistoryRequest(OrderRequest):
    """`order.history`, ours: who changed an order, when, how, why and what."""

    SORTED_BY = frozenset({"revision"})

    direction: Direction = Field(default="desc", description="desc: the latest change first; asc: the oldest first.")
    limit: Limit = Field(default=None, description="How many changes at most, up to 1000; 50 if left out.")
    cursor: Text = Field(default=None, description="next_cursor of the page before, to continue there.")


class ProcessRequest(OrderRequest):
    """`order.process`. `input` (what the module asked for) and `reason` (why it is skipped) are ours."""

    order_action_id: int = Field(gt=0, description="The action, by its id in the order's checklist.")
    skip: Flag = Field(default=False, description="1: pass the action over instead.")
    undo_skip: Flag = Field(default=False, description="1: take a skip back.")
    input: Info = Field(default={}, description="ours: what the module asked for.")
    reason: Text = Field(
        default=None,
        description="ours: why it is skipped; needed for that, but not in API 2.0, where programs know none.",
    )


class RestartRequest(OrderRequest):
    """`order.restart`, ours: a new execution for an order whose machine was stopped."""


class ListRequest(Request):
    """`order.list`. `limit` is bounded; new callers' pages are sorted by time, lists of API 2.0 by any field that they show."""

    FILTERS = frozenset(
        {
            "order_step_id",
            "order_queue_id",
            "brand_id",
            "step_name",
            "step_status",
            "min_ts",
            "max_ts",
            "client_id",
            "opportunity_id",
        }
    )
    ZERO_FILTERS = frozenset({"step_status", "min_ts", "max_ts"})
    SORTED_BY = ORDER_FIELDS

    order_step_id: Count = Field(default=None, description="Only orders in this step. Wins over queue, brand and step.")
    order_queue_id: Count = Field(default=None, description="Only orders of this queue. Wins over brand_id.")
    brand_id: Count = Field(
        default=DEFAULT_BRAND_ID,
        description="Only orders of this brand; without effect where a step or queue is named.",
    )
    step_name: Text = Field(default=None, description="Only orders in steps of this name, in upper or lower case.")
    step_status: Annotated[Annotated[int, Field(ge=0, le=3)] | None, Absent] = Field(
        default=None,
        description="Only orders in steps of this kind: 0 ordinary, 1 Leads, 2 Complete, 3 Canceled. Wins over step_name.",
    )
    min_ts: UnixTime = Field(default=None, description="Only orders received then or later, in Unix seconds.")
    max_ts: UnixTime = Field(default=None, description="Only orders received then or earlier, in Unix seconds.")
    client_id: Reference = Field(default=None, description="Only orders of this client.")
    opportunity_id: Count = Field(default=None, description="Only orders made of this sales opportunity.")
    order_by: Annotated[str | None, Absent, WithJsonSchema({"const": "ts"})] = Field(
        default="ts",
        description="What the list is sorted by: ts, when an order was received. In API 2.0 any field that a list shows.",
    )
    direction: Direction = Field(default="asc", description="asc: oldest first; desc: newest first.")
    offset: Count = Field(
        default=0,
        description="How many orders to leave out first. They are read all the same, so a large one is slow: prefer cursor.",
    )
    limit: Limit = Field(
        default=None, description="How many orders at most, up to 1000, which is API 2.0's default; elsewhere it is 50."
    )
    cursor: Text = Field(
        default=None,
        description="ours: next_cursor of the page before, to continue there. Send the same filters with it.",
    )


class CancelRequest(OrderRequest):
    """`order.cancel`. `reason` is ours: why, for those who look at the order later."""

    reason: Text = Field(default=None, description="ours: why, for those who look at the order later.")
