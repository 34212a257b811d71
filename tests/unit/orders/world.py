"""An order of the default queue with everything that works on it, as a value: whatever may happen next is a list of such values.

The decisions are the product's own (progress, hands, the relay's reading of changes). What is modelled is only what lies
between them: the machine's way (moves.py), runs in Lambda cut into claim, effects and settle (runs.py), and the records,
whose effects can be repeated without harm.
"""

from dataclasses import dataclass, field, replace

from lambdas.orders.machine import Answer, answers, requests
from lambdas.orders.order import Hold, Order

CLIENT, SERVICES, INVOICE = 101, 102, 103
CHAIN = (CLIENT, SERVICES, INVOICE)
UNDOABLE = (INVOICE, SERVICES)
CLAIM_SECONDS = 10
HOLD = Hold(transaction_id="t", key="k", method="card", amount_cents=1, currency="USD")
Place = tuple[str, int | str]


@dataclass(frozen=True)
class Run:
    """A run in Lambda: what it is about to do. `by_machine`: the machine waits for its answer."""

    action_id: int
    at: str
    claim: str
    by_machine: bool


@dataclass(frozen=True)
class Told:
    """What the relay reads off one change."""

    starts: bool
    answers: tuple[tuple[str, Answer], ...]
    runs: tuple[int, ...]


@dataclass(frozen=True)
class Books:
    """What the order made. `moved`: how often money was captured and given back, which no repeat may raise."""

    clients: int = 0
    services: str = "none"
    invoices: int = 0
    money: str = "held"
    moved: tuple[int, int] = (0, 0)


@dataclass(frozen=True)
class World:
    """`may`: what can still go wrong, each once: cancel, crash, refusal, a record told again, a person who asks."""

    order: Order
    machine: Place = ("none", 0)
    runs: tuple[Run, ...] = ()
    stream: tuple[Told, ...] = ()
    books: Books = field(default_factory=Books)
    may: frozenset[str] = frozenset({"cancel", "crash", "refuse", "again", "ask"})
    last: Told | None = None
    now: int = 0
    count: int = 0

    @property
    def key(self) -> object:
        order = self.order
        acts = tuple((one.state, one.claim, one.claim_ends_at, one.requested_at) for one in order.actions.values())
        waits = tuple(sorted((key, wait.token) for key, wait in order.waits.items()))
        place = (order.step_id, order.epoch, order.unwound_at, acts, waits)
        return (place, self.machine, self.runs, self.stream, self.books, self.may, self.last, self.now)

    def wrote(self, order: Order, **changes: object) -> "World":
        """The order as somebody wrote it; the stream tells of it."""
        old = self.order
        told = Told(
            False, tuple(sorted(answers(old, order).items())), tuple(one.action_id for one in requests(old, order))
        )
        stream = (*self.stream, told) if told.answers or told.runs else self.stream
        return replace(self, order=order, stream=stream, **changes)  # type: ignore[arg-type]

    def without(self, *spent: str) -> "World":
        return replace(self, may=self.may - set(spent))
