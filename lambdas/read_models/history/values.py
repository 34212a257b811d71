"""The values of an order, one by one: each under its path, those that tell of a person apart.

Personal is all that `without_person` takes away. Secrets are in neither part (`SECRET` of each model).
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, TypeVar

from lambdas.orders.model.order import Order
from lambdas.orders.model.redacted import without_person
from lambdas.read_models.history.texts import MISSING, is_same
from lambdas.runtime.models import Frozen

Leaves = dict[str, Any]
"""Values by their path, a JSON pointer: `/actions/101/state`. Lists are values as a whole, and so are empty maps."""

Changes = dict[str, tuple[Any, Any]]
"""By path, what a value was and is; MISSING where there is none."""

_OF_THE_ITEM = {"order_id", "revision"}

M = TypeVar("M", bound=Frozen)


@dataclass(frozen=True)
class Values:
    """The values of an order: `plain` ones, and `personal` ones, which tell of a person."""

    plain: Leaves = field(default_factory=dict)
    personal: Leaves = field(default_factory=dict)


def values_of(order: Order) -> Values:
    """All values that differ from their defaults, without secrets."""
    bare_order = _without_secrets(order)
    whole, bare = _leaves(bare_order), _leaves(without_person(bare_order))
    plain = {path: value for path, value in whole.items() if path in bare and is_same(value, bare[path])}
    return Values(plain, {path: value for path, value in whole.items() if path not in plain})


def changes(old: Leaves, new: Leaves) -> Changes:
    """The values that differ."""
    return {
        path: (old.get(path, MISSING), new.get(path, MISSING))
        for path in {**new, **old}
        if not is_same(old.get(path, MISSING), new.get(path, MISSING))
    }


def changed_leaves(old: Leaves, made: Mapping[str, Any]) -> Leaves:
    """The leaves after the changes."""
    after = {**old, **{path: new for path, (_, new) in made.items()}}
    return {path: value for path, value in after.items() if value is not MISSING}


def restored_order(order_id: str, revision: int, hash: str, values: Values) -> Order:
    """The order that has these values. Raises ValidationError.

    Personal values that were erased are empty. Secrets are too.
    """
    tree = _tree({**values.plain, **values.personal})
    priced = tree.get("priced", {})
    tree["priced"] = [priced[place] for place in sorted(priced, key=int)]
    blanks: dict[str, dict[str, Any]] = {
        "attempt": {"key": "", "claim": ""},
        "hold": {"key": "", "transaction_id": ""},
    }
    for name, blank in blanks.items():
        if name in tree:
            tree[name] = {**blank, **tree[name]}
    tree["waits"] = {key: {"token": "", **wait} for key, wait in tree.get("waits", {}).items()}
    tree["priced"] = [{"title": "", "description": "", "plan_id": "", "options": {}, **pack} for pack in tree["priced"]]
    return Order.model_validate({**tree, "order_id": order_id, "revision": revision, "hash": hash})


def _without_secrets(order: Order) -> Order:
    """The order as history may keep it. Required secrets are empty, all others at their defaults."""
    inner: dict[str, Any] = {
        "actions": {key: _blanked(action) for key, action in order.actions.items()},
        "waits": {key: _blanked(wait) for key, wait in order.waits.items()},
        "hold": order.hold and _blanked(order.hold),
        "attempt": order.attempt and _blanked(order.attempt),
    }
    return _blanked(order.changed(**inner))


def _blanked(model: M) -> M:
    fields = type(model).model_fields
    blank = {name: "" if fields[name].is_required() else fields[name].default for name in type(model).SECRET}
    return model.changed(**blank)


def _leaves(order: Order) -> Leaves:
    tree = order.model_dump(exclude_defaults=True, exclude=_OF_THE_ITEM)
    if "priced" in tree:
        tree["priced"] = {str(place): pack for place, pack in enumerate(tree["priced"])}
    tree.pop("hash", None)
    return dict(_flat(tree, ""))


def _flat(tree: Mapping[str, Any], above: str) -> Iterator[tuple[str, Any]]:
    for key, value in tree.items():
        path = f"{above}/{str(key).replace('~', '~0').replace('/', '~1')}"
        if isinstance(value, Mapping) and value:
            yield from _flat(value, path)
        else:
            yield path, _listed(value)


def _listed(value: Any) -> Any:
    """With lists instead of tuples, as JSON has them."""
    match value:
        case Mapping():
            return {key: _listed(each) for key, each in value.items()}
        case list() | tuple():
            return [_listed(each) for each in value]
    return value


def _tree(leaves: Leaves) -> dict[str, Any]:
    tree: dict[str, Any] = {}
    for path, value in leaves.items():
        *above, last = path_parts(path)
        place = tree
        for key in above:
            place = place.setdefault(key, {})
        place[last] = value
    return tree


def path_parts(path: str) -> list[str]:
    """The keys of a path."""
    return [part.replace("~1", "/").replace("~0", "~") for part in path.split("/")[1:]]
