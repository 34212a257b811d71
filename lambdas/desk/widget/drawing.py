"""Draws the desk's fragments for a custom widget: its links and buttons are `cwdb-action` elements.

CloudWatch cuts scripts and frames out of a widget. A `cwdb-action` runs with the viewer's rights, so order text must never
become one: templates escape every value, and the JSON in an element escapes `<`, `>` and `&` (Jinja's `tojson`).

https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/add_custom_widget_dashboard_interactivity.html
"""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from markupsafe import Markup

from lambdas.desk.acts.act import GIVE, GIVE_BACK, NOTE, PROCESS
from lambdas.desk.widget.call import WidgetCall
from lambdas.runtime.models import Frozen
from lambdas.web.templates import Templates

_HERE = Path(__file__).parent
_DESK = _HERE.parent
_WIDGET = Templates((_HERE / "templates", _DESK / "templates"), _DESK / "static", "")
HARMLESS = (PROCESS, NOTE, GIVE, GIVE_BACK)
"""Acts with a button. A widget's call does not say who makes it, so all others need a host that does."""


class Endpoints(Frozen):
    """ARNs that buttons call: the function that reads and the one that acts."""

    reader: str
    actor: str


def drawn(
    template: str, call: WidgetCall, endpoints: Endpoints, *, links: Sequence[tuple[str, str]] = (), **values: Any
) -> str:
    """A page of the desk as a widget. `links`: names and addresses of places in the console."""
    content = _WIDGET.draw(template, endpoints=endpoints, harmless=HARMLESS, **{"notice": "", **values})
    return _WIDGET.draw(
        "widget.html",
        content=Markup(content),  # noqa: S704 - drawn from escaped values
        endpoints=endpoints,
        style=_style(),
        dark=call.dark,
        links=links,
    )


def message(title: str, text: str, sentences: tuple[str, ...] = ()) -> str:
    """A short message, for a pop-up or in place of a page."""
    return _WIDGET.draw("message.html", title=title, text=text, sentences=sentences, style=_style())


def _style() -> Markup:
    return Markup((_HERE / "widget.css").read_text("utf-8"))  # noqa: S704 - a file of ours
