"""moto's DynamoDB reads each expression once, however often it comes, copies before a transaction only what that writes, and
looks in a query at one partition.

moto takes an expression apart on each request, and again where it writes; before each transaction it copies whole tables, row
by row, in case it has to go back; each query sorts the whole table. tests/unit/test_quick_dynamodb.py holds the answers to those
of HTTP; its transactions that are refused show that moto goes back as far as before.
"""

import pickle
import threading
from collections import defaultdict, deque
from collections.abc import Callable
from copy import deepcopy
from functools import cache
from inspect import signature
from typing import Any

from moto.core import responses
from moto.dynamodb.comparisons import ConditionExpressionParser
from moto.dynamodb.models import DynamoDBBackend
from moto.dynamodb.models.dynamo_type import DynamoType, Item
from moto.dynamodb.models.table import Table
from moto.dynamodb.parsing import expressions, validators

_this_transaction = threading.local()
_this_query = threading.local()


def write_with_less_ado() -> None:
    """For this process, however often it is asked."""
    if hasattr(Table, "__deepcopy__"):
        return
    names: Any = responses
    names.method_names_from_class = cache(names.method_names_from_class)
    conditions: Any = ConditionExpressionParser
    conditions._lex_condition_expression = _lexed_once(conditions._lex_condition_expression)
    updates: Any = vars(expressions)["UpdateExpressionParser"]
    updates.make = classmethod(_made_once(updates.make))
    validating: Any = validators
    validating.deepcopy = lambda given: pickle.loads(pickle.dumps(given))  # noqa: S301 - ours, of a moment ago
    backend: Any = DynamoDBBackend
    backend.transact_write_items = _remembering_rows(backend.transact_write_items)
    table: Any = Table
    table.__deepcopy__ = _copied
    table.query = _of_one_owner(table.query)
    table.all_items = _all_items


def _lexed_once(lex: Callable[[Any], Any]) -> Callable[[Any], Any]:
    known: dict[str, tuple[Any, ...]] = {}

    def lexed(self: Any) -> Any:
        if (text := self.condition_expression) not in known:
            known[text] = tuple(lex(self))
        return deque(known[text])

    return lexed


def _made_once(make: Callable[[str], Any]) -> Callable[[Any, str], Any]:
    known: dict[str, bytes] = {}

    def made(_: Any, text: str) -> Any:
        if text not in known:
            known[text] = pickle.dumps(make(text))
        return pickle.loads(known[text])  # noqa: S301 - ours

    return made


def _remembering_rows(transact: Callable[[Any, Any], None]) -> Callable[[Any, Any], None]:
    def transacted(self: Any, items: list[dict[str, Any]]) -> None:
        _this_transaction.writes = [operation for item in items for operation in item.values()]
        try:
            transact(self, items)
        finally:
            _this_transaction.writes = None

    return transacted


def _copied(table: Any, memo: dict[int, Any]) -> Any:
    """Rows that this transaction does not write are the same in the copy."""
    writes = getattr(_this_transaction, "writes", None)
    copy = Table.__new__(Table)
    memo[id(table)] = copy
    if writes is None or not table.range_key_attr:
        copy.__dict__.update(deepcopy(vars(table), memo))
        return copy
    memo[id(table.items)] = items = type(table.items)(*_factory(table.items), table.items)
    for owner, place in filter(None, (_place_of(table, write) for write in writes if write["TableName"] == table.name)):
        if (rows := table.items.get(owner)) is not None:
            items[owner] = dict(rows) if items[owner] is rows else items[owner]
            if place in rows:
                items[owner][place] = deepcopy(rows[place])
    copy.__dict__.update(deepcopy(vars(table), memo))
    return copy


def _factory(items: Any) -> tuple[Any, ...]:
    """What makes rows of a new owner, where the dictionary has it."""
    return (items.default_factory,) if isinstance(items, defaultdict) else ()


def _place_of(table: Any, write: dict[str, Any]) -> tuple[DynamoType, DynamoType] | None:
    key = write.get("Key") or write.get("Item") or {}
    if not {table.hash_key_attr, table.range_key_attr} <= set(key):
        return None  # moto refuses it
    return DynamoType(key[table.hash_key_attr]), DynamoType(key[table.range_key_attr])


def _of_one_owner(query: Callable[..., Any]) -> Callable[..., Any]:
    """A query looks at the rows of its partition alone."""

    parameters = signature(query)

    def queried(self: Any, hash_key: Any, *args: Any, **more: Any) -> Any:
        is_of_index = parameters.bind(self, hash_key, *args, **more).arguments.get("index_name")
        _this_query.owner = None if is_of_index or not self.range_key_attr else hash_key
        try:
            return query(self, hash_key, *args, **more)
        finally:
            _this_query.owner = None

    return queried


def _all_items(self: Any) -> list[Item]:
    """Sorted as moto does, by plain values."""
    if (owner := getattr(_this_query, "owner", None)) is not None:
        return list(self.items.get(owner, {}).values())
    if not self.range_key_attr:
        return sorted(self.items.values(), key=lambda item: item.hash_key)
    rows = [item for owned in self.items.values() for item in owned.values()]
    return sorted(rows, key=lambda item: (item.hash_key.cast_value, item.range_key.cast_value))
