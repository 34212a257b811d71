"""PHP's nested names are read as PHP reads them, and nothing but a refusal comes of nonsense."""

from typing import Any
from urllib.parse import quote, quote_plus

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lambdas.api.errors import MalformedRequestError
from lambdas.api.http.php_params import MAX_FIELDS, MAX_LEVELS, parse_encoded, tree_of
from tests.support.trees import MODULES  # noqa: F401 - and with it the lean profile

KEYS = st.text("abc019_-.é٢%&=+ ", min_size=1, max_size=5).filter(lambda key: key != " ")  # `a[ ]` is `a[]`
NAMES = st.text("abc019_é", min_size=1, max_size=5)
VALUES = st.text(st.characters(exclude_categories=("C", "Z"), include_characters=" "), max_size=8)  # printable
TREES: st.SearchStrategy[dict[str, Any]] = st.dictionaries(
    NAMES,
    st.recursive(VALUES, lambda inner: st.dictionaries(KEYS, inner, min_size=1, max_size=3), max_leaves=8),
    max_size=4,
)


def php_encoded(tree: dict[str, Any]) -> str:
    """As PHP's http_build_query writes a nested array."""
    return "&".join(f"{quote_plus(name)}={quote_plus(value)}" for name, value in flat(tree))


def flat(tree: dict[str, Any], prefix: str = "") -> list[tuple[str, str]]:
    pairs: list[tuple[str, str]] = []
    for key, value in tree.items():
        name = f"{prefix}[{key}]" if prefix else key
        pairs += flat(value, name) if isinstance(value, dict) else [(name, value)]
    return pairs


@given(TREES)
def test_what_php_encodes_is_read_back(tree: dict[str, Any]) -> None:
    assert parse_encoded(php_encoded(tree)) == tree


@given(TREES)
def test_escaping_more_than_needed_changes_nothing(tree: dict[str, Any]) -> None:
    escaped = "&".join(f"{quote(name, safe='')}={quote(value, safe='')}" for name, value in flat(tree))

    assert parse_encoded(escaped) == tree


@given(st.text("ab[]&=%+.0129 \\\0é", max_size=40) | st.text(max_size=40))
def test_any_text_is_read_or_refused(text: str) -> None:
    try:
        assert isinstance(parse_encoded(text), dict)
    except MalformedRequestError as refused:
        assert str(refused)


@given(st.lists(st.tuples(st.text("ab[]. 01", max_size=12), VALUES), max_size=8))
def test_any_names_make_a_tree_of_text_keys(pairs: list[tuple[str, str]]) -> None:
    todo: list[Any] = [tree_of(pairs)]
    while todo:
        node = todo.pop()
        assert isinstance(node, dict | str)
        if isinstance(node, dict):
            assert all(isinstance(key, str) and key for key in node)
            todo += node.values()


# The right column is what PHP 8's parse_str makes of the left one (php.net, "Variables From External Sources").
AS_PHP: dict[str, dict[str, Any]] = {
    "a[]=x&a[]=y": {"a": {"0": "x", "1": "y"}},
    "a[5]=x&a[]=y": {"a": {"5": "x", "6": "y"}},
    "a[k]=x&a[]=y": {"a": {"k": "x", "0": "y"}},
    "a[][b]=x&a[][b]=y": {"a": {"0": {"b": "x"}, "1": {"b": "y"}}},
    "a=x&a=y": {"a": "y"},
    "a=x&a[b]=y": {"a": {"b": "y"}},
    "a[b]=x&a=y": {"a": "y"},
    "a.b=x&c d=y": {"a_b": "x", "c_d": "y"},
    "a[b.c]=x": {"a": {"b.c": "x"}},
    "a[b=x": {"a_b": "x"},
    "a[b]c=x": {"a": {"b": "x"}},
    "a[b]c[d]=x": {"a": {"b": "x"}},
    "a[ ]=x&a[ b]=y": {"a": {"0": "x", " b": "y"}},
    "a=50% off&b=%zz&c=%F": {"a": "50% off", "b": "%zz", "c": "%F"},
    "a=%FC&b=%80": {"a": "ü", "b": "€"},
    "&&a=1&": {"a": "1"},
    " a=x": {"a": "x"},
    "=x&[b]=y": {},
    "a&b=": {"a": "", "b": ""},
    "a=1+2%2B3": {"a": "1 2+3"},
    "": {},
}


@pytest.mark.parametrize(("text", "tree"), AS_PHP.items())
def test_a_name_is_read_as_php_reads_it(text: str, tree: dict[str, Any]) -> None:
    assert parse_encoded(text) == tree


@pytest.mark.parametrize("key", ["9" * 20, "9" * 5_000], ids=["beyond 64 bits", "beyond what Python converts"])
def test_a_number_too_long_for_an_index_is_a_name(key: str) -> None:
    assert parse_encoded(f"a[{key}]=x&a[]=y") == {"a": {key: "x", "0": "y"}}


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("a=%81", "UTF-8"),
        ("a=%C3%A9&b=%E9", "UTF-8"),
        ("&".join(["a=1"] * (MAX_FIELDS + 1)), "more than 10000 parameters"),
        ("a" + "[x]" * (MAX_LEVELS + 1) + "=1", "a: is nested more than 64 levels"),
    ],
    ids=["no encoding", "two encodings", "many", "deep"],
)
def test_what_cannot_be_read_is_refused_by_name(text: str, named: str) -> None:
    with pytest.raises(MalformedRequestError, match=named):
        parse_encoded(text)
