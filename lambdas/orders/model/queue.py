"""An order queue: steps holding actions, read from `statemachines/<queue>/queue.toml`.

The words and rules are Ubersmith's (reference/ubersmith.md 1.2 and 1.3): the first step is Leads (status 1), the last
but one Complete (2), the last Canceled (3); every other step is ordinary (0).
"""

import hashlib
import json
import tomllib
from enum import StrEnum
from functools import cached_property
from pathlib import Path
from typing import Any, Literal, Self

from pydantic import ConfigDict, Field, ValidationError, model_validator

from lambdas.languages.translated import Translated
from lambdas.orders.model.hold_clock import Holds
from lambdas.orders.model.notify import NotifyRule
from lambdas.orders.model.steps import StepStatus

DEFAULT_BRAND_ID = 1  # the brand an installation begins with; lists mean it where no brand is named
QUEUES_ROOT = Path(__file__).resolve().parents[3] / "statemachines"


class QueueFileError(ValueError):
    """A queue's file cannot be read; the text lists everything that is wrong with it."""

    def __init__(self, key: str, problems: list[str]) -> None:
        super().__init__(f"statemachines/{key}/queue.toml:" + "".join(f"\n  - {problem}" for problem in problems))


class MayBeInvoiced(StrEnum):
    """Whose orders are taken on account (on_account.py). `existing_clients`: in good standing, see ports.Clients."""

    NOBODY = "nobody"
    EXISTING_CLIENTS = "existing_clients"
    EVERYBODY = "everybody"


_AT_FIRST: dict[str, dict[str, Any]] = {"await_payment": {"owner": "finance", "due_hours": 336}}


_ACTIONS = {"actions": {"__all__": {"i18n"}}, "i18n": True}
_BESIDE_THE_DEFINITION: Any = {
    **dict.fromkeys(("active_unpaid", "owner", "notify", "holds", "i18n"), True), "steps": {"__all__": _ACTIONS},
}  # fmt: skip


class Action(Translated):
    """One unit of work in a step, run by its module. Times are whole hours or seconds as the names say.

    `automatic`: runs as soon as its prereqs are done or skipped. `optional`: never holds up its step. `owner`: who acts when
    it waits, and `due_hours` until when (Await Payment: finance, in two weeks). `retry`: how often the machine retries a
    failure that may pass.
    """

    model_config = ConfigDict(extra="forbid")

    id: int = Field(gt=0)
    name: str = Field(min_length=1)
    module: str = Field(pattern=r"^[a-z][a-z0-9_]*$")
    automatic: bool = False
    optional: bool = False
    client_viewable: bool = False
    persistent_display: bool = False
    owner: str = Field(default="operations", min_length=1)
    due_hours: int = Field(default=24, gt=0, le=8760)
    timeout_seconds: int = Field(default=60, gt=0, le=900)
    retry: Literal["standard", "patient", "never"] = "standard"
    prereqs: tuple[int, ...] = ()
    config: dict[str, Any] = {}

    @model_validator(mode="before")
    @classmethod
    def _begin_as_its_module(cls, data: Any) -> Any:
        return {**_AT_FIRST.get(str(data.get("module")), {}), **data} if isinstance(data, dict) else data

    @property
    def in_machine(self) -> bool:
        """An optional action done by hand is run when somebody asks for it, and is no part of the machine."""
        return self.automatic or not self.optional


class Step(Translated):
    """One step of a queue. `status` follows from its place."""

    model_config = ConfigDict(extra="forbid")

    id: int = Field(gt=0)
    name: str = Field(min_length=1)
    status: StepStatus = StepStatus.ORDINARY
    expires_after_days: int | None = Field(default=None, gt=0, le=365)
    actions: tuple[Action, ...] = ()

    @property
    def machine_actions(self) -> tuple[Action, ...]:
        return tuple(action for action in self.actions if action.in_machine)


