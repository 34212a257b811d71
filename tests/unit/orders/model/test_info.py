"""The info map: deep merge, limits, and the walk that all of it stands on."""

import copy
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lambdas.orders.errors import InvalidOrderError
from lambdas.orders.model import info
from lambdas.runtime.items import from_value, to_value
from tests.support.trees import INFOS, JSON_TREES


def nested(levels: int, key: str = "x") -> Any:
    tree: Any = "end"
    for _ in range(levels):
        tree = {key: tree}
    return tree


@given(INFOS, INFOS)
def test_what_was_sent_is_there_and_what_was_not_sent_stays(stored: info.Info, sent: info.Info) -> None:
    merged = info.merge(stored, sent)

    assert merged.keys() == stored.keys() | sent.keys()
    assert all(merged[key] == stored[key] for key in stored.keys() - sent.keys())
    assert all(merged[key] == value for key, value in sent.items() if not isinstance(value, dict))


@given(INFOS, INFOS)
def test_sending_the_same_twice_changes_nothing_more(stored: info.Info, sent: info.Info) -> None:
    once = info.merge(stored, sent)

    assert info.merge(once, sent) == once


@given(INFOS, INFOS)
def test_a_map_is_merged_at_any_depth(stored: info.Info, sent: info.Info) -> None:
    merged = info.merge(stored, sent)

    assert info.merge({"x": {"y": stored}}, {"x": {"y": sent}}) == {"x": {"y": merged}}
    assert info.merge({"x": {"y": stored}}, {"x": {}}) == {"x": {"y": stored}}


@given(INFOS)
def test_sending_nothing_changes_nothing(stored: info.Info) -> None:
    assert info.merge(stored, {}) == info.merge({}, stored) == stored


@given(INFOS, INFOS)
def test_merging_leaves_both_sides_as_they_were(stored: info.Info, sent: info.Info) -> None:
    before = copy.deepcopy((stored, sent))
    info.merge(stored, sent)

    assert (stored, sent) == before


MAPS_OF_MAPS = st.dictionaries(st.sampled_from("abc"), st.dictionaries(st.sampled_from("abc"), st.integers()))


@given(MAPS_OF_MAPS, MAPS_OF_MAPS, MAPS_OF_MAPS)
def test_updates_may_be_put_together_before_they_are_sent(a: info.Info, b: info.Info, c: info.Info) -> None:
    assert info.merge(info.merge(a, b), c) == info.merge(a, info.merge(b, c))


def test_the_walk_goes_as_deep_as_the_input_does() -> None:
    depths = [depth for _, _, depth in info.walk(nested(10_000))]

    assert depths == list(range(1, 10_001))


def count(tree: Any) -> int:
    inner = tree.values() if isinstance(tree, dict) else tree if isinstance(tree, list) else ()
    return sum(1 + count(value) for value in inner)


@given(JSON_TREES)
def test_the_walk_meets_every_value_once_whatever_its_key(tree: Any) -> None:
    assert len(list(info.walk(tree))) == count(tree)


@given(INFOS)
def test_what_is_small_is_taken(sent: info.Info) -> None:
    info.limits(sent)


@pytest.mark.parametrize(
    ("tree", "named"),
    [
        (nested(info.MAX_DEPTH + 1), r"info\.x: is nested more than 64 levels"),
        (nested(info.MAX_DEPTH + 1, key=""), "is nested more than 64 levels"),
        (nested(10_000), r"info\.x: is nested more than 64 levels"),
        ({"list": [0] * info.MAX_KEYS}, "info: has more than 5000 keys"),
        ({"note": "ü" * (info.MAX_BYTES // 2)}, "info: has [0-9]+ bytes"),
    ],
    ids=["deep", "deep under empty keys", "without end", "many keys", "long"],
)
def test_what_could_not_be_stored_is_refused(tree: Any, named: str) -> None:
    with pytest.raises(InvalidOrderError, match=named):
        info.limits(tree)


@pytest.mark.parametrize(
    "value",
    [Decimal("1E+400"), 10**60 + 1, "\ud800", {"": "an empty key"}],
    ids=["number too large", "number too long", "half a surrogate pair", "empty key"],
)
def test_what_dynamodb_cannot_hold_is_refused_by_name(value: Any) -> None:
    """Else the write fails, and the caller gets a 500 for their mistake."""
    with pytest.raises(InvalidOrderError, match=r"info\.x"):
        info.limits({"x": value})


@pytest.mark.parametrize(
    ("value", "text"), [(None, ""), ({}, ""), ([1], ""), (" a ", "a"), (0, "0"), (Decimal("1.50"), "1.50")]
)
def test_a_value_reads_as_trimmed_text(value: Any, text: str) -> None:
    assert info.text({"key": value}, "key") == text


@pytest.mark.parametrize(
    "number", [Decimal("1e37"), Decimal("1e38"), Decimal("1e120"), Decimal("1.5e-120"), 10**37, 10**38]
)
def test_a_number_that_is_taken_can_be_taken_again_as_it_is_read(number: Any) -> None:
    try:
        info.limits({"a": number})
    except InvalidOrderError:
        assert number >= 10**38
    else:
        info.limits({"a": from_value(to_value(number))})


@pytest.mark.parametrize("given_input", [{"a": "x" * 21_000}, nested(40), {"a": Decimal("1e120")}, {"": "x"}])
def test_what_an_action_is_told_is_bounded(given_input: Any) -> None:
    with pytest.raises(InvalidOrderError, match=r"^input"):
        info.bounded_input(given_input)
    info.bounded_input({"status": "done", "result": {"id": 7}})
