"""A bulk run, and the outcome of each of its orders."""

from enum import StrEnum

from lambdas.bulk.instruction import Instruction
from lambdas.bulk.summary import EffectGroup, RefusalGroup
from lambdas.records.users.api_user import ApiUser
from lambdas.records.users.rights import Right
from lambdas.runtime.models import Frozen


class RunState(StrEnum):
    """`stopping`: a user stopped it, and its machine has not ended yet. `unfinished`: its machine ended too early."""

    RUNNING = "running"
    STOPPING = "stopping"
    STOPPED = "stopped"
    UNFINISHED = "unfinished"
    DONE = "done"


GOING = frozenset({RunState.RUNNING, RunState.STOPPING})


class OutcomeKind(StrEnum):
    """`done`: what the preview named was done. `changed`: the order had moved on, something else would happen, and nothing was
    done. `refused`: the verb refused it. `failed`: an error of ours, which is logged."""

    DONE = "done"
    CHANGED = "changed"
    REFUSED = "refused"
    FAILED = "failed"


class Outcome(Frozen):
    """`place`: page and place in it, which its outcomes are listed by. `at`: Unix seconds."""

    place: str
    order_id: str
    outcome: OutcomeKind
    text: str
    at: int


class Run(Frozen):
    """`starts`: how often its machine was started. `places`: queues and brands of its orders; `refused_places`, of those that
    the preview refused. Unix seconds."""

    run_id: str
    by: str
    reason: str
    instruction: Instruction
    pages: int
    orders: int
    effects: tuple[EffectGroup, ...]
    refusals: tuple[RefusalGroup, ...]
    refused: int
    places: tuple[tuple[int, int], ...]
    refused_places: tuple[tuple[int, int], ...] = ()
    begun_at: int
    state: RunState = RunState.RUNNING
    starts: int = 1
    stopped_by: str = ""
    stopped_at: int | None = None
    stopped_because: str = ""
    ended_at: int | None = None
    revision: int = 1

    @property
    def signature(self) -> str:
        """The person and the run, as each order's history names them."""
        return f"{self.by} (bulk {self.run_id})"

    @property
    def execution_name(self) -> str:
        return f"{self.run_id}-{self.starts}"

    def is_visible_to(self, user: ApiUser) -> bool:
        """Whether the user may act on many orders wherever this run has orders."""
        return all(user.may_in(right, *place) for place in self.places for right in (Right.VIEW, Right.BULK))

    def shown_to(self, user: ApiUser) -> "Run":
        """The run, without the orders that its preview refused for others who may not see all of these."""
        if user.name == self.by or all(user.may_in(Right.VIEW, *place) for place in self.refused_places):
            return self
        return self.changed(refusals=())
