"""moto's DynamoDB reads each expression once, however often it comes, and copies before a transaction only what that writes.

moto takes an expression apart on each request, and again where it writes; before each transaction it copies whole tables, row
by row, in case it has to go back. tests/unit/test_quick_dynamodb.py holds the answers to those of HTTP; its transactions
that are refused show that moto goes back as far as before.
"""

import pickle
import threading
from collections import deque
from collections.abc import Callable
from copy import deepcopy
from functools import cache
from typing import Any

from moto.core import responses
from moto.dynamodb.comparisons import ConditionExpressionParser
from moto.dynamodb.models import DynamoDBBackend
from moto.dynamodb.models.dynamo_type import DynamoType, Item
from moto.dynamodb.models.table import Table
from moto.dynamodb.parsing import expressions, validators

_this_transaction = threading.local()


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
    if writes is not None and table.range_key_attr:
        written = {id(_row_of(table, write)) for write in writes if write["TableName"] == table.name}
        for owner, rows in table.items.items():
            for same in (owner, *rows, *(row for row in rows.values() if id(row) not in written)):
                memo[id(same)] = same
    copy = Table.__new__(Table)
    memo[id(table)] = copy
    copy.__dict__.update(deepcopy(vars(table), memo))
    return copy


def _row_of(table: Any, write: dict[str, Any]) -> Item | None:
    key = write.get("Key") or write.get("Item") or {}
    if not {table.hash_key_attr, table.range_key_attr} <= set(key):
        return None  # moto refuses it
    rows = table.items.get(DynamoType(key[table.hash_key_attr]), {})
    return rows.get(DynamoType(key[table.range_key_attr]))  # type: ignore[no-any-return]
