"""Draws pages. Templates are in `templates/`; everything in them is escaped, and a name they do not get is an error."""

import hashlib
from functools import cache
from http import HTTPStatus
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from lambdas.forms.web import Answer

_HERE = Path(__file__).parents[1]
_STATIC = {
    "form.css": "text/css; charset=utf-8",
    "form.js": "text/javascript; charset=utf-8",
    "icon.svg": "image/svg+xml",
}
_FOR_EVER = "public, max-age=31536000, immutable"


@cache
def _files() -> dict[str, tuple[str, str, str]]:
    """Name with hash, content and type of each file, by its plain name."""
    found = {}
    for name, content_type in _STATIC.items():
        content = (_HERE / "static" / name).read_text("utf-8")
        stem, _, kind = name.partition(".")
        found[name] = (f"{stem}-{hashlib.sha256(content.encode()).hexdigest()[:12]}.{kind}", content, content_type)
    return found


def static_path(name: str) -> str:
    """The path of a static file. It changes with the file's content."""
    return f"/forms/static/{_files()[name][0]}"


def static_file(hashed_name: str) -> Answer | None:
    for served_as, content, content_type in _files().values():
        if served_as == hashed_name:
            return Answer(HTTPStatus.OK, content, content_type, cache=_FOR_EVER)
    return None


@cache
def _templates() -> Environment:
    environment = Environment(
        loader=FileSystemLoader(_HERE / "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.globals["static"] = static_path
    return environment


def drawn(template: str, **values: Any) -> str:
    return _templates().get_template(template).render(values)


def message_page(
    status: HTTPStatus,
    title: str,
    text: str,
    *,
    company: str,
    link: tuple[str, str] | None = None,
    other: tuple[str, str] | None = None,
) -> Answer:
    """A page with one message. `link`: text and path of the next step; `other`: of an alternative."""
    links = {"link": link, "other": other}
    return Answer(status, drawn("message.html", title=title, text=text, **links, company=company, refresh=0))
