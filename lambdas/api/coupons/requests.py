"""Requests of coupons: names, types and defaults of reference/ubersmith.md 4.5 (`api-2.0-methods.json`)."""

import re
from collections.abc import Mapping
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field, ValidationInfo, field_validator, model_validator

from lambdas.api.http.parameters import (
    Absent,
    Amount,
    Count,
    Direction,
    Flag,
    Limit,
    MaybeFlag,
    Reference,
    Request,
    Text,
    UnixTime,
    or_null,
)
from lambdas.catalog.coupon import MAX_CODE
from lambdas.runtime.models import Frozen

MAX_CLIENTS = 1_000  # of one call
LOCALES = "description_[locale]"  # stands for description_en_US, description_de_DE, ...
_LOCALE = re.compile(r"description_([a-z]{2,3}(?:_[A-Za-z0-9]{2,8}){0,2})")


def _code(value: Any) -> Any:
    return str(value).strip().upper() if isinstance(value, str | int) else value


def _ids(value: Any) -> Any:
    """One id, a list of them, or PHP's map of a list."""
    if isinstance(value, Mapping):
        return list(value.values())
    return [value] if isinstance(value, str | int) and value != "" else value or ()


Code = Annotated[str, BeforeValidator(_code), Field(min_length=1, max_length=MAX_CODE)]
Id = Annotated[str, Field(pattern=r"^[0-9]{1,10}$")]
_AS_ID: dict[str, Any] = {"type": "string", "pattern": r"^[0-9]{1,10}$"}
Locales = dict[str, Annotated[str, Field(max_length=1_000)]]


class OptionDiscountRequest(Frozen):
    """`opts[spo_id]`."""

    discount_type: Flag = Field(default=False, description="1 if discount is an amount, 0 if it is a percentage")
    discount: Amount = Field(default=None, description="What the option costs less each period")
    setup_discount_type: Flag = Field(default=False, description="The same of setup_discount")
    setup_discount: Amount = Field(default=None, description="What the option's set-up costs less")


Options = Annotated[dict[Id, OptionDiscountRequest], BeforeValidator(lambda value: {} if value in ("", []) else value)]


class CouponRequest(Request):
    """A request about one coupon."""

    coupon_id: Id = Field(description="The coupon")


class CouponGetRequest(Request):
    """`order.coupon_get`."""

    coupon_id: Reference = Field(default=None, description="The coupon; needed unless coupon_code is given")
    coupon_code: Text = Field(
        default=None, validate_default=True, description="Its code; needed unless coupon_id is given"
    )
    brand_id: Count = Field(default=None, description="The brand whose code it is; the first brand if it is left out")

    @field_validator("coupon_code")
    @classmethod
    def _one_of_both(cls, code: str | None, info: ValidationInfo) -> str | None:
        if code is None and info.data.get("coupon_id") is None:
            raise ValueError("parameter not supplied; name the coupon by coupon_id or by coupon_code")
        return code


class CouponListRequest(Request):
    """`order.coupon_list`."""

    FILTERS = frozenset({"plan_id", "start", "expire", "class_id", "active"})
    ZERO_FILTERS = frozenset({"plan_id", "start", "expire", "active"})
    SORTED_BY = frozenset({"coupon_id", "coupon_code", "start", "expire", "total_uses"})

    plan_id: Count = Field(default=None, description="Coupons for this service plan; 0: those for all plans")
    start: UnixTime = Field(default=None, description="Coupons that begin at this Unix time or later")
    expire: UnixTime = Field(default=None, description="Coupons that end at this Unix time or earlier")
    class_id: Count = Field(default=None, description="Coupons of this brand")
    active: MaybeFlag = Field(default=None, description="1: active ones, 0: the others; both if it is left out")
    include_options: MaybeFlag = Field(default=None, description="Answer with each coupon's discounts of plan options")
    include_clients: MaybeFlag = Field(default=None, description="Answer with the clients each coupon is for")
    order_by: Annotated[
        Literal["coupon_id", "coupon_code", "start", "expire", "total_uses"] | None,
        Absent,
        Field(description="What the coupons are sorted by; their ids if it is left out"),
    ] = None
    direction: Direction = Field(default="asc", description="asc or desc")
    offset: Count = Field(default=0, description="How many coupons to pass over")
    limit: Limit = Field(default=None, description="How many coupons to answer with, at most 1000")


