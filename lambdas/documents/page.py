"""A document as a page: one file that needs no other, prints well, and has every value escaped."""

import base64
import hashlib
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from lambdas.documents.document import Document
from lambdas.languages.language import spoken
from lambdas.languages.texts import _

_TEMPLATES = Path(__file__).with_name("templates")
Links = Sequence[tuple[str, str]]
"""Texts and paths, which are shown and not printed."""


def page_of(document: Document, links: Links = ()) -> str:
    logo = document.logo
    source = f"data:image/png;base64,{base64.b64encode(logo.content).decode()}" if logo else ""
    return draw("document.html", accent=document.accent, document=document, links=links, logo=source)


def draw(template: str, *, accent: str = "", **values: Any) -> str:
    """`accent`: the colour of the brand; ink without one."""
    style = Markup(_style(accent))  # noqa: S704 - a file of ours, and a colour that was checked
    return _environment().get_template(template).render({"links": (), "style": style, **values})


@cache
def policy(accent: str = "") -> str:
    """The content security policy of pages in this colour: they load nothing and send nothing, and have their own style and
    picture alone."""
    digest = base64.b64encode(hashlib.sha256(_style(accent).encode()).digest()).decode()
    return (
        f"default-src 'none'; style-src 'sha256-{digest}'; img-src data:; form-action 'none'; frame-ancestors 'none'; "
        "base-uri 'none'"
    )


@cache
def _style(accent: str) -> str:
    style = (_TEMPLATES / "style.css").read_text("utf-8")
    return f":root {{ --accent: {accent}; }}\n{style}" if accent else style


@cache
def _environment() -> Environment:
    environment = Environment(
        loader=FileSystemLoader(_TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.globals["language"] = spoken
    environment.globals["_"] = _
    return environment
