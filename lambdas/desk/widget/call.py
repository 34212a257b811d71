"""Reads a call of a custom widget. Anybody who may invoke the function can forge all of it, so nothing of it is trusted.

https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/add_custom_widget_dashboard_about.html
"""

from collections.abc import Mapping
from typing import Annotated, Any, Self

from pydantic import BeforeValidator, Field, ValidationError

from lambdas.runtime.models import Frozen

_MOST_INPUTS = 100


class ForgedCallError(ValueError):
    """The call holds something that no button of a widget sends."""


def _text(value: Any) -> Any:
    return str(value) if isinstance(value, int) and not isinstance(value, bool) else value


Number = Annotated[str, BeforeValidator(_text), Field(pattern=r"^[0-9]{1,18}$")]


class WidgetCall(Frozen):
    """`show`: the page. `act`: what a button does to the order, as the desk names acts. `inputs`: what the viewer typed.

    `wait`: the open work that an act is about, by its key. `dark`: whether the viewer's console is.
    """

    show: Annotated[str, Field(max_length=20)] = "board"
    queue: Number = "0"
    step: Number = "0"
    cursor: Annotated[str, Field(max_length=2_000)] = ""
    query: Annotated[str, Field(max_length=1_000)] = ""
    order_id: Number = "0"
    act: Annotated[str, Field(max_length=20)] = ""
    action_id: Number = "0"
    wait: Annotated[str, Field(pattern=r"^[a-z0-9_]{0,30}$")] = ""
    revision: Number = "0"
    seen: Annotated[str, Field(max_length=4_000)] = ""
    inputs: dict[str, str] = {}
    dark: bool = False

    @classmethod
    def of(cls, event: Mapping[str, Any]) -> Self:
        """The button's JSON is at the top level; without one, the widget's parameters are. Raises ForgedCallError."""
        context = _map(event.get("widgetContext"))
        typed = _map(_map(context.get("forms")).get("all"))
        values = {name: event[name] for name in cls.model_fields if name in event and name not in ("inputs", "dark")}
        inputs = {name: value for name, value in list(typed.items())[:_MOST_INPUTS] if isinstance(value, str)}
        try:
            return cls.model_validate({**values, "inputs": inputs, "dark": context.get("theme") == "dark"})
        except ValidationError as error:
            wrong = ", ".join(sorted({str(one["loc"][0]) for one in error.errors(include_input=False)}))
            raise ForgedCallError(f"this is not what a button of the desk sends: {wrong}") from None

    def inputs_of(self, key: str) -> dict[str, str]:
        """The inputs of one act. A call brings all inputs of the widget, so each name begins with its act's key."""
        return {name.removeprefix(f"{key}."): text for name, text in self.inputs.items() if name.startswith(f"{key}.")}


def is_description(event: Mapping[str, Any]) -> bool:
    """Whether the console asks for the widget's documentation."""
    return event.get("describe") is True


def _map(value: Any) -> Mapping[str, Any]:
    return value if isinstance(value, Mapping) else {}
