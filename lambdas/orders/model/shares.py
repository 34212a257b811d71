"""How much of an order's item its actions may take for their reasons, their results and the answers people gave; see room.py."""

from collections.abc import Mapping
from typing import Any

from lambdas.orders.errors import InvalidOrderError, Problem
from lambdas.orders.model.checklist import ChecklistAction
from lambdas.runtime.items import to_value, value_bytes

POOL_BYTES = 80_000  # of all actions together
_MOST_BYTES = 8_000  # of one


def share_bytes(actions: int) -> int:
    """The share of each of an order's actions: a quarter for its reason, half for its result, a quarter for answers."""
    return min(_MOST_BYTES, POOL_BYTES // max(actions, 1))


def within_share(action: ChecklistAction, actions: int) -> ChecklistAction:
    """The action, one of so many, with its reason and result cut to their share of the order."""
    share = share_bytes(actions)
    reason, result = cut(action.reason, share // 4), _fitting(action.result, share // 2)
    same = reason == action.reason and result == action.result
    return action if same else action.changed(reason=reason, result=result)


def refuse_long_input(given: Mapping[str, Any], actions: int) -> None:
    """Raise InvalidOrderError for answers to an action, one of so many, that have no room on the order."""
    most = share_bytes(actions) // 4
    if (size := value_bytes(to_value(given))) > most:
        text = f"has {size:,} bytes, and at most {most:,} are kept; send what is longer as a post"
        raise InvalidOrderError((Problem("input", text),))


def cut(text: str, most_bytes: int) -> str:
    """The text, or as much of it as has room, with an ellipsis."""
    encoded = text.encode(errors="replace")
    if len(encoded) <= most_bytes:
        return text
    return encoded[: most_bytes - 3].decode(errors="ignore") + "\u2026"


def _fitting(result: dict[str, Any], most_bytes: int) -> dict[str, Any]:
    """The entries that have room, from the first on."""
    if value_bytes(to_value(result)) <= most_bytes:
        return result
    kept: dict[str, Any] = {}
    for key, value in result.items():
        if value_bytes(to_value({**kept, key: value})) <= most_bytes:
            kept[key] = value
    return kept
