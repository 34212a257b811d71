"""The base of all our values."""

from typing import Any, ClassVar, Self

from pydantic import BaseModel, ConfigDict


class Frozen(BaseModel):
    """A value that never changes in place, and whose errors never quote what it was made from (design, promise 7).

    Validators are built when first needed: a function starts with the models it uses, not with all it imports.

    `IMPERSONAL`: the fields that say nothing of a person, `PERSONAL` all others, where a model is shown to people who may not
    see who somebody is. A field in neither is not shown to them.
    """

    IMPERSONAL: ClassVar[frozenset[str]] = frozenset()
    PERSONAL: ClassVar[frozenset[str]] = frozenset()

    model_config = ConfigDict(frozen=True, hide_input_in_errors=True, defer_build=True)

    def changed(self, **changes: Any) -> Self:
        """The value with these fields instead; they are not validated."""
        return self.model_copy(update=changes)
