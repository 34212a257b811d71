"""A runbook: a verb with its parameters."""

from dataclasses import dataclass
from enum import StrEnum

from lambdas.runbooks.parameters import Parameter


class Verb(StrEnum):
    """A document's name is the stack's name, `-`, and one of these."""

    RETRY = "retry-action"
    SKIP = "skip-action"
    CANCEL = "cancel-order"
    RESTART = "restart-order"
    WINDOW = "redrive-window"
    BULK = "bulk"
    PAUSE = "pause"
    RESUME = "resume"
    DEAD_LETTERS = "replay-dead-letters"


@dataclass(frozen=True, kw_only=True)
class Runbook:
    """`about`: what it does, for the person who starts it. `has_preview`: whether it shows first."""

    verb: Verb
    about: str
    parameters: tuple[Parameter, ...]

    @property
    def has_preview(self) -> bool:
        return any(parameter.name == "Preview" for parameter in self.parameters)

    def document_name(self, stack_name: str) -> str:
        return f"{stack_name}-{self.verb}"
