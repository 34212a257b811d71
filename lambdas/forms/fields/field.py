"""The fields of a form: what they ask, what they accept, and which keys of the order's `info` they write.

A field is one or more inputs of a page. `typed`: the values its inputs show for an order. `read`: the changes they make to it.
Reading the shown values changes nothing, so the order alone determines which pages are complete.
"""

from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

from pydantic import ConfigDict, Field

from lambdas.catalog.plan import Plan
from lambdas.forms.fields.wording import advice, to_enter
from lambdas.languages.texts import N_, _
from lambdas.languages.translated import Translated
from lambdas.orders.contact.text import line
from lambdas.orders.contact.unfit import UnfitError
from lambdas.orders.model.info import Info, text
from lambdas.runtime.models import Frozen

NAME = r"^[a-z][a-z0-9_]{0,39}$"
Widget = Literal["text", "email", "tel", "number", "password", "textarea", "select", "radio", "checkbox"]
Typed = Mapping[str, str]
MOST_RADIOS = 6  # More choices are a list.


class InputRefusedError(Exception):
    """A refused entry of an input. The text is for the person who typed it and never repeats the entry."""

    def __init__(self, name: str, why: str, more: Mapping[str, str] | None = None) -> None:
        """`more`: of further inputs of the same field, by name."""
        super().__init__(why)
        self.errors = {name: why, **(more or {})}


class Choice(Translated):
    """`detail`: its price, or further information. `note`: what it saves. `button`: the words of the page's button while
    this is chosen."""

    value: str
    label: str
    detail: str = ""
    note: str = ""
    button: str = ""


class Card(Frozen):
    """Choices that belong together, such as the periods of a plan. `features`: lines of what they have in common."""

    title: str
    features: tuple[str, ...] = ()
    choices: tuple[Choice, ...]


class Input(Frozen):
    """One control of a page for the templates. `attributes`: of HTML. `optional`: the note beside it if it is not required.

    `cards`: the same choices as `choices`, by what they belong to; if there are any, they are shown instead.
    """

    name: str
    label: str
    widget: Widget
    help: str = ""
    required: bool = False
    choices: tuple[Choice, ...] = ()
    cards: tuple[Card, ...] = ()
    autocomplete: str = ""
    attributes: dict[str, str] = {}
    url: str = ""
    url_text: str = ""
    optional: str = N_("optional")

    def translated(self) -> "Input":
        """The input with its texts in the language that is spoken. For one that no form's file asks for."""
        return self.changed(label=_(self.label), help=_(self.help))


@dataclass(frozen=True)
class Given:
    """Input for reading a field: the order so far, and the plans on sale."""

    info: Info
    plans: Mapping[str, Plan]
    currency: str


class ShownWhen(Frozen):
    """A condition: another field has one of these values."""

    model_config = ConfigDict(extra="forbid")

    field: str
    values: tuple[str, ...] = Field(min_length=1)


class FormField(Translated, ABC):
    """The properties of every field. `writes`: the key of `info`; the default is the field's own name.

    `missing`: the instruction for an empty field, if its label makes no good one ("Enter your first name").
    """

    model_config = ConfigDict(extra="forbid")

    name: str = Field(pattern=NAME)
    label: str = Field(min_length=1)
    help: str = ""
    missing: str = ""
    required: bool = True
    shown_when: ShownWhen | None = None
    writes: str = Field(default="", pattern=r"^([A-Za-z][A-Za-z0-9_]{0,59})?$")

    @property
    def key(self) -> str:
        return self.writes or self.name

    @property
    def when_missing(self) -> str:
        """The instruction for a required field that is empty."""
        return self.missing or to_enter(self.label, self.key)

    @abstractmethod
    def inputs(self, given: Given) -> tuple[Input, ...]:
        """The field's inputs on the page."""

    def typed(self, given: Given) -> dict[str, str]:
        return {self.name: text(given.info, self.key)}

    def read(self, typed: Typed, given: Given) -> Info:
        """The changes of the order's `info`. Raises InputRefusedError."""
        try:
            value = self.accepted(self.clean(typed.get(self.name, "")), given)
        except UnfitError as unfit:
            raise InputRefusedError(self.name, advice(unfit, self.label)) from None
        return {self.key: value} if value or self.key in given.info else {}

    def clean(self, value: str) -> str:
        """The entry without stray characters such as surrounding spaces. Raises UnfitError."""
        return line(value)

    def line(self, typed: Typed, name: str = "") -> str:
        """The entry of one of its inputs as one line. Raises InputRefusedError."""
        try:
            return line(typed.get(name or self.name, ""))
        except UnfitError as unfit:
            raise InputRefusedError(name or self.name, advice(unfit, self.label)) from None

    def accepted(self, value: str, given: Given) -> str:
        """The value to store. Raises InputRefusedError, UnfitError."""
        if not value and self.required:
            raise InputRefusedError(self.name, self.when_missing)
        return value

    def cleared(self, info: Info) -> Info:
        """The change that removes the field's value from the order when the field is not shown."""
        return {self.key: ""} if text(info, self.key) else {}

    def one(self, widget: Widget, **more: Any) -> tuple[Input, ...]:
        required = {"name": self.name, "label": self.label, "help": self.help, "required": self.required}
        return (Input(**required, widget=widget, **more),)
