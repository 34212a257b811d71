"""The base of all our values."""

from typing import Any, ClassVar, Self

from pydantic import BaseModel, ConfigDict


class Frozen(BaseModel):
    """A value that never changes in place. Its validation errors never quote the input (design, promise 7).

    Validators are built at first use: a function starts with the models it uses, not with all it imports.

    Some callers may not see personal data. `IMPERSONAL` names the fields that say nothing about a person, `PERSONAL` the others.
    A field in neither is not shown to those callers. `SECRET`: fields whose value opens something, so that no copy keeps it.
    """

    IMPERSONAL: ClassVar[frozenset[str]] = frozenset()
    PERSONAL: ClassVar[frozenset[str]] = frozenset()
    SECRET: ClassVar[frozenset[str]] = frozenset()

    model_config = ConfigDict(frozen=True, hide_input_in_errors=True, defer_build=True)

    def changed(self, **changes: Any) -> Self:
        """A copy with these fields changed, without validation."""
        return self.model_copy(update=changes)
