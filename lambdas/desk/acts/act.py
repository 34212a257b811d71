"""An act on an order, as a button with its inputs."""

from typing import Literal

from lambdas.runtime.models import Frozen

MAX_REASON, MAX_ANSWER, MAX_POST = 500, 500, 20_000
PROCESS, SKIP, UNDO_SKIP = "process", "skip", "undo-skip"
MOVE, RESTART, CANCEL, SUBMIT, ANSWER = "move", "restart", "cancel", "submit", "answer"
RESOLVE_ADDRESS = "resolve-address"
TAKE, GIVE, GIVE_BACK = "take", "give", "give-back"
NOTE, PRIORITY, CONTACT = "note", "priority", "contact"


class ActField(Frozen):
    """An input of an act. `options`: values and labels of a choice. `value`: what it holds at first."""

    name: str
    label: str
    kind: Literal["line", "text", "choice"] = "line"
    options: tuple[tuple[str, str], ...] = ()
    value: str = ""
    is_needed: bool = True
    most: int = MAX_REASON


class NewAct(Frozen):
    """An act, before it is offered on an order. `what`: as its path ends. `wait`: the key of the open work that it is about.

    `about`: what it does, in a sentence. `is_grave`: it takes something away that nothing brings back automatically.
    """

    what: str
    label: str
    action_id: int = 0
    wait: str = ""
    fields: tuple[ActField, ...] = ()
    about: str = ""
    is_grave: bool = False


class Act(NewAct):
    """An act that is offered. `order_id`, `revision` and `seen`: the order as it was shown with this button."""

    order_id: str
    revision: int
    seen: str

    @property
    def key(self) -> str:
        """Its name on the page."""
        return f"{self.what}-{self.wait or self.action_id}"


class Offer(Frozen):
    """`of_actions`: acts by action id. `of_waits`: by the key of open work. `of_order`: acts on the whole order."""

    of_actions: dict[int, tuple[Act, ...]]
    of_waits: dict[str, tuple[Act, ...]]
    of_order: tuple[Act, ...]


NOTHING = Offer(of_actions={}, of_waits={}, of_order=())
REASON = ActField(name="reason", label="Reason")
