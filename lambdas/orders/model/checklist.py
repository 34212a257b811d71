"""An order's own copy of its queue's steps and actions, and what became of each action (design, promise 6)."""

from collections.abc import Mapping
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from lambdas.orders.model.steps import StepStatus
from lambdas.runtime.models import Frozen

if TYPE_CHECKING:  # runs of actions need neither
    from lambdas.orders.model.modules import ModuleFacts
    from lambdas.orders.model.queue import Queue


class ActionState(StrEnum):
    PENDING = "pending"
    RUNNING = "running"
    WAITING = "waiting"
    FAILED = "failed"
    DONE = "done"
    SKIPPED = "skipped"
    UNDONE = "undone"


MET = frozenset({ActionState.DONE, ActionState.SKIPPED})


class ChecklistStep(Frozen):
    """A step as it stood in the queue when the order was made."""

    IMPERSONAL = frozenset({"step_id", "name", "status"})

    step_id: int
    name: str
    status: StepStatus


class ChecklistAction(Frozen):
    """An action as it stood in the queue when the order was made, and its outcome. `*_at`: Unix seconds, UTC.

    `by`: the user who last processed, skipped or unskipped it, with their `input`. `requested_at`: a run was requested and
    has not started. `passed_over`: skipped because the order was moved past it. `failed_last`: its last run failed, even if
    parking wrote WAITING over the state. `retryable`: the machine may retry that failure without a request. `told`: digest
    of the last accepted input and the attempts before it, so that a repeated input is recognised. `paused_until`: it waits for
    the end of a pause, which is then at the latest. `look_at`: it waits for something outside, and runs again automatically then.
    Defaults are not stored, so they never change.
    """

    IMPERSONAL = frozenset(
        {
            "action_id", "step_id", "name", "module", "automatic", "optional", "client_viewable", "owner", "due_hours",
            "reprocess", "captures", "prereqs", "state", "attempts", "claim_ends_at", "at", "by", "requested_at",
            "passed_over", "failed_last", "retryable", "paused_until", "look_at",
        }
    )  # fmt: skip
    PERSONAL = frozenset({"config", "claim", "reason", "result", "input", "told"})
    SECRET = frozenset({"claim"})

    action_id: int
    step_id: int
    name: str
    module: str
    automatic: bool
    optional: bool = False
    client_viewable: bool = False
    owner: str = "operations"
    due_hours: int = 24
    reprocess: bool = False
    captures: bool = False
    prereqs: tuple[int, ...] = ()
    config: dict[str, Any] = {}

    state: ActionState = ActionState.PENDING
    attempts: int = 0
    claim: str | None = None
    claim_ends_at: int | None = None
    reason: str = ""
    result: dict[str, Any] = {}
    input: dict[str, Any] = {}
    at: int | None = None
    by: str = ""
    requested_at: int | None = None
    passed_over: bool = False
    failed_last: bool = False
    retryable: bool = False
    told: str = ""
    paused_until: int | None = None
    look_at: int | None = None

    @property
    def met(self) -> bool:
        return self.state in MET

    @property
    def may_run_by_itself(self) -> bool:
        return self.automatic and self.state in (ActionState.PENDING, ActionState.RUNNING)


def checklist_of(
    queue: "Queue", modules: "Mapping[str, ModuleFacts]"
) -> tuple[tuple[ChecklistStep, ...], dict[str, ChecklistAction]]:
    """The queue's steps and actions, copied for one order."""
    steps = tuple(ChecklistStep(step_id=step.id, name=step.name, status=step.status) for step in queue.steps)
    fields = ("name", "module", "automatic", "optional", "client_viewable", "owner", "due_hours", "prereqs", "config")
    actions = {
        str(action.id): ChecklistAction(
            action_id=action.id,
            step_id=step.id,
            reprocess=action.module in modules and modules[action.module].reprocess,
            captures=action.module in modules and modules[action.module].money == "captures",
            **{field: getattr(action, field) for field in fields},
        )
        for step in queue.steps
        for action in step.actions
    }
    return steps, actions
