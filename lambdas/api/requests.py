"""One request model per method: names, types and defaults of reference ubersmith-orders 4.5 (`api-2.0-methods.json`).

A parameter that is empty counts as not sent: clients drop falsy values, and forms send empty ones (4.1).
"""

from typing import Annotated, Any

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


Count = Annotated[int | None, BeforeValidator(_empty_is_absent), Field(ge=0, le=2**53)]
Text = Annotated[str | None, BeforeValidator(_empty_is_absent), Field(max_length=MAX_TEXT)]
Reference = Annotated[str | None, BeforeValidator(_reference), Field(pattern=r"^[0-9]{1,18}$")]
Cents = Annotated[int | None, BeforeValidator(lambda value: None if value in ("", None) else parse_cents(value))]
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
    """`order.update`: what is sent is changed, `info` is merged, the rest stays."""


class SubmitRequest(OrderRequest):
    """`order.submit`."""


class GetRequest(OrderRequest):
    """`order.get`."""


class CancelRequest(OrderRequest):
    """`order.cancel`. `reason` is ours: why, for those who look at the order later."""

    reason: Text = None
