"""Requests of an order's life: names, types and defaults of reference ubersmith-orders 4.5 (`api-2.0-methods.json`)."""

from typing import Annotated, Literal

from pydantic import Field

from lambdas.api.requests.fields import (
    Absent,
    Cents,
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
)


class _Details(Request):
    """What create and update have in common. `total` is a decimal amount, kept as cents."""

    info: Info = {}
    owner: Text = None
    priority: Annotated[int | None, Absent, Field(ge=0, le=3)] = None
    client_id: Reference = None
    listed_company: Text = None
    signature: Text = None
    total_cents: Cents = Field(default=None, alias="total")
    requested_completion: Count = None
    planned_completion: Count = None


class CreateRequest(_Details):
    """`order.create`. `order_status` may name the Leads step only; orders leave it by order.submit."""

    order_queue_id: int = Field(gt=0)
    ts: Count = None
    order_form_id: Count = None
    order_status: Count = None
    opportunity_id: Count = None
    hash: Hash = None


class UpdateRequest(_Details, OrderRequest):
    """`order.update`: what is sent is changed, `info` is merged, the rest stays. A step moves the order; `step_id` wins."""

    step_id: Count = None
    step_name: Text = None


class SubmitRequest(OrderRequest):
    """`order.submit`."""


class GetRequest(OrderRequest):
    """`order.get`."""


class ProcessRequest(OrderRequest):
    """`order.process`. `input` (what the module asked for) and `reason` (why it is skipped) are ours."""

    order_action_id: int = Field(gt=0)
    skip: Flag = False
    undo_skip: Flag = False
    input: Info = {}
    reason: Text = None


class RestartRequest(OrderRequest):
    """`order.restart`, ours: a new execution for an order whose machine was stopped."""


class ListRequest(Request):
    """`order.list`. `limit` is bounded; `order_by` knows the time only."""

    order_step_id: Count = None
    order_queue_id: Count = None
    brand_id: Count = None
    step_name: Text = None
    step_status: Annotated[int | None, Absent, Field(ge=0, le=3)] = None
    min_ts: Count = None
    max_ts: Count = None
    client_id: Reference = None
    opportunity_id: Count = None
    order_by: Annotated[Literal["ts"] | None, Absent] = None
    direction: Direction = None
    offset: Count = None
    limit: Limit = None


class CancelRequest(OrderRequest):
    """`order.cancel`. `reason` is ours: why, for those who look at the order later."""

    reason: Text = None
