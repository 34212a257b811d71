"""What is left of an order for those who may not see who somebody is: what is declared, and nothing else."""

from collections.abc import Iterator
from types import GenericAlias
from typing import Any, get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lambdas.orders.model.order import Hold, Order, Wait
from lambdas.orders.model.packs import PricedPack
from lambdas.orders.model.redacted import without_person
from lambdas.orders.parsing import info_keys, pack_keys
from lambdas.records.clients.payment_method import ON_ACCOUNT, PAYMENT_TYPES
from lambdas.runtime.models import Frozen
from tests.support.build import an_order

ADA = "Ada Lovelace of Ockham"


def models_within(model: type[Frozen]) -> Iterator[type[Frozen]]:
    """The model, and all that stand in what is shown of it."""
    yield model
    for name in sorted(model.IMPERSONAL & model.model_fields.keys()):
        for inner in _types(model.model_fields[name].annotation):
            if isinstance(inner, type) and not isinstance(inner, GenericAlias) and issubclass(inner, Frozen):
                yield from models_within(inner)


def _types(annotation: Any) -> Iterator[Any]:
    yield annotation
    for inner in get_args(annotation):
        yield from _types(inner)


@pytest.mark.parametrize("model", dict.fromkeys(models_within(Order)), ids=lambda model: model.__name__)
def test_every_field_is_declared_as_one_or_the_other(model: type[Frozen]) -> None:
    """A field that is in neither is not shown; say which it is, and think of free text as personal."""
    assert model.model_fields.keys() == model.IMPERSONAL | model.PERSONAL
    assert not model.IMPERSONAL & model.PERSONAL


def test_every_key_that_is_shown_is_one_with_a_meaning() -> None:
    assert info_keys.IMPERSONAL.keys() <= info_keys.MEANT
    assert pack_keys.IMPERSONAL <= pack_keys.HONOURED
    assert info_keys.IMPERSONAL["payment_type"] == PAYMENT_TYPES.keys() | (ON_ACCOUNT - {""})


def filled(model: type[Frozen], value: Any) -> dict[str, Any]:
    return {name: value for name in model.PERSONAL if name in model.model_fields}


def test_nothing_that_was_typed_or_came_from_outside_is_left() -> None:
    order = an_order()
    pack = PricedPack(
        pack="pack1", plan_id=ADA, title=ADA, description=ADA, quantity=1, period=1, setup_cents=0, recurring_cents=995,
        options={"31": "101", ADA: "1", "32": ADA}, option_price_cents={"31": 5, ADA: 1},
    )  # fmt: skip
    hold = Hold(transaction_id=ADA, key=ADA, method="card", amount_cents=995, currency="USD", avs_code=ADA)
    key, action = next(iter(order.actions.items()))
    seen = without_person(
        order.changed(
            **filled(Order, ADA),
            priced=(pack,),
            hold=hold,
            waits={"101": Wait(token=ADA, since=1, owner="operations")},
            actions={
                **order.actions,
                key: action.changed(reason=ADA, result={"a": ADA}, input={"b": ADA}, config={"c": ADA}),
            },
            info={"first": ADA, "payment_type": ADA, "pack1": {"plan_id": "1", "desserv": ADA, "options": {"31": ADA}}},
        )
    )

    assert ADA not in repr(seen)
    assert (seen.order_id, seen.total_cents, seen.actions[key].state) == ("1001", 0, action.state)
    assert seen.hold is not None
    assert (seen.hold.amount_cents, seen.priced[0].options, seen.waits["101"].owner) == (
        995,
        {"31": "101"},
        "operations",
    )
    assert seen.info == {"pack1": {"plan_id": "1", "options": {}}}


@pytest.mark.parametrize(
    "key",
    ["package", "packed_by", "pack", "pack0", "pack1x", "Pack1", "coupon", "coupon_note", "taxes", "taxes_of", "payment_type_",
     "payment_types", "billing_info_id", "cc_num", "ip_address", "notes", "reason", "meta"],
)  # fmt: skip
@pytest.mark.parametrize("value", [ADA, {"note": ADA}, [ADA], {"plan_id": ADA}])
def test_no_other_key_is_shown_whatever_it_is_called(key: str, value: Any) -> None:
    assert key not in without_person(an_order(info={key: value})).info


def test_what_is_shown_of_a_pack_are_numbers() -> None:
    said = {
        "plan_id": "1", "quantity": 2, "period": "12", "price": "1,234.50", "setup_qs": True, "start": "1800000000",
        "options": {"31": "101", "32": [ADA]}, "monthly_fee": {"31": "5.00", ADA: "1"}, "status": ADA, "coupon": "ADA10",
        "desserv": "ada.example", "note": "x", "notes": ADA,
    }  # fmt: skip

    assert without_person(an_order(info={"pack7": said, "payment_type": "cc"})).info == {
        "payment_type": "cc",
        "pack7": {
            "plan_id": "1", "quantity": 2, "period": "12", "price": "1,234.50", "setup_qs": True, "start": "1800000000",
            "options": {"31": "101"}, "monthly_fee": {"31": "5.00"},
        },
    }  # fmt: skip


ANYTHING = st.recursive(
    st.text() | st.integers() | st.none(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=5,
)


@given(st.dictionaries(st.text(), ANYTHING, max_size=5))
def test_whatever_keys_there_are_only_declared_ones_are_shown(info: dict[str, Any]) -> None:
    kept = without_person(an_order(info=info)).info

    assert all(info_keys.is_pack(key) or key == "payment_type" for key in kept)
