"""The edges of a process: each write to a store and each call of the payment provider. A process may end behind any of them.

Nothing that others can see happens between two edges, so a death behind each of them is a death anywhere.
"""

from collections.abc import Callable
from typing import Any

from lambdas.orders.model.order import Order
from lambdas.payments.gateway import OutcomeUnknownError
from lambdas.payments.stripe.calls import StripeCalls
from lambdas.records.table import RecordTable
from tests.stand_ins.stripe.keys import Keys
from tests.unit.actions.conftest import Died, MortalStore

PROVIDER = "provider"
_WRITES = ("put_item", "update_item", "delete_item", "transact_write_items")


class Edges:
    """Counts the edges that were passed. Behind number `dies_behind` the process dies once; 0: it lives.

    `is_cut`: it lives on, but hears no answer of the provider there.
    """

    def __init__(self) -> None:
        self.passed: list[str] = []
        self.dies_behind = 0
        self.is_cut = False

    def arm(self, dies_behind: int, *, is_cut: bool) -> None:
        self.passed.clear()
        self.dies_behind, self.is_cut = dies_behind, is_cut

    def cross(self, what: str, work: Callable[[], Any]) -> Any:
        result = work()
        self.passed.append(what)
        if len(self.passed) == self.dies_behind:
            self.dies_behind = 0
            raise OutcomeUnknownError("the answer was lost") if self.is_cut else Died
        return result


class EdgeStore(MortalStore):
    """The order table."""

    edges: Edges

    def save(self, order: Order) -> Order:
        saved: Order = self.edges.cross("order", lambda: super(EdgeStore, self).save(order))
        return saved

    def claim(self, *args: Any, **more: Any) -> Order | None:
        claimed: Order | None = self.edges.cross("claim", lambda: super(EdgeStore, self).claim(*args, **more))
        return claimed


class _EdgeClient:
    """DynamoDB, whose writes are edges."""

    def __init__(self, client: Any, edges: Edges) -> None:
        self._client, self._edges = client, edges

    def __getattr__(self, name: str) -> Any:
        found = getattr(self._client, name)
        if name not in _WRITES:
            return found
        return lambda **asked: self._edges.cross("record", lambda: found(**asked))


def edge_records(records: RecordTable, edges: Edges) -> RecordTable:
    client: Any = _EdgeClient(records.client, edges)
    return RecordTable(records.name, client)


class EdgeCalls(StripeCalls):
    """The provider."""

    edges: Edges

    def ask(self, work: Any) -> dict[str, Any]:
        answer: dict[str, Any] = self.edges.cross(PROVIDER, lambda: super(EdgeCalls, self).ask(work))
        return answer


class ForgottenKeys(Keys):
    """Keeps no idempotency key, not even for a moment."""

    def begin(self, key: str, endpoint: str, body: str, at: float) -> Any:
        return None

    def keep(self, key: str, answer: Any) -> None:
        """It is forgotten at once."""
