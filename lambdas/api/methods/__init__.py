"""The table of methods, in groups. A group is loaded when one of its methods is called, so that a start stays short.

A new method is a row in its group's `METHODS` and its name here.
"""

from collections.abc import Iterator
from importlib import import_module

from lambdas.api.method import Method

GROUPS: dict[str, tuple[str, ...]] = {
    "orders": (
        "order.create",
        "order.update",
        "order.submit",
        "order.get",
        "order.list",
        "order.process",
        "order.cancel",
        "order.restart",
    ),
}
_GROUP_OF = {name: group for group, names in GROUPS.items() for name in names}


def method_named(name: str) -> Method | None:
    group = _GROUP_OF.get(name)
    return _table(group)[name] if group else None


def every_method() -> Iterator[tuple[str, Method]]:
    """All methods by name, sorted. Loads every group."""
    for name in sorted(_GROUP_OF):
        yield name, _table(_GROUP_OF[name])[name]


def _table(group: str) -> dict[str, Method]:
    table: dict[str, Method] = import_module(f"lambdas.api.methods.{group}").METHODS
    return table
