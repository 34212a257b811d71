"""The conditions and updates that compiled machines send to the order table, as functions of an order.

They are read from the machine's own arguments, so that a model of it obeys what is deployed. Only what our queues are compiled
to is known; anything else is refused. Language:
https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Expressions.OperatorsAndFunctions.html
"""

import re
from collections.abc import Callable, Mapping
from typing import Any

from lambdas.orders.model.order import Order, Wait
from lambdas.orders.model.steps import StepStatus
from lambdas.orders.model.waits import token_field
from statemachines.asl import TOKEN

Condition = Callable[[Order], bool]
Update = Callable[[Order, str], Order]
_WORDS = re.compile(r"\(|\)|,|<|=|[\w.#:]+")
_KEPT = re.compile(r"if_not_exists\([\w.#]+, (:\w+)\)")
_UNSEEN = {"revision", "epoch", "activity", "queue_step", "due_shard", "due_at"}  # indexes and counts, not decisions


def condition_of(arguments: Mapping[str, Any], now: int) -> Condition:
    """The condition of an update; times in Unix seconds."""
    reader = _Reader(_WORDS.findall(arguments["ConditionExpression"]), arguments, now)
    condition = reader.alternatives()
    assert not reader.words, f"not understood from {reader.words} on"
    return condition


def update_of(arguments: Mapping[str, Any], now: int) -> Update:
    """What an update writes, given the task token of its state."""
    changes, _, removed = arguments["UpdateExpression"].removeprefix("SET ").partition(" REMOVE ")
    parts = (part.partition(" = ")[::2] for part in re.split(r", (?![^(]*\))", changes))
    sets = [(_path(arguments, path), value) for path, value in parts if path not in _UNSEEN]
    gone = [_path(arguments, path) for path in removed.split(", ") if path and path not in _UNSEEN]
    values = arguments["ExpressionAttributeValues"]

    def write(order: Order, token: str) -> Order:
        for path, value in sets:
            kept = _KEPT.fullmatch(value)
            if kept and _read_path(order, path):
                continue
            order = _set(order, path, values[kept[1] if kept else value], token, now)
        for path in gone:
            order = _removed(order, path)
        return order if "epoch = epoch + :one" not in changes else order.changed(epoch=order.epoch + 1)

    return write


def _read_path(order: Order, path: list[str]) -> Any:
    found: Any = order
    for part in path:
        found = found.get(part) if isinstance(found, dict) else getattr(found, part, None)
    return found


def _path(arguments: Mapping[str, Any], path: str) -> list[str]:
    names = arguments.get("ExpressionAttributeNames", {})
    return [names.get(part, part) for part in path.split(".")]


def _set(order: Order, path: list[str], value: Mapping[str, Any], token: str, now: int) -> Order:
    match path:
        case ["waits", key]:
            fields = {name: _value(said, token, now) for name, said in value["M"].items()}
            return order.changed(waits={**order.waits, key: Wait(**fields)})
        case ["waits"]:
            return order.changed(waits={})
        case ["actions", key, field]:
            changed = {**order.actions[key].model_dump(), field: _value(value, token, now)}
            action = order.actions[key].model_validate(changed)
            return order.with_action(action)
        case ["step_status"]:
            return order.changed(step_status=StepStatus(int(value["N"])))
        case [field] if field.startswith(token_field("")):
            key = field.removeprefix(token_field(""))
            return order.changed(waits={**order.waits, key: order.waits[key].changed(token=token)})
        case [field]:
            return order.changed(**{field: _value(value, token, now)})
    raise ValueError(f"an update of {'.'.join(path)} is not known")


def _removed(order: Order, path: list[str]) -> Order:
    match path:
        case ["actions", key, "requested_at"]:
            return order.with_action(order.actions[key].changed(requested_at=None))
        case ["actions", key, "retryable"]:
            return order.with_action(order.actions[key].changed(retryable=False))
    raise ValueError(f"a removal of {'.'.join(path)} is not known")


def _value(said: Mapping[str, Any], token: str, now: int) -> str | int | bool:
    if said.get("S") == TOKEN:
        return token
    if "BOOL" in said:
        return bool(said["BOOL"])
    if "S" in said:
        return str(said["S"])
    return now if said["N"].startswith("{%") else int(said["N"])


class _Reader:
    """Recursive descent over the words of a condition."""

    def __init__(self, words: list[str], arguments: Mapping[str, Any], now: int) -> None:
        self.words, self._arguments, self._now = words, arguments, now

    def alternatives(self) -> Condition:
        parts = [self._conjunction()]
        while self._takes("OR"):
            parts.append(self._conjunction())
        return parts[0] if len(parts) == 1 else lambda order: any(part(order) for part in parts)

    def _conjunction(self) -> Condition:
        parts = [self._one()]
        while self._takes("AND"):
            parts.append(self._one())
        return parts[0] if len(parts) == 1 else lambda order: all(part(order) for part in parts)

    def _one(self) -> Condition:
        if self._takes("NOT"):
            inner = self._one()
            return lambda order: not inner(order)
        if self._takes("("):
            inner = self.alternatives()
            assert self._takes(")")
            return inner
        if self._takes("attribute_not_exists"):
            assert self._takes("(")
            read = self._read(self.words.pop(0))
            assert self._takes(")")
            return lambda order: read(order) is None
        return self._comparison()

    def _comparison(self) -> Condition:
        read, word = self._read(self.words.pop(0)), self.words.pop(0)
        if word == "IN":
            assert self._takes("(")
            values = {self._given(self.words.pop(0))}
            while self._takes(","):
                values.add(self._given(self.words.pop(0)))
            assert self._takes(")")
            return lambda order: read(order) in values
        value: Any = self._given(self.words.pop(0))
        if word == "=":
            return lambda order: read(order) == value
        assert word == "<", word
        return lambda order: (found := read(order)) is not None and found < value

    def _takes(self, word: str) -> bool:
        return bool(self.words) and self.words[0] == word and bool(self.words.pop(0))

    def _given(self, name: str) -> str | int:
        return _value(self._arguments["ExpressionAttributeValues"][name], "", self._now)

    def _read(self, path: str) -> Callable[[Order], Any]:
        parts = _path(self._arguments, path)

        def read(order: Order) -> Any:
            found: Any = order
            for part in parts:
                found = found.get(part) if isinstance(found, dict) else getattr(found, part, None)
            return found

        return read
