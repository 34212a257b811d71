"""A viewer of a dashboard: what CloudWatch cuts out of a widget, and how it calls a function when a button is pressed.

https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/add_custom_widget_dashboard_security.html
"""

import json
from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import Any

from lambdas.desk.widget import actor, reader
from lambdas.desk.widget.parts import WidgetParts

READER = "arn:aws:lambda:eu-central-1:123456789012:function:desk-reader"
ACTOR = "arn:aws:lambda:eu-central-1:123456789012:function:desk-actor"
_CUT = {"script", "iframe", "use"}


@dataclass
class Button:
    """An element with the `cwdb-action` behind it."""

    text: str
    endpoint: str
    display: str
    confirmation: str
    parameters: dict[str, Any]


class WidgetReader(HTMLParser):
    """`cut`: elements and attributes that CloudWatch would remove, or that are never ours."""

    def __init__(self) -> None:
        super().__init__()
        self.buttons: list[Button] = []
        self.inputs: dict[str, str] = {}
        self.cut: list[str] = []
        self.text: list[str] = []
        self._open: list[str] = []
        self._before = self._content = ""
        self._action: dict[str, str] = {}

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = {name: value or "" for name, value in attrs}
        self.cut += [tag] if tag in _CUT else []
        self.cut += [name for name in values if name.startswith("on")]
        if tag == "input":
            self.inputs[values["name"]] = values.get("value", "")
            return
        if tag == "textarea":
            self.inputs[values["name"]] = ""
        self._open.append(tag)
        if tag == "a":
            self._before = ""
        if tag == "cwdb-action":
            self._action, self._content = values, ""

    def handle_endtag(self, tag: str) -> None:
        if tag == "cwdb-action":
            found = self._action
            self.buttons.append(
                Button(
                    self._before,
                    found["endpoint"],
                    found["display"],
                    found.get("confirmation", ""),
                    json.loads(self._content),
                )
            )
        while self._open and self._open.pop() != tag:
            pass

    def handle_data(self, data: str) -> None:
        inside = self._open[-1] if self._open else ""
        if inside == "cwdb-action":
            self._content += data
        elif inside != "style" and data.strip():
            self.text.append(" ".join(data.split()))
            self._before += data


@dataclass
class Viewer:
    """Presses buttons of a widget. `widget`: what it shows; `popup`: the latest pop-up."""

    parts: WidgetParts
    widget: WidgetReader = field(default_factory=WidgetReader)
    popup: str = ""

    def open(self, **parameters: Any) -> "Viewer":
        context = {"params": parameters, "theme": "light", "forms": {"all": {}}}
        return self._shown(reader.show({"widgetContext": context}, self.parts, reader=READER, request_id="r-1"))

    def press(self, text: str, **typed: str) -> "Viewer":
        """`typed`: inputs by the end of their name."""
        button = next(button for button in self.widget.buttons if button.text == text)
        return self.call(button.endpoint, button.parameters, typed)

    def call(self, endpoint: str, parameters: dict[str, Any], typed: dict[str, str] | None = None) -> "Viewer":
        filled = {
            name: next((value for end, value in (typed or {}).items() if name.endswith(f".{end}")), value)
            for name, value in self.widget.inputs.items()
        }
        event = {**parameters, "widgetContext": {"params": {}, "theme": "light", "forms": {"all": filled}}}
        if endpoint == ACTOR:
            self.popup = _text(actor.act(event, self.parts, request_id="r-1"))
            return self
        assert endpoint == READER
        return self._shown(reader.show(event, self.parts, reader=READER, request_id="r-1"))

    @property
    def text(self) -> str:
        return " ".join(self.widget.text)

    def _shown(self, html: str) -> "Viewer":
        self.widget = WidgetReader()
        self.widget.feed(html)
        return self


def _text(html: str) -> str:
    found = WidgetReader()
    found.feed(html)
    assert not found.buttons
    return " ".join(found.text)