class _Details(Request):
    """The parameters that add and update share. Discounts are decimal text."""

    descriptions: Locales | None = Field(
        default=None, alias=LOCALES, description="The description in another language, such as description_en_US"
    )
    description: Text = Field(default=None, description="What the coupon is for, as people read it")
    plan_id: Count = Field(default=None, description="The only service plan it counts for; 0: all plans")
    start: UnixTime = Field(default=None, description="Unix time from which it counts")
    class_id: Count = Field(default=None, description="The brand it belongs to")
    opts: Options | None = Field(
        default=None,
        description="Discounts of single plan options, by spo_id, each with discount_type, discount, "
        "setup_discount_type and setup_discount; they take the place of the coupon's own discount there",
    )

    @model_validator(mode="before")
    @classmethod
    def _gather_locales(cls, sent: Any) -> Any:
        """`description_en_US` and its like become one map. What is empty counts as not sent."""
        if not isinstance(sent, dict):
            return sent
        stated = {name: value for name, value in sent.items() if value not in ("", None)}
        texts = {match.group(1): stated[name] for name in stated if (match := _LOCALE.fullmatch(name))}
        return {**stated, LOCALES: texts} if texts else stated

    @classmethod
    def takes(cls, name: str) -> bool:
        return _LOCALE.fullmatch(name) is not None


class CouponAddRequest(_Details):
    """`order.coupon_add`."""

    description: Text = Field(
        default=None,
        validate_default=True,
        description="What the coupon is for, as people read it; needed unless description_[locale] is given",
    )
    coupon_code: Code = Field(description="The code people type; unique in its brand, stored upper-case")
    expire: UnixTime = Field(default=0, description="Unix time until which it counts; 0: for ever")
    recurring: Flag = Field(default=False, description="0: off the first period only, 1: off every period")
    discount_value: Amount = Field(default=None, description="What a period costs less")
    dollar: Flag = Field(default=False, description="1 if discount_value is an amount, 0 if it is a percentage")
    setup_discount_value: Amount = Field(default=None, description="What the set-up costs less")
    setup_dollar: Flag = Field(default=False, description="1 if setup_discount_value is an amount, 0 for a percentage")
    max_uses: Count = Field(default=0, description="How many orders may use it; 0: any number")
    active: Flag = Field(default=True, description="0: does not count")
    vip: Flag = Field(default=False, description="1: for existing clients only")

    @field_validator("description")
    @classmethod
    def _is_described(cls, text: str | None, info: ValidationInfo) -> str | None:
        if not text and not info.data.get("descriptions"):
            raise ValueError("parameter not supplied; send it, or description_[locale]")
        return text


class CouponUpdateRequest(_Details, CouponRequest):
    """`order.coupon_update`: what is sent is changed, the rest stays."""

    coupon_code: Annotated[Code | None, Absent] = Field(default=None, description="A new code")
    expire: UnixTime = Field(default=None, description="Unix time until which it counts; 0: for ever")
    recurring: MaybeFlag = Field(default=None, description="0: off the first period only, 1: off every period")
    discount_value: Amount = Field(default=None, description="What a period costs less")
    dollar: MaybeFlag = Field(default=None, description="1 if discount_value is an amount, 0 if it is a percentage")
    setup_discount_value: Amount = Field(default=None, description="What the set-up costs less")
    setup_dollar: MaybeFlag = Field(
        default=None, description="1 if setup_discount_value is an amount, 0 for a percentage"
    )
    max_uses: Count = Field(default=None, description="How many orders may use it; 0: any number")
    active: MaybeFlag = Field(default=None, description="0: does not count")
    vip: MaybeFlag = Field(default=None, description="1: for existing clients only")


class CouponClientsRequest(CouponRequest):
    """`order.coupon_client_add` and `order.coupon_client_delete`."""

    client_id: Annotated[
        tuple[Id, ...] | None,
        BeforeValidator(_ids),
        Field(max_length=MAX_CLIENTS),
        or_null(_AS_ID, {"type": "array", "items": _AS_ID, "maxItems": MAX_CLIENTS}),
    ] = Field(default=None, description="A client, or several: client_id=X, or client_id[0]=X and client_id[1]=Y")
