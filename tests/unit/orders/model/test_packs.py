"""Packs are read from whatever a caller sends, or refused naming every wrong field."""

from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lambdas.orders.errors import InvalidOrderError
from lambdas.orders.parsing.packs import parse_packs
from lambdas.orders.parsing.requested_pack import Pack
from tests.support.trees import JSON_TREES

FIELDS = (
    "plan_id",
    "quantity",
    "period",
    "options",
    "price",
    "setup",
    "monthly_fee",
    "setup_fee",
    "setup_qs",
    "status",
)
PACK_NAMES = st.sampled_from(["pack1", "pack2", "pack10", "pack999", "pack0", "pack01", "pack1000", "pack", "pack1٢"])


def one_pack(**fields: Any) -> Pack:
    (pack,) = parse_packs({"pack1": fields}, "USD")
    return pack


@given(st.dictionaries(PACK_NAMES, JSON_TREES | st.dictionaries(st.sampled_from(FIELDS), JSON_TREES)))
def test_any_tree_is_read_or_refused_as_an_order(info: dict[str, Any]) -> None:
    try:
        packs = parse_packs(info, "USD")
    except InvalidOrderError as refused:
        assert all(problem.field.startswith("info.pack") for problem in refused.problems)
    else:
        assert [pack.name for pack in packs] == sorted({pack.name for pack in packs}, key=lambda name: int(name[4:]))


def test_a_pack_of_one_number_is_one_pack() -> None:
    """Its number becomes the service's id, so that two spellings of one number would make one service of two."""
    packs = parse_packs({name: {} for name in ("pack12", "pack1٢", "pack012")}, "USD")

    assert [pack.name for pack in packs] == ["pack12"]


def test_packs_come_in_the_order_of_their_numbers() -> None:
    assert [pack.name for pack in parse_packs({"pack10": {}, "pack2": {}, "pack1": {}}, "USD")] == [
        "pack1",
        "pack2",
        "pack10",
    ]


def test_an_empty_pack_has_the_defaults() -> None:
    assert one_pack() == Pack(name="pack1")
    assert one_pack(plan_id="", quantity="", period="", options=[], price="", monthly_fee="", setup_qs="") == one_pack()


def test_every_wrong_field_is_named_at_once() -> None:
    wrong = {"quantity": 0, "period": 121, "price": "-1", "setup": "1.001", "setup_fee": {"31": "x"}, "status": 3}

    with pytest.raises(InvalidOrderError) as refused:
        parse_packs({"pack1": wrong, "pack2": "text", "pack3": {"options": 5}}, "USD")

    fields = ["quantity", "period", "price", "setup", "setup_fee.31", "status"]
    expected = [*(f"info.pack1.{field}" for field in fields), "info.pack2", "info.pack3.options"]
    assert sorted(problem.field for problem in refused.value.problems) == sorted(expected)


def test_amounts_are_cents() -> None:
    pack = one_pack(price="1,234.50", setup=Decimal("9.95"), monthly_fee={"31": "1"}, setup_fee={"31": "0.05"})

    assert (pack.price_cents, pack.setup_cents) == (123450, 995)
    assert (pack.option_price_cents, pack.option_setup_cents) == ({"31": 100}, {"31": 5})


@pytest.mark.parametrize(("sent", "read"), [(["a", "b"], {"0": "a", "1": "b"}), ({"31": 101}, {"31": "101"})])
def test_options_are_a_map_of_text_however_php_sent_them(sent: Any, read: dict[str, str]) -> None:
    assert one_pack(options=sent).options == read


@pytest.mark.parametrize(("sent", "read"), [("1", True), ("YES", True), (True, True), ("0", False), ("", False)])
def test_setup_for_each_unit_is_a_switch(sent: Any, read: bool) -> None:
    assert one_pack(setup_qs=sent).setup_per_unit is read


def test_more_than_a_hundred_packs_are_refused() -> None:
    with pytest.raises(InvalidOrderError, match="at most 100 packs, this one has 101"):
        parse_packs({f"pack{number}": {} for number in range(1, 102)}, "USD")
