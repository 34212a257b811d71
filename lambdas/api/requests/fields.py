"""The kinds of parameters. One that is empty counts as not sent: clients drop falsy values, and forms send empty ones
(reference ubersmith-orders 4.1)."""

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
    if text in ("1", "true", "yes", "on"):
        return True
    return False if text in ("0", "false", "no", "off", "", "none") else value


Absent = BeforeValidator(_empty_is_absent)
Count = Annotated[int | None, Absent, Field(ge=0, le=2**53)]
Text = Annotated[str | None, Absent, Field(max_length=MAX_TEXT)]
Reference = Annotated[str | None, BeforeValidator(_reference), Field(pattern=r"^[0-9]{1,18}$")]
Cents = Annotated[int | None, BeforeValidator(lambda value: None if value in ("", None) else parse_cents(value))]
Flag = Annotated[bool, BeforeValidator(_flag)]
Info = Annotated[dict[str, Any], BeforeValidator(_map)]
Hash = Annotated[str | None, Absent, Field(min_length=8, max_length=MAX_HASH)]
Direction = Annotated[Literal["asc", "desc"] | None, Absent]
Limit = Annotated[int | None, Absent, Field(ge=1, le=1_000)]


class Request(Frozen):
    """Base of all requests. API 2.0 ignores parameters a method does not have, as Ubersmith does."""

    model_config = ConfigDict(coerce_numbers_to_str=True)


class NoParameters(Request):
    """A method that takes nothing."""


class OrderRequest(Request):
    """A request about one order, by `order_id` or by the `hash` that stands in for it."""

    order_id: Reference = None
    hash: Hash = None

    @model_validator(mode="after")
    def _one_of_both(self) -> "OrderRequest":
        if self.order_id is None and self.hash is None:
            raise ValueError("parameter not supplied; name the order by order_id or by hash")
        return self
