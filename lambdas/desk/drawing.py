"""Draws pages and their parts. Fragments are the same for each host, which brings its own links and buttons: `controls.html`."""

from pathlib import Path
from typing import Any

from lambdas.web.templates import Templates

_HERE = Path(__file__).parent
WEB = Templates((_HERE / "web" / "templates", _HERE / "templates"), _HERE / "static", "/desk/static")
"""For the pages at `/desk`. Another host has its own `controls.html` in front of the shared fragments."""


def drawn(host: Templates, template: str, **values: Any) -> str:
    return host.draw(template, **values)
