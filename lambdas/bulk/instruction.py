"""The instruction of a bulk run: one verb with its parameters, the same for each order."""

from enum import StrEnum
from typing import Any

from lambdas.records.users.rights import Right
from lambdas.runtime.models import Frozen


class BulkVerb(StrEnum):
    """`process` runs a named action. `retry` runs again what failed, or what an automatic action waits for."""

    PROCESS = "process"
    RETRY = "retry"
    SKIP = "skip"
    CANCEL = "cancel"
    RESTART = "restart"
    MOVE = "move"
    ASSIGN = "assign"


# The right that the same verb needs on one order. Each bulk method also needs the right `bulk`.
RIGHT_OF = {
    BulkVerb.PROCESS: Right.ACT,
    BulkVerb.RETRY: Right.ACT,
    BulkVerb.SKIP: Right.SKIP,
    BulkVerb.CANCEL: Right.CANCEL,
    BulkVerb.RESTART: Right.ACT,
    BulkVerb.MOVE: Right.ACT,
    BulkVerb.ASSIGN: Right.ACT,
}
OF_AN_ACTION = frozenset({BulkVerb.PROCESS, BulkVerb.SKIP})


class Instruction(Frozen):
    """`order_action_id` or `module`: the action that is processed or skipped; `retry` takes them to narrow it.

    `step_id` or `step_name`: where orders are moved to. `input`: for the action, the same for each order.
    `user`: who gets all that waits on the order.
    """

    verb: BulkVerb
    order_action_id: int | None = None
    module: str | None = None
    step_id: int | None = None
    step_name: str | None = None
    input: dict[str, Any] = {}
    user: str = ""

    @property
    def rights(self) -> tuple[Right, ...]:
        """All that its user needs where an order is."""
        return (Right.VIEW, Right.BULK, RIGHT_OF[self.verb])