class Queue(Translated):
    """A queue as written by hand in its file. `key` is the folder's name. `may_be_invoiced`: whose orders it takes for which
    no money is held at submit. `active_unpaid`: why their services may become active before the invoice is paid.

    `owner`: the team of an order that waits for no other. `notify`: who gets which notices. `holds`: what is done with money that
    is held and lapses. All three are of the deployed queue.
    """

    model_config = ConfigDict(extra="forbid")

    key: str
    order_queue_id: int = Field(gt=0)
    name: str = Field(min_length=1)
    brand_id: int = Field(gt=0)
    active: bool = True
    allow_quotes: bool = False
    may_be_invoiced: MayBeInvoiced = MayBeInvoiced.EXISTING_CLIENTS
    active_unpaid: str = ""
    sendlink_from: str = ""
    sendlink_sub: str = ""
    sendlink_body: str = ""
    owner: str = Field(default="operations", min_length=1)
    notify: tuple[NotifyRule, ...] = ()
    holds: Holds = Holds()
    steps: tuple[Step, ...] = Field(min_length=3)

    @model_validator(mode="before")
    @classmethod
    def _give_each_step_its_status(cls, data: Any) -> Any:
        steps = [dict(step) for step in data.get("steps", ())]
        for index, step in enumerate(steps):
            from_the_end = len(steps) - index
            fixed = {1: StepStatus.CANCELED, 2: StepStatus.COMPLETE}.get(from_the_end, StepStatus.ORDINARY)
            step["status"] = StepStatus.LEADS if index == 0 else fixed
        return {**data, "steps": steps}

    @cached_property
    def leads(self) -> Step:
        return self.steps[0]

    @cached_property
    def ordinary_steps(self) -> tuple[Step, ...]:
        return self.steps[1:-2]

    @cached_property
    def complete(self) -> Step:
        return self.steps[-2]

    @cached_property
    def canceled(self) -> Step:
        return self.steps[-1]

    @cached_property
    def actions(self) -> tuple[Action, ...]:
        return tuple(action for step in self.steps for action in step.actions)

    @cached_property
    def required_actions(self) -> tuple[Action, ...]:
        return tuple(action for action in self.actions if not action.optional)

    @cached_property
    def content_hash(self) -> str:
        """Names this exact definition; an order records the one it was made from. What says only why
        is no part of it, nor who looks after its orders and their holds, nor its texts in other languages."""
        content = json.dumps(self.model_dump(mode="json", exclude=_BESIDE_THE_DEFINITION), sort_keys=True)
        return hashlib.sha256(content.encode()).hexdigest()[:16]

    @classmethod
    def read(cls, folder: Path) -> Self:
        """The queue of a folder. Raises QueueFileError."""
        try:
            content = tomllib.loads((folder / "queue.toml").read_text("utf-8"))
            return cls.model_validate({"key": folder.name, **content})
        except tomllib.TOMLDecodeError as error:
            raise QueueFileError(folder.name, [f"is not TOML: {error}"]) from None
        except ValidationError as error:
            raise QueueFileError(folder.name, [_problem(found) for found in error.errors(include_url=False)]) from None


def _problem(error: Any) -> str:
    """`notify.2.event: ...`: lists count from 1, as people do."""
    place = ".".join(str(part + 1) if isinstance(part, int) else str(part) for part in error["loc"]) or "the file"
    if error["type"] == "extra_forbidden":
        return f"{place} is no setting of a queue; remove it, or correct its name"
    return f"{place}: {error['msg']}"


def load_queues(root: Path = QUEUES_ROOT) -> dict[int, Queue]:
    """All queues by their `order_queue_id`. Raises QueueFileError, also for two files with one id."""
    queues: dict[int, Queue] = {}
    for file in sorted(root.glob("*/queue.toml")):
        queue = Queue.read(file.parent)
        if queue.order_queue_id in queues:
            other = queues[queue.order_queue_id].key
            problem = f"order_queue_id {queue.order_queue_id} already belongs to queue {other}; choose a free id"
            raise QueueFileError(queue.key, [problem])
        queues[queue.order_queue_id] = queue
    return queues
