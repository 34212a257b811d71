"""Update Fields: writes fixed values into the order's `info` (docs/reference/ubersmith.md, 2.1 no. 11).

It cannot change what an order buys or how it is paid: that is locked after submit (`fixed_fields.changed_fields`).
"""

from pydantic import Field, field_validator

from lambdas.actions._frame.action import action_handler
from lambdas.actions._frame.module import Config, Done, Module, PermanentError, Tools
from lambdas.orders.decisions.lead.room import refuse_full
from lambdas.orders.errors import InvalidOrderError
from lambdas.orders.model import info as order_info
from lambdas.orders.model.order import Order

Scalar = str | int | bool
FieldValue = Scalar | dict[str, Scalar]

_FIXED = {"payment_type", "billing_info_id", "coupon", "uber_pass"}
_FIXED_PREFIXES = ("pack", "cc_", "ach_", "paypal_")


class UpdateFieldsConfig(Config):
    """The values, by their key in `info`."""

    fields: dict[str, FieldValue] = Field(
        min_length=1,
        max_length=50,
        description="Values by key of the order's info; a map as value is merged into the one that is there.",
    )

    @field_validator("fields")
    @classmethod
    def _none_is_fixed(cls, fields: dict[str, FieldValue]) -> dict[str, FieldValue]:
        fixed = sorted(key for key in fields if key in _FIXED or key.startswith(_FIXED_PREFIXES))
        if fixed:
            raise ValueError(f"decides what is bought or how it is paid: {', '.join(fixed)}")
        return fields


def run(order: Order, config: UpdateFieldsConfig, tools: Tools) -> Done:
    merged = order_info.merge(order.info, config.fields)
    try:
        order_info.limits(merged)
        refuse_full(order.changed(info=merged))
    except InvalidOrderError as refused:
        raise PermanentError(f"the order cannot take these fields: {refused}") from None
    names = sorted(config.fields)
    return Done(f"set: {', '.join(names)}", {"fields": names}, info={name: merged[name] for name in names})


module = Module("update_fields", UpdateFieldsConfig, run, label="Update Fields")
handler = action_handler(module)
