"""Templates and static files of a door's pages. Everything in a template is escaped, and a name it does not get is an error."""

import hashlib
from dataclasses import dataclass
from functools import cached_property
from http import HTTPStatus
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup, escape

from lambdas.languages.language import spoken
from lambdas.languages.texts import _
from lambdas.web.http import Answer

_TYPES = {".css": "text/css; charset=utf-8", ".js": "text/javascript; charset=utf-8", ".svg": "image/svg+xml"}
FOR_EVER = "public, max-age=31536000, immutable"


@dataclass(frozen=True)
class Templates:
    """`folders`: where templates are, the first one that has it wins. `static`: folder of files served below `path`."""

    folders: tuple[Path, ...]
    static: Path
    path: str

    def draw(self, template: str, **values: Any) -> str:
        return self._environment.get_template(template).render(values)

    def static_path(self, name: str) -> str:
        """The path of a static file. It changes with the file's content."""
        return f"{self.path}/{self._files[name][0]}"

    def static_file(self, hashed_name: str) -> Answer | None:
        for served_as, content, content_type in self._files.values():
            if served_as == hashed_name:
                return Answer(HTTPStatus.OK, content, content_type, cache=FOR_EVER)
        return None

    @cached_property
    def _files(self) -> dict[str, tuple[str, str, str]]:
        """Name with hash, content and type of each file, by its plain name."""
        found = {}
        for file in sorted(self.static.iterdir()):
            content = file.read_text("utf-8")
            digest = hashlib.sha256(content.encode()).hexdigest()[:12]
            found[file.name] = (f"{file.stem}-{digest}{file.suffix}", content, _TYPES[file.suffix])
        return found

    @cached_property
    def _environment(self) -> Environment:
        environment = Environment(
            loader=FileSystemLoader(self.folders),
            autoescape=True,
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
        )
        environment.globals["static"] = self.static_path
        environment.globals["language"] = spoken
        environment.globals["_"] = _marked_up
        return environment


def _marked_up(message: str, /, **values: Any) -> Markup:
    """The text in the language that is spoken. Everything in it is escaped, but for values that are markup already."""
    return escape(_(message)).format(**values) if values else escape(_(message))
