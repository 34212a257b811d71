"""The fields of a form: what they ask, what they accept, and which keys of the order's `info` they write.

A field is one or more inputs of a page. `typed` is what its inputs show for an order, `read` what they mean for it: reading
what is shown changes nothing, so an order says by itself which pages are filled in.
"""

from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

from pydantic import ConfigDict, Field

from lambdas.catalog.plan import Plan
from lambdas.orders.contact.text import line
from lambdas.orders.contact.unfit import UnfitError
from lambdas.orders.model.info import Info, text
from lambdas.runtime.models import Frozen

NAME = r"^[a-z][a-z0-9_]{0,39}$"
Widget = Literal["text", "email", "tel", "number", "password", "textarea", "select", "radio", "checkbox"]
Typed = Mapping[str, str]


class InputRefusedError(Exception):
    """What was typed into an input cannot be taken. The text is for the person who typed it and never repeats it."""

    def __init__(self, name: str, why: str) -> None:
        super().__init__(why)
        self.name, self.why = name, why


class Choice(Frozen):
    """`detail`: what it costs, or more about it."""

    value: str
    label: str
    detail: str = ""


class Input(Frozen):
    """One control of a page, as the templates draw it. `attributes` are HTML's; `optional` says so where it is not required."""

    name: str
    label: str
    widget: Widget
    help: str = ""
    required: bool = False
    choices: tuple[Choice, ...] = ()
    autocomplete: str = ""
    attributes: dict[str, str] = {}
    url: str = ""
    url_text: str = ""
    optional: str = "optional"


@dataclass(frozen=True)
class Given:
    """What a field is read with: the order so far, and what is sold."""

    info: Info
    plans: Mapping[str, Plan]
    currency: str


class ShownWhen(Frozen):
    """Only when another field has one of these values."""

    model_config = ConfigDict(extra="forbid")

    field: str
    values: tuple[str, ...] = Field(min_length=1)


class FormField(Frozen, ABC):
    """What all fields have. `writes`: the key of `info`, the field's own name if it is left out."""

    model_config = ConfigDict(extra="forbid")

    name: str = Field(pattern=NAME)
    label: str = Field(min_length=1)
    help: str = ""
    required: bool = True
    shown_when: ShownWhen | None = None
    writes: str = Field(default="", pattern=r"^([A-Za-z][A-Za-z0-9_]{0,59})?$")

    @property
    def key(self) -> str:
        return self.writes or self.name

    @abstractmethod
    def inputs(self, given: Given) -> tuple[Input, ...]:
        """What of it stands on the page."""

    def typed(self, given: Given) -> dict[str, str]:
        return {self.name: text(given.info, self.key)}

    def read(self, typed: Typed, given: Given) -> Info:
        """What the order's `info` becomes. Raises InputRefusedError."""
        try:
            value = self.accepted(self.clean(typed.get(self.name, "")), given)
        except UnfitError as unfit:
            raise InputRefusedError(self.name, f"{self.label} {unfit}") from None
        return {self.key: value} if value or self.key in given.info else {}

    def clean(self, value: str) -> str:
        """What was typed without what nobody meant to type. Raises UnfitError."""
        return line(value)

    def line(self, typed: Typed, name: str = "") -> str:
        """What was typed into one of its inputs, on one line. Raises InputRefusedError."""
        try:
            return line(typed.get(name or self.name, ""))
        except UnfitError as unfit:
            raise InputRefusedError(name or self.name, f"{self.label} {unfit}") from None

    def accepted(self, value: str, given: Given) -> str:
        """The value as it is kept. Raises InputRefusedError, UnfitError."""
        if not value and self.required:
            raise InputRefusedError(self.name, f"{self.label} is needed")
        return value

    def cleared(self, info: Info) -> Info:
        """What takes the field's value off the order: it is not shown any more."""
        return {self.key: ""} if text(info, self.key) else {}

    def one(self, widget: Widget, **more: Any) -> tuple[Input, ...]:
        required = {"name": self.name, "label": self.label, "help": self.help, "required": self.required}
        return (Input(**required, widget=widget, **more),)
