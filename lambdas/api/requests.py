"""One request model per method: names, types and defaults of reference ubersmith-orders 4.5 (`api-2.0-methods.json`).

A parameter that is empty counts as not sent: clients drop falsy values, and forms send empty ones (4.1).
"""

from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, ConfigDict, Field, model_validator

from lambdas.orders.money import parse_cents
from lambdas.runtime.models import Frozen

MAX_TEXT = 1_000
MAX_HASH = 128


def _empty_is_absent(value: Any) -> Any:
    return None if value == "" else value


def _reference(value: Any) -> Any:
    """The id of another record; Ubersmith writes `0` where there is none."""
    return None if value in ("", "0", 0) else str(value) if isinstance(value, int) else value


def _map(value: Any) -> Any:
    """PHP clients send an empty map as an empty list or text."""
    return {} if value in ("", [], None) else value


def _flag(value: Any) -> Any:
    """Clients write flags in many ways (reference 4.1)."""
    text = str(value).strip().lower()
    return (
        True
        if text in ("1", "true", "yes", "on")
        else False
        if text in ("0", "false", "no", "off", "", "none")
        else value
    )


Count = Annotated[int | None, BeforeValidator(_empty_is_absent), Field(ge=0, le=2**53)]
Text = Annotated[str | None, BeforeValidator(_empty_is_absent), Field(max_length=MAX_TEXT)]
Reference = Annotated[str | None, BeforeValidator(_reference), Field(pattern=r"^[0-9]{1,18}$")]
Cents = Annotated[int | None, BeforeValidator(lambda value: None if value in ("", None) else parse_cents(value))]
Flag = Annotated[bool, BeforeValidator(_flag)]
Info = Annotated[dict[str, Any], BeforeValidator(_map)]
Hash = Annotated[str | None, BeforeValidator(_empty_is_absent), Field(min_length=8, max_length=MAX_HASH)]


class Request(Frozen):
    """Base of all requests. API 2.0 ignores parameters a method does not have, as Ubersmith does."""

    model_config = ConfigDict(coerce_numbers_to_str=True)


class OrderRequest(Request):
    """A request about one order, by `order_id` or by the `hash` that stands in for it."""

    order_id: Reference = None
    hash: Hash = None

    @model_validator(mode="after")
    def _one_of_both(self) -> "OrderRequest":
        if self.order_id is None and self.hash is None:
            raise ValueError("parameter not supplied; name the order by order_id or by hash")
        return self


class _Details(Request):
    """What create and update have in common. `total` is a decimal amount, kept as cents."""

    info: Info = {}
    owner: Text = None
    priority: Annotated[int | None, BeforeValidator(_empty_is_absent), Field(ge=0, le=3)] = None
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
    step_status: Annotated[int | None, BeforeValidator(_empty_is_absent), Field(ge=0, le=3)] = None
    min_ts: Count = None
    max_ts: Count = None
    client_id: Reference = None
    opportunity_id: Count = None
    order_by: Annotated[Literal["ts"] | None, BeforeValidator(_empty_is_absent)] = None
    direction: Annotated[Literal["asc", "desc"] | None, BeforeValidator(_empty_is_absent)] = None
    offset: Count = None
    limit: Annotated[int | None, BeforeValidator(_empty_is_absent), Field(ge=1, le=1_000)] = None


class CancelRequest(OrderRequest):
    """`order.cancel`. `reason` is ours: why, for those who look at the order later."""

    reason: Text = None
