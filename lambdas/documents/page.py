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
    return draw("document.html", document=document, links=links)


def draw(template: str, **values: Any) -> str:
    return _environment().get_template(template).render({"links": (), **values})


@cache
def policy() -> str:
    """The content security policy of these pages: they load nothing and send nothing, and their own style is all they have."""
    digest = base64.b64encode(hashlib.sha256(_style().encode()).digest()).decode()
    return (
        f"default-src 'none'; style-src 'sha256-{digest}'; form-action 'none'; frame-ancestors 'none'; base-uri 'none'"
    )


@cache
def _style() -> str:
    return (_TEMPLATES / "style.css").read_text("utf-8")


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
    environment.globals["style"] = Markup(_style())  # noqa: S704 - a file of ours
    return environment
