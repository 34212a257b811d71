"""A document as a page: one file that needs no other, prints well, and has every value escaped."""

from functools import cache
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from lambdas.documents.document import Document


def page_of(document: Document) -> str:
    return _environment().get_template("document.html").render(document=document)


@cache
def _environment() -> Environment:
    return Environment(
        loader=FileSystemLoader(Path(__file__).parent),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
