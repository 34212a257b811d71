"""An order without the person: what is left of it for those who may not see who somebody is.

An allow-list, declared where the fields and keys are: `IMPERSONAL` of each model, of parsing/info_keys.py and pack_keys.py.
"""

import re
from collections.abc import Mapping
from typing import Any, TypeVar

from pydantic.fields import FieldInfo

from lambdas.orders.model.info import Info
from lambdas.orders.model.order import Order
from lambdas.orders.model.packs import PricedPack
from lambdas.orders.parsing import info_keys, pack_keys
from lambdas.runtime.models import Frozen

_ID = re.compile(r"[0-9]{1,18}")
_NUMBER = re.compile(r"-?[0-9][0-9,]*(\.[0-9]+)?")
_SWITCHES = frozenset({"true", "false", "yes", "no", "on", "off"})

M = TypeVar("M", bound=Frozen)


def without_person(order: Order) -> Order:
    """The order with fields that reveal nothing about a person. All other fields are at their defaults."""
    bare = _bare(order)
    priced = tuple(map(_impersonal_pack, bare.priced))
    return bare.changed(info=_impersonal_info(order.info), priced=priced, known_reference=order.reference)


def _bare(model: M) -> M:
    shown, fields = type(model).IMPERSONAL, type(model).model_fields
    return model.changed(
        **{name: _inner(getattr(model, name)) if name in shown else _blank(field) for name, field in fields.items()}
    )


def _blank(field: FieldInfo) -> Any:
    """The value shown for an undeclared or personal field. Fields without a default are texts."""
    return "" if field.is_required() else field.get_default(call_default_factory=True)


def _inner(value: Any) -> Any:
    match value:
        case Frozen():
            return _bare(value)
        case Mapping():
            return {key: _inner(each) for key, each in value.items()}
        case tuple():
            return tuple(map(_inner, value))
    return value


def _impersonal_pack(pack: PricedPack) -> PricedPack:
    """Of a service that is in no catalogue, plan and options may be any text."""
    maps = {name: _numbered(getattr(pack, name)) for name in ("option_price_cents", "option_setup_cents")}
    options = {key: value for key, value in _numbered(pack.options).items() if _ID.fullmatch(value)}
    return pack.changed(plan_id=pack.plan_id if _ID.fullmatch(pack.plan_id) else "", options=options, **maps)


def _impersonal_info(info: Mapping[str, Any]) -> Info:
    kept: Info = {
        key: value
        for key, value in info.items()
        if isinstance(value, str) and value in info_keys.IMPERSONAL.get(key, ())
    }
    packs = {key: value for key, value in info.items() if info_keys.is_pack(key) and isinstance(value, Mapping)}
    return {**kept, **{key: _impersonal_keys(pack) for key, pack in packs.items()}}


def _impersonal_keys(pack: Mapping[str, Any]) -> Info:
    known = {key: value for key, value in pack.items() if key in pack_keys.IMPERSONAL}
    maps = {key: _numbered(value) for key, value in known.items() if isinstance(value, Mapping)}
    numbers = {key: _numbers_only(value) for key, value in maps.items()}
    return {**_numbers_only(known), **numbers}


def _numbered(values: Mapping[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in values.items() if _ID.fullmatch(key)}


def _numbers_only(values: Mapping[str, Any]) -> Info:
    return {key: value for key, value in values.items() if _is_number(value)}


def _is_number(value: Any) -> bool:
    text = str(value).strip().lower()
    return not isinstance(value, Mapping | list | tuple) and (bool(_NUMBER.fullmatch(text)) or text in _SWITCHES)
