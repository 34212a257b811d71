"""Keys of an order's waits, and the shard of the due index that an order with a deadline is in.

Compiled machines write the same keys and shards (statemachines/states/wait_states.py). So this module imports nothing of an
order.
"""

from enum import StrEnum
from typing import Self

DUE_SHARDS = 8  # a key of an index takes 1,000 writes a second, so all overdue orders under one key would be a limit


class WaitKind(StrEnum):
    """Kinds of waits. The value of each kind but ACTION is how its keys begin."""

    ACTION = ""
    """A person or a service must act before the action runs or ends."""
    LEADS = "leads"
    """The order waits to be submitted."""
    MACHINE = "machine"
    """No execution walks the order, because its last one ended too early."""
    GATE = "gate_"
    """The action waits for its prereqs. No person is asked, so a gate has no deadline."""
    UNDO = "undo_"
    """The undo of the action waits for a person."""
    OUTSTANDING = "settle_"
    """Money of a skipped action is still outstanding. No execution stands there, so such a wait has no token."""
    DISPUTE = "dispute"
    """The payer disputes the order's payment, and their bank takes evidence. No execution stands there."""
    REFUND = "refund"
    """Money of the order's payment went back without a credit note. No execution stands there."""
    HOLD = "hold_"
    """The money held for the action lapses soon, or did. No execution stands there either."""


_OF_THE_ORDER = ("leads", "machine", "dispute", "refund")


class WaitKey(str):
    """A key of `Order.waits`: `leads`, `machine`, `dispute`, `refund`, an action's id, or `gate_`, `undo_`, `settle_` or `hold_`
    followed by one.
    """

    __slots__ = ()

    @classmethod
    def action(cls, action_id: int | str) -> Self:
        return cls(action_id)

    @classmethod
    def gate(cls, action_id: int | str) -> Self:
        return cls(f"{WaitKind.GATE}{action_id}")

    @classmethod
    def undo(cls, action_id: int | str) -> Self:
        return cls(f"{WaitKind.UNDO}{action_id}")

    @classmethod
    def outstanding(cls, action_id: int | str) -> Self:
        return cls(f"{WaitKind.OUTSTANDING}{action_id}")

    @classmethod
    def hold(cls, action_id: int | str) -> Self:
        return cls(f"{WaitKind.HOLD}{action_id}")

    @property
    def kind(self) -> WaitKind:
        if str(self) in _OF_THE_ORDER:
            return WaitKind(str(self))
        prefixes = (WaitKind.GATE, WaitKind.UNDO, WaitKind.OUTSTANDING, WaitKind.HOLD)
        return next((kind for kind in prefixes if self.startswith(kind)), WaitKind.ACTION)

    @property
    def action_key(self) -> str:
        """Key of the action in `Order.actions`; empty if the wait is of the whole order."""
        kind = self.kind
        return "" if kind in _OF_THE_ORDER else str(self)[len(kind) :]


LEADS_WAIT = WaitKey(WaitKind.LEADS)
MACHINE_WAIT = WaitKey(WaitKind.MACHINE)
DISPUTE_WAIT, REFUND_WAIT = WaitKey(WaitKind.DISPUTE), WaitKey(WaitKind.REFUND)


def token_field(key: str) -> str:
    """The field of a stored order with the token that a wait has now.

    A machine parks again before a token grows old. It then writes this field alone, so that the wait keeps its deadline.
    """
    return f"token_{key}"


def due_shard(order_id: str) -> str:
    """The shard of an order in the due index. Compiled machines calculate it in the same way."""
    return str(int(order_id) % DUE_SHARDS)
