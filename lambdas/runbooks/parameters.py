"""Parameters of runbooks: how a document declares one, and how its values are read. Pure.

Systems Manager checks a value by its document. The values are checked here again, because a document can be changed by hand.

https://docs.aws.amazon.com/systems-manager/latest/APIReference/API_StartAutomationExecution.html
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from lambdas.runbooks.errors import WrongParameterError

MOST_CHARACTERS = 512  # of one value, and
MOST_VALUES = 50  # of one list, as Systems Manager takes them


@dataclass(frozen=True, kw_only=True)
class Parameter:
    """`pattern`: of each value, whole. `choices`: the only values. `default`: None for one that must be given."""

    name: str
    about: str
    pattern: str = ""
    choices: tuple[str, ...] = ()
    default: str | None = ""
    is_list: bool = False

    @property
    def is_needed(self) -> bool:
        return self.default is None

    def read(self, values: Sequence[str]) -> tuple[str, ...]:
        """The values; the default if there are none. Raises WrongParameterError."""
        if any(not isinstance(value, str) for value in values):
            raise WrongParameterError(self.name, "is not text")
        found = tuple(value.strip() for value in values if value.strip())
        if not found:
            if self.default is None:
                raise WrongParameterError(self.name, "is missing; it must be given")
            return (self.default,) if self.default else ()
        if len(found) > (MOST_VALUES if self.is_list else 1):
            raise WrongParameterError(self.name, "has more values than it takes")
        for value in found:
            self._check(value)
        return found

    def _check(self, value: str) -> None:
        """Raise WrongParameterError. The refusal never quotes the value."""
        if self.choices and value not in self.choices:
            raise WrongParameterError(self.name, f"must be one of {', '.join(self.choices)}")
        if len(value) > MOST_CHARACTERS or (self.pattern and re.fullmatch(self.pattern, value) is None):
            raise WrongParameterError(self.name, f"does not have the form that it needs: {self.about}")


@dataclass(frozen=True)
class Values:
    """The values that a runbook was started with, by parameter."""

    by_name: Mapping[str, tuple[str, ...]]

    @classmethod
    def of(cls, parameters: Sequence[Parameter], given: Mapping[str, Sequence[str]]) -> "Values":
        """Raises WrongParameterError."""
        known = {parameter.name for parameter in parameters}
        if strange := sorted(set(given) - known):
            raise WrongParameterError(
                strange[0][:MOST_VALUES], f"is no parameter of this runbook; it has {', '.join(sorted(known))}"
            )
        return cls({each.name: each.read(given.get(each.name, ())) for each in parameters})

    def text(self, name: str) -> str:
        """Empty: not given."""
        return next(iter(self.by_name.get(name, ())), "")

    def number(self, name: str) -> int | None:
        found = self.text(name)
        return int(found) if found else None

    def listed(self, name: str) -> tuple[str, ...]:
        return self.by_name.get(name, ())

    def is_yes(self, name: str) -> bool:
        return self.text(name) == "yes"
