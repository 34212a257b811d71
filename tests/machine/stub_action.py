"""An action module that does nothing but say that it ran, and what it saw of the order when it was let in.

It runs in the product's own frame (lambdas/actions/_frame/action.py), in the engine's Lambda. Each run writes one record, so that
a test can read afterwards what happened, in which order, and under which revision of the order.
"""

from typing import Any

from pydantic import Field

from lambdas.actions._frame.action import action_handler
from lambdas.actions._frame.module import Config, Done, Module, PermanentError, Tools, TransientError, Waiting
from lambdas.orders.model.order import Order
from lambdas.runtime.models import Frozen


class StubConfig(Config):
    """`number`: the action's own id. `trips`: so many runs fail for a moment, and so does the undo if there are any;
    `fails`: so many after them fail until somebody acts. `asks`: it waits until it is told `{"ok": true}`."""

    number: int
    trips: int = Field(default=0, ge=0)
    fails: int = Field(default=0, ge=0)
    asks: bool = False


class Run(Frozen):
    """One run of an action. `prereqs`: how they stood when it was let in."""

    action_id: int
    attempt: int
    revision: int
    step_id: int
    outcome: str
    prereqs: dict[str, str]


def run(order: Order, config: StubConfig, tools: Tools) -> Done | Waiting:
    action = order.actions[str(config.number)]
    outcome = _outcome(action.attempts, action.input, config)
    ran = Run(
        action_id=config.number,
        attempt=action.attempts,
        revision=order.revision,
        step_id=order.step_id,
        outcome=outcome,
        prereqs={str(key): order.actions[str(key)].state.value for key in action.prereqs},
    )
    key = {"pk": f"order#{order.order_id}", "sk": f"run#{order.revision:08d}#{config.number}"}
    if not tools.records.put_new({**key, **ran.model_dump()}):
        raise RuntimeError("two runs under one claim")
    if outcome == "tripped":
        raise TransientError("it fails for a moment, as it was told to")
    if outcome == "failed":
        raise PermanentError("it fails the first times, as it was told to")
    return Waiting("it asks for an answer") if outcome == "waiting" else Done("it ran")


def undo(order: Order, config: StubConfig, tools: Tools) -> str:
    of_order = {"pk": f"order#{order.order_id}", "action_id": config.number}
    if config.trips and tools.records.put_new({**of_order, "sk": f"tripped#{config.number}"}):
        raise TransientError("the undo fails for a moment, as it was told to")
    tools.records.put_new({**of_order, "sk": f"undone#{config.number}"})
    return "taken back"


def _outcome(attempt: int, given: dict[str, Any], config: StubConfig) -> str:
    if attempt <= config.trips:
        return "tripped"
    if attempt <= config.trips + config.fails:
        return "failed"
    return "waiting" if config.asks and not given.get("ok") else "done"


module = Module("stub_action", StubConfig, run, undo, label="Stub", interactive=True)
handler = action_handler(module)
