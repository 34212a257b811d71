"""The parts of a module: its settings, its outcomes and errors, and the tools it is given."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Generic, Literal, TypeVar

from pydantic import ConfigDict

from lambdas.orders.model.checklist import ChecklistAction
from lambdas.orders.model.order import Order
from lambdas.orders.pauses import NO_PAUSES, Pauses
from lambdas.orders.ports import OrderStore
from lambdas.payments.gateway import Gateway
from lambdas.payments.several.choice import SINGLE, GatewayChoice
from lambdas.records.table import RecordTable
from lambdas.runtime.models import Frozen


class ActionError(Exception):
    """Says why an action did not succeed, in words for the person who will act on it, without personal data.

    The machine knows the classes below by name: `statemachines/compiler.py` names those it retries.
    """


class TransientError(ActionError):
    """May succeed in a moment: the machine tries again, as often as the queue allows. The message does not mention that."""


class ThrottledError(ActionError):
    """Too much at once: the machine tries again, later."""


class PermanentError(ActionError):
    """Will not succeed until a person changes something: the action waits for that."""


class UnexpectedError(ActionError):
    """An error that no module expects: the action waits for a person, and the log has the trace."""


@dataclass(frozen=True)
class Done:
    """The action succeeded. `reason` says what it did. `result` (ids, amounts) stays on the order's checklist. `info` is
    merged into the order's. `capture_id`: the provider's name for what was taken of the order's hold."""

    reason: str
    result: dict[str, Any] = field(default_factory=dict)
    client_id: str | None = None
    info: dict[str, Any] = field(default_factory=dict)
    capture_id: str = ""


@dataclass(frozen=True)
class Waiting:
    """The action waits for a person. `reason` says what they must do. The next `order.process` runs it again, with their
    answer in the action's `input`. `look_at`: when it runs once more without anybody, in Unix seconds."""

    reason: str
    result: dict[str, Any] = field(default_factory=dict)
    look_at: int | None = None


class Config(Frozen):
    """Base of a module's settings in `queue.toml`; unknown ones are refused."""

    model_config = ConfigDict(extra="forbid")


@dataclass(frozen=True)
class Tools:
    """The stores and the gateway for modules. `now` gives Unix seconds; `action_id`: the action that is run or undone.
    `choice`: of the gateway that a payment method is entered at.
    """

    orders: OrderStore
    records: RecordTable
    gateway: Gateway
    now: Callable[[], int]
    action_id: int = 0
    pauses: Pauses = NO_PAUSES
    choice: GatewayChoice = SINGLE

    def action_of(self, order: Order) -> ChecklistAction:
        """The action of this run, with its input and the user who requested it."""
        return order.actions[str(self.action_id)]


C = TypeVar("C", bound=Config)


@dataclass(frozen=True)
class Module(Generic[C]):
    """A module: its name, its settings, what it does and, if that makes sense, how it is undone.

    `run` may be called again after it succeeded, and must then find what it made. `undo` says what it undid, or returns None
    if there was nothing; it may be repeated too. `on_skip` releases what is held for the action when it is skipped.
    `interactive`: needs input when it is processed. `reprocess`: may be run again after it was done
    (docs/reference/ubersmith.md). `money`: whether it captures or returns money.
    """

    name: str
    config: type[C]
    run: Callable[[Order, C, Tools], Done | Waiting]
    undo: Callable[[Order, C, Tools], str | None] | None = None
    on_skip: Callable[[Order, C, Tools], None] | None = None
    label: str = ""
    interactive: bool = False
    reprocess: bool = False
    money: Literal["none", "captures", "returns"] = "none"
