"""What a module is made of: its settings, what it may answer or raise, and the tools it is given."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Generic, Literal, TypeVar

from pydantic import ConfigDict

from lambdas.orders.model.checklist import ChecklistAction
from lambdas.orders.model.order import Order
from lambdas.orders.ports import OrderStore
from lambdas.payments.gateway import Gateway
from lambdas.records.table import RecordTable
from lambdas.runtime.models import Frozen


class ActionError(Exception):
    """Why an action did not succeed, in words for the person who will act on it; never the data of people.

    The machine knows the classes below by name: `statemachines/compiler.py` names those it retries.
    """


class TransientError(ActionError):
    """May succeed in a moment: the machine tries again, as often as the queue says. The message says no more of that."""


class ThrottledError(ActionError):
    """Too much at once: the machine tries again, later."""


class PermanentError(ActionError):
    """Will not succeed until somebody changes something: the action waits for a person."""


class UnexpectedError(ActionError):
    """Nobody thought of this: the action waits for a person, the log has the trace."""


@dataclass(frozen=True)
class Done:
    """The action succeeded. `reason` says what it did; `result` (ids, amounts) stays on the order's checklist; `info` is
    merged into the order's."""

    reason: str
    result: dict[str, Any] = field(default_factory=dict)
    client_id: str | None = None
    info: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Waiting:
    """Not done yet: somebody has to do or to say something, which `reason` names. The next `order.process` runs it again,
    with what they said in the action's `input`."""

    reason: str
    result: dict[str, Any] = field(default_factory=dict)


class Config(Frozen):
    """Base of a module's settings in `queue.toml`; unknown ones are refused."""

    model_config = ConfigDict(extra="forbid")


@dataclass(frozen=True)
class Tools:
    """What modules work with. `now` gives Unix seconds; `action_id` is the action that is run or undone."""

    orders: OrderStore
    records: RecordTable
    gateway: Gateway
    now: Callable[[], int]
    action_id: int = 0

    def action_of(self, order: Order) -> ChecklistAction:
        """The action of this run: who asked for it, with what input."""
        return order.actions[str(self.action_id)]


C = TypeVar("C", bound=Config)


@dataclass(frozen=True)
class Module(Generic[C]):
    """A module: its name, its settings, what it does and, where that makes sense, how it is undone.

    `run` may be called again after it succeeded, and must then find what it made. `undo` returns what it took back, or
    None if there was nothing; it may be repeated too. `skipped` lets go of what was held for the action when it is passed
    over. `interactive`: wants input when it is processed. `reprocess`: may be run again after it was done (reference
    ubersmith-orders 1.6). `money`: what it does with money.
    """

    name: str
    config: type[C]
    run: Callable[[Order, C, Tools], Done | Waiting]
    undo: Callable[[Order, C, Tools], str | None] | None = None
    skipped: Callable[[Order, C, Tools], None] | None = None
    label: str = ""
    interactive: bool = False
    reprocess: bool = False
    money: Literal["none", "captures", "returns"] = "none"
