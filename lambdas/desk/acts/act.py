"""An act on an order, as a button with its inputs."""

from typing import Literal

from lambdas.runtime.models import Frozen

MAX_REASON, MAX_ANSWER, MAX_POST = 500, 500, 20_000
PROCESS, SKIP, UNDO_SKIP = "process", "skip", "undo-skip"
MOVE, RESTART, CANCEL, SUBMIT, ANSWER = "move", "restart", "cancel", "submit", "answer"


class ActField(Frozen):
    """An input of an act. `options`: values and labels of a choice."""

    name: str
    label: str
    kind: Literal["line", "text", "choice"] = "line"
    options: tuple[tuple[str, str], ...] = ()
    is_needed: bool = True
    most: int = MAX_REASON


class Act(Frozen):
    """`what`: the act, as its path ends. `order`, `revision` and `seen`: the order as it was shown with this button.

    `about`: what it does, in a sentence. `is_grave`: it takes something away that nothing brings back automatically.
    """

    what: str
    label: str
    order_id: str
    revision: int
    seen: str
    action_id: int = 0
    fields: tuple[ActField, ...] = ()
    about: str = ""
    is_grave: bool = False


class Offer(Frozen):
    """`of_actions`: acts by action id. `of_order`: acts on the whole order."""

    of_actions: dict[int, tuple[Act, ...]]
    of_order: tuple[Act, ...]


REASON = ActField(name="reason", label="Reason")
