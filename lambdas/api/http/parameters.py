"""The kinds of parameters. One that is empty counts as not sent: clients drop falsy values, and forms send empty ones
(reference/ubersmith.md 4.1)."""

from decimal import Decimal
from typing import Annotated, Any, ClassVar, Literal

from pydantic import AfterValidator, BeforeValidator, ConfigDict, Field, WithJsonSchema, model_validator

from lambdas.orders.contact.text import lines
from lambdas.orders.model.money import stated_amount
from lambdas.records.clients.card_expiry import readable_expiry
from lambdas.runtime.models import Frozen

MAX_TEXT = 1_000
MAX_HASH = 128
MAX_TIME = 253_402_300_799  # the end of the year 9999, the last one that dates are written for


def _empty_is_absent(value: Any) -> Any:
    return None if value == "" else value


def _reference(value: Any) -> Any:
    """The id of another record; Ubersmith writes `0` where there is none, and PHP takes `05` for 5."""
    if isinstance(value, str) and value.isascii() and value.isdecimal():
        value = value.lstrip("0") or "0"
    return None if value in ("", "0", 0) else str(value) if isinstance(value, int) else value


def _map(value: Any) -> Any:
    """PHP clients send an empty map as an empty list or text."""
    return {} if value in ("", [], None) else value


def _flag(value: Any) -> Any:
    """Clients write flags in many ways (reference/ubersmith.md 4.1)."""
    text = str(value).strip().lower()
    if text in ("1", "true", "yes", "on"):
        return True
    return False if text in ("0", "false", "no", "off", "", "none") else value


def or_null(*schemas: dict[str, Any]) -> WithJsonSchema:
    """How a parameter is documented whose validator takes other values than its type says."""
    return WithJsonSchema({"anyOf": [*schemas, {"type": "null"}]})


# One type each, so that generated clients have one: numbers and their text are taken alike.
AS_FLAG: tuple[dict[str, Any], ...] = ({"type": "boolean"},)
AS_AMOUNT: tuple[dict[str, Any], ...] = ({"type": "string", "pattern": r"^[0-9]{1,10}(\.[0-9]{1,4})?$"},)
AS_REFERENCE: tuple[dict[str, Any], ...] = ({"type": "string", "pattern": "^[0-9]{1,18}$"},)

Absent = BeforeValidator(_empty_is_absent)
# Bounds stand on the inner type: on the outer one, pydantic would hold them against the None of an empty parameter.
Count = Annotated[Annotated[int, Field(ge=0, le=2**53)] | None, Absent]
UnixTime = Annotated[Annotated[int, Field(ge=0, le=MAX_TIME)] | None, Absent]
Text = Annotated[Annotated[str, Field(max_length=MAX_TEXT), AfterValidator(lines)] | None, Absent]
Password = Annotated[Annotated[str, Field(max_length=MAX_TEXT)] | None, Absent]
Reference = Annotated[
    Annotated[str, Field(pattern=r"^[0-9]{1,18}$")] | None, BeforeValidator(_reference), or_null(*AS_REFERENCE)
]
# In a currency that only what is asked for tells: asked_cents of lambdas/api/amounts.py takes it.
Amount = Annotated[
    Decimal | None,
    BeforeValidator(lambda value: None if value in ("", None) else stated_amount(value)),
    or_null(*AS_AMOUNT),
]
Flag = Annotated[bool, BeforeValidator(_flag), WithJsonSchema(AS_FLAG[0])]
MaybeFlag = Annotated[
    bool | None,
    BeforeValidator(lambda value: None if value in ("", None) else _flag(value)),
    or_null(*AS_FLAG),
]
Info = Annotated[dict[str, Any], BeforeValidator(_map)]
Hash = Annotated[Annotated[str, Field(min_length=8, max_length=MAX_HASH)] | None, Absent]
Direction = Annotated[Literal["asc", "desc"] | None, Absent]
Limit = Annotated[Annotated[int, Field(ge=1, le=1_000)] | None, Absent]


Expiry = Annotated[str | None, BeforeValidator(readable_expiry)]


class Request(Frozen):
    """Base of all requests. API 2.0 ignores parameters a method does not have, as Ubersmith does."""

    model_config = ConfigDict(coerce_numbers_to_str=True)

    # Parameters that narrow a list: a new caller who sends an empty one, or 0 unless that says something, is refused, for
    # everything would be listed. What the list can be sorted by; none: it is no list.
    FILTERS: ClassVar[frozenset[str]] = frozenset()
    ZERO_FILTERS: ClassVar[frozenset[str]] = frozenset()
    SORTED_BY: ClassVar[frozenset[str]] = frozenset()

    @classmethod
    def takes(cls, name: str) -> bool:
        """Whether there is a parameter of this name beside the fields: some have names that cannot be listed."""
        return False


class NoParameters(Request):
    """A method that takes nothing."""


class ParameterError(ValueError):
    """A rule about several parameters is broken. `field`: the one to correct, for `Problem`."""

    def __init__(self, field: str, text: str) -> None:
        super().__init__(text)
        self.field = field


class OrderRequest(Request):
    """A request about one order, by `order_id` or by the `hash` that stands in for it."""

    order_id: Reference = Field(default=None, description="The order, by its number; or by its hash.")
    hash: Hash = Field(default=None, description="The order, by its hash; or by its number.")

    @model_validator(mode="after")
    def _one_of_both(self) -> "OrderRequest":
        if self.order_id is None and self.hash is None:
            raise ParameterError("order_id", "parameter not supplied; name the order by order_id or by hash")
        return self
