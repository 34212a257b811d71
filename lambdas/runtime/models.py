"""The base of all our values."""

from pydantic import BaseModel, ConfigDict


class Frozen(BaseModel):
    """A value that never changes in place, and whose errors never quote what it was made from (design, promise 7).

    Validators are built when first needed: a function starts with the models it uses, not with all it imports.
    """

    model_config = ConfigDict(frozen=True, hide_input_in_errors=True, defer_build=True)
