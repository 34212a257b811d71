"""What goes into DynamoDB comes out the same; what it cannot hold exactly is refused."""

from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lambdas.runtime.items import from_item, from_value, to_item, to_value
from tests.support.trees import JSON_TREES


@given(JSON_TREES)
def test_a_tree_comes_back_as_it_was(tree: Any) -> None:
    assert from_value(to_value(tree)) == tree


@given(st.integers() | st.decimals(allow_nan=False, allow_infinity=False, places=5))
def test_a_number_keeps_its_value_and_a_whole_one_is_an_int(number: int | Decimal) -> None:
    back = from_value(to_value(number))

    assert back == number
    assert isinstance(back, int) == (number == int(number))


@given(st.dictionaries(st.sampled_from("abc"), JSON_TREES))
def test_a_record_loses_only_what_is_none_at_its_top(record: dict[str, Any]) -> None:
    assert from_item(to_item(record)) == {key: value for key, value in record.items() if value is not None}


@pytest.mark.parametrize(
    ("value", "written"),
    [
        (True, {"BOOL": True}),
        (1, {"N": "1"}),
        (Decimal("1.50"), {"N": "1.50"}),
        ("", {"S": ""}),
        (b"\x00x", {"B": b"\x00x"}),
        (None, {"NULL": True}),
        ({}, {"M": {}}),
        ((1, "a"), {"L": [{"N": "1"}, {"S": "a"}]}),
        ({31: "x"}, {"M": {"31": {"S": "x"}}}),
    ],
)
def test_each_kind_of_value_has_its_type(value: Any, written: dict[str, Any]) -> None:
    assert to_value(value) == written


@pytest.mark.parametrize("value", [1.5, float("nan"), {"deep": [0.1]}, {1, 2}, object()])
def test_what_could_not_be_kept_exactly_is_refused(value: Any) -> None:
    with pytest.raises(TypeError, match="cannot be stored"):
        to_item({"value": value})
