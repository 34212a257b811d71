"""Changes the engine. This is the only mechanism for that, and it fails loudly.

Every change names the attribute, or the exact source text, that it replaces. If a new engine release moves or fixes
that place, the change raises `EngineChangedError` at start instead of silently doing nothing. So a correction that is no longer
needed is noticed.
"""

import inspect
import textwrap
from collections.abc import Callable
from types import CodeType, FunctionType, ModuleType
from typing import Any

Edit = tuple[str, str]
_corrected_sources: dict[str, str] = {}


class EngineChangedError(RuntimeError):
    """The engine no longer has the attribute or the source text that a correction replaces."""


def replace(owner: Any, name: str, replacement: Any) -> Any:
    """Set `owner.name` and return what was there."""
    original = _attribute(owner, name)
    setattr(owner, name, replacement)
    return original


def wrap(owner: Any, name: str, wrapper: Callable[[Any], Any]) -> None:
    """Set `owner.name` to `wrapper(what was there)`."""
    replace(owner, name, wrapper(_attribute(owner, name)))


def edit_text(owner: Any, name: str, *edits: Edit) -> None:
    """Change passages of a text the engine keeps in `owner.name`."""
    setattr(owner, name, _edited(f"{_label(owner)}.{name}", _attribute(owner, name), edits))


def rewrite(owner: Any, name: str, *edits: Edit, **names: Any) -> None:
    """Change passages of a function's source, in place.

    In place, so that tables which hold the function (CloudFormation's handlers) see the change as well. `names` are
    made known to the function's module.
    """
    function = _attribute(owner, name)
    label = f"{_label(owner)}.{name}"
    if not isinstance(function, FunctionType):
        raise EngineChangedError(f"{label} is not a plain function any more")
    for key, value in names.items():
        if key in function.__globals__:
            raise EngineChangedError(f"{label}: its module has a name {key} already")
        function.__globals__[key] = value
    source = _corrected_sources.get(label) or textwrap.dedent(inspect.getsource(function))
    source = _corrected_sources[label] = _edited(label, source, edits)
    module = compile(source, f"<corrected {label}>", "exec")
    function.__code__ = next(part for part in module.co_consts if isinstance(part, CodeType) and part.co_name == name)


def _edited(label: str, text: str, edits: tuple[Edit, ...]) -> str:
    for old, new in edits:
        found = text.count(old)
        if found != 1:
            raise EngineChangedError(f"{label}: this passage is there {found} times, not once:\n{old}")
        text = text.replace(old, new)
    return text


def _attribute(owner: Any, name: str) -> Any:
    try:
        return getattr(owner, name)
    except AttributeError:
        raise EngineChangedError(f"{_label(owner)} has no {name} any more") from None


def _label(owner: Any) -> str:
    return owner.__name__ if isinstance(owner, ModuleType) else f"{owner.__module__}.{owner.__qualname__}"
