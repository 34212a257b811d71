"""Requests of the worklist, and of taking what is on it. Both are ours."""

from typing import Annotated, ClassVar

from pydantic import Field

from lambdas.api.http.parameters import Absent, Count, Flag, OrderRequest, Request
from lambdas.api.orders.handling import Reason
from lambdas.orders.decisions.open_work import WorkKind

Name = Annotated[Annotated[str, Field(max_length=100)] | None, Absent]
Cursor = Annotated[Annotated[str, Field(max_length=1_000)] | None, Absent]


class WorklistRequest(Request):
    """`order.worklist`: what waits for somebody in the queues that the caller may see, most urgent first."""

    FILTERS: ClassVar[frozenset[str]] = frozenset({"team", "user", "order_queue_id", "kind"})

    team: Name = Field(default=None, description="What waits for this team only, as statemachines/teams.toml names it.")
    my_teams: Flag = Field(default=False, description="1: what waits for the caller's teams only.")
    user: Name = Field(default=None, description="What is in the hands of this user only.")
    mine: Flag = Field(default=False, description="1: what is in the caller's hands only.")
    unassigned: Flag = Field(default=False, description="1: what is in nobody's hands only.")
    order_queue_id: Count = Field(default=None, description="What waits in this queue only.")
    overdue: Flag = Field(default=False, description="1: what is overdue only.")
    kind: Annotated[WorkKind | None, Absent] = Field(default=None, description="What waits for this reason only.")
    limit: Annotated[Annotated[int, Field(ge=1, le=100)] | None, Absent] = Field(
        default=None, description="At most so many entries, 100 at most; 50 if not stated."
    )
    cursor: Cursor = Field(default=None, description="`next_cursor` of the page before.")


class AssignRequest(OrderRequest):
    """`order.assign`: takes a wait of an order, gives it to a user, or gives it back to its team."""

    wait: Annotated[Annotated[str, Field(max_length=100)] | None, Absent] = Field(
        default=None,
        description="What is taken, as `for` of the order's waits or as `wait` of the worklist names it: an action's id, or a "
        "word such as review. Not needed if the order waits for one thing only.",
    )
    user: Name = Field(default=None, description="Who gets it, a user of the API; the caller if not stated.")
    give_back: Flag = Field(default=False, description="1: it is in nobody's hands again.")
    take_over: Flag = Field(
        default=False, description="1, with a reason: although it is in the hands of somebody else."
    )
    reason: Reason = Field(default=None, description="Why it is given or taken, for those who look at the order later.")
