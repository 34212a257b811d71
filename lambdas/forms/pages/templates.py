"""Draws pages. Templates are in `templates/`; everything in them is escaped, and a name they do not get is an error."""

from http import HTTPStatus
from pathlib import Path
from typing import Any

from lambdas.forms.pages.look import look
from lambdas.web.http import Answer
from lambdas.web.templates import Templates

_HERE = Path(__file__).parents[1]
_TEMPLATES = Templates((_HERE / "templates",), _HERE / "static", "/forms/static")
static_path, static_file = _TEMPLATES.static_path, _TEMPLATES.static_file


def drawn(template: str, **values: Any) -> str:
    return _TEMPLATES.draw(template, look=look(), **values)


def message_page(
    status: HTTPStatus,
    title: str,
    text: str,
    *,
    link: tuple[str, str] | None = None,
    other: tuple[str, str] | None = None,
) -> Answer:
    """A page with one message. `link`: text and path of the next step; `other`: of an alternative."""
    links = {"link": link, "other": other}
    return Answer(status, drawn("message.html", title=title, text=text, **links, refresh=0))
