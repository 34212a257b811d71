"""Trees that are deeper than DynamoDB nests (32 levels): from a level on, whatever has more below it is one text in the item.

The text is DynamoDB's own JSON of the value, so that numbers come back as they were. A text of a caller's that begins as such
a text does is written so too, and can never be taken for one.
"""

import json
from collections.abc import Mapping
from typing import Any

from lambdas.runtime.items import from_value, to_value

LEVEL = 16
_MARK = "\x00folded:"


def folded(tree: Any, level: int = 0) -> Any:
    """The tree with at most LEVEL levels."""
    if level == LEVEL:
        has_more = isinstance(tree, Mapping | list | tuple) and len(tree) > 0
        is_like_one = isinstance(tree, str) and tree.startswith(_MARK)
        return _MARK + json.dumps(to_value(tree)) if has_more or is_like_one else tree
    if isinstance(tree, Mapping):
        return {key: folded(value, level + 1) for key, value in tree.items()}
    if isinstance(tree, list | tuple):
        return [folded(value, level + 1) for value in tree]
    return tree


def unfolded(tree: Any, level: int = 0) -> Any:
    """The tree as it was. What cannot be unfolded stays as it is."""
    if level == LEVEL:
        return _read(tree) if isinstance(tree, str) and tree.startswith(_MARK) else tree
    if isinstance(tree, Mapping):
        return {key: unfolded(value, level + 1) for key, value in tree.items()}
    if isinstance(tree, list):
        return [unfolded(value, level + 1) for value in tree]
    return tree


def _read(text: str) -> Any:
    try:
        return from_value(json.loads(text.removeprefix(_MARK)))
    except (ValueError, TypeError, AttributeError, StopIteration):  # an item that somebody edited by hand
        return text
