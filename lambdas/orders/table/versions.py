"""Versions of an order's item, and the steps between them. Pure.

A step is for a change of form: an attribute gets another name, place or meaning. A new field with a default needs none. What
expressions of the store and of machines read must stay where it is, because executions in progress keep theirs.

A new version takes two releases, so that each can be rolled back to the one before. The first adds the step: it reads the new
version, and writes the one before (`WRITTEN`). The second writes the new one. An item of version 1 does not say so.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

VERSION = "stored_version"
Fields = dict[str, Any]


@dataclass(frozen=True)
class Step:
    """From one version to the next, and back. `about`: what changes. Neither changes the fields that it is given."""

    about: str
    up: Callable[[Fields], Fields]
    down: Callable[[Fields], Fields]


class NewerVersionError(ValueError):
    """A later release wrote the item. The text names the versions."""


@dataclass(frozen=True)
class Versions:
    """`steps`: the first one leads to version 2. `written`: the version that this release writes."""

    steps: tuple[Step, ...] = ()
    written: int = 1

    @property
    def latest(self) -> int:
        """The last version that this release reads."""
        return len(self.steps) + 1

    def raised(self, fields: Mapping[str, Any]) -> Fields:
        """The fields of an item in the form of the latest version. Raises NewerVersionError."""
        version, made = version_of(fields), dict(fields)
        if version > self.latest:
            raise NewerVersionError(
                f"a later release wrote it, as version {version}, and this one reads version {self.latest}"
            )
        for step in self.steps[version - 1 :]:
            made = step.up(made)
        return made

    def lowered(self, fields: Fields) -> Fields:
        """The fields in the form that is written, from that of the latest version."""
        for step in reversed(self.steps[self.written - 1 :]):
            fields = step.down(fields)
        return fields if self.written == 1 else {**fields, VERSION: self.written}


def version_of(fields: Mapping[str, Any]) -> int:
    """Of the fields of an item. What is no number is version 1, whose readers refuse the rest of such an item."""
    version = fields.get(VERSION, 1)
    return version if isinstance(version, int) and version > 0 else 1


STEPS: tuple[Step, ...] = ()
WRITTEN = 1
OF_ORDERS = Versions(STEPS, WRITTEN)
