"""An order with everything that works on it, as a value: whatever may happen next is a list of such values.

The decisions are the product's own (claims, progress, hands, the relay's reading of changes) and the machine is the compiled
one (compiled.py). What is modelled is only what lies between them: runs in Lambda cut into claim, effects and settle
(runs.py), the stream, and the records, whose effects can be repeated without harm (effects.py).

Worlds that cannot behave differently are one world: times are only before or after a claim's end, tokens and claims have the
least number that is not in use, and of epochs only a change is told.
"""

from collections.abc import Callable, Hashable
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from lambdas.orders.decisions import claims
from lambdas.orders.machine import answers, requests, starts
from lambdas.orders.model.checklist import ActionState, ChecklistAction
from lambdas.orders.model.modules import ModuleFacts
from lambdas.orders.model.order import Hold, Order, PaymentAttempt
from lambdas.orders.model.queue import Queue
from tests.model.compiled import TOP, Compiled, compiled
from tests.support.build import NOW

HOLD = Hold(transaction_id="t", key="k", method="card", amount_cents=1, currency="USD")
# Its process died, so whether it holds money has to be looked up.
ATTEMPT = PaymentAttempt(key="k", amount_cents=1, currency="USD", method="card", claim="c", claim_ends_at=NOW - 1)
CLAIM_SECONDS = 10
SPEAKING = ("call_webhook", "simple_question")  # what these are told by people decides what they do
BY_HAND = "manual_check_off"  # who did it decides who may check it


class Seen:
    """An order as a value that is itself: equal orders are one object."""

    __slots__ = ("order",)

    def __init__(self, order: Order) -> None:
        self.order = order


class Run(NamedTuple):
    """A run in Lambda: what it is about to do. `place`: where the machine waits for its answer, -1: nowhere. `gone`: the
    order was canceled or moved since its claim. `by`: who asked for it."""

    action_id: int
    at: str
    claim: str = ""
    place: int = -1
    beside: bool = False
    by: str = ""
    gone: bool = False


class Place(NamedTuple):
    """A branch of the machine: in a state, about to act if there is no `token`; "" is the end of the branch."""

    state: str
    token: str = ""


class Machine(NamedTuple):
    """`box`: the step it is in, or the top, where it is in one state."""

    box: str = TOP
    places: tuple[Place, ...] = ()


class Told(NamedTuple):
    """What the relay reads off one change: whether an execution begins, token and answer of woken waits, and actions to run
    beside the machine."""

    starts: bool
    answers: tuple[tuple[str, str], ...]
    runs: tuple[int, ...]

    @property
    def leaves(self) -> bool:
        return any(answer.startswith("Order") for _, answer in self.answers)


class Books(NamedTuple):
    """What the order made. `captured` and `given_back`: how often money went, which no repeat may raise. `outside`: what
    programs outside were asked for and have not taken back."""

    client: bool = False
    services: str = "none"
    invoice: bool = False
    money: str = "held"
    captured: int = 0
    given_back: int = 0
    outside: frozenset[int] = frozenset()


class World(NamedTuple):
    """`spent`: what has gone wrong or was done by hand so far. `last`: the record that may be told again."""

    order: Seen
    machine: Machine | None
    runs: tuple[Run, ...]
    stream: tuple[Told, ...]
    last: Told | None
    books: Books
    spent: frozenset[str] = frozenset()

    def running(self, *runs: Run, instead_of: Run | None = None) -> "World":
        kept = list(self.runs)
        if instead_of is not None:
            kept.remove(instead_of)
        return self._replace(runs=tuple(sorted([*kept, *runs])))


@dataclass(frozen=True)
class Model:
    """One queue, and which disturbances are looked at: `kinds` of them, each once, at most `most` of them together."""

    queue: Queue
    modules: dict[str, ModuleFacts]
    kinds: frozenset[str]
    most: int
    known: dict[Hashable, Seen] = field(default_factory=dict)
    decided: dict[Hashable, Any] = field(default_factory=dict)

    def __post_init__(self) -> None:
        object.__setattr__(self, "machine", compiled(self.queue, self.modules, NOW))

    machine: Compiled = field(init=False)

    def seen(self, order: Order) -> Seen:
        waits = tuple(sorted((key, wait.token) for key, wait in order.waits.items()))
        acts = tuple(_state(action) for action in order.actions.values())
        begun = (order.machine_run, order.attempt is None)
        key = (order.step_id, order.unwound_at is None, order.client_id, begun, waits, acts)
        return self.known.setdefault(key, Seen(order))

    def may(self, world: World, kind: str) -> bool:
        return kind in self.kinds and kind not in world.spent and len(world.spent) < self.most

    def spend(self, world: World, kind: str) -> World:
        world = world._replace(spent=world.spent | {kind})
        return world if self.may(world, "again") else world._replace(last=None)

    def look(self, world: World, key: Hashable, question: Callable[[Order], Any]) -> Any:
        """The answer to a question about the order; `key` names the question."""
        name = (world.order, key)
        if name not in self.decided:
            self.decided[name] = question(world.order.order)
        return self.decided[name]

    def write(self, world: World, key: Hashable, decision: Callable[[Order], Order]) -> World:
        """The order as a decision makes it; the stream tells of it. `key` names the decision."""
        after, told, epoch_raised = self.look(world, key, lambda order: self._written(order, decision(order)))
        if after is world.order:
            return world
        stream = (*world.stream, told) if told else world.stream
        runs = tuple(sorted(run._replace(gone=bool(run.claim)) for run in world.runs)) if epoch_raised else world.runs
        return world._replace(order=after, stream=stream, runs=runs)

    def _written(self, old: Order, new: Order) -> tuple[Seen, Told | None, bool]:
        woken = tuple(sorted((token, answer.value) for token, answer in answers(old, new).items()))
        runs = tuple(action.action_id for action in requests(old, new))
        told = Told(starts(old, new), woken, runs)
        return self.seen(new), told if any(told) else None, new.epoch != old.epoch


def _is_silent(action: ChecklistAction) -> bool:
    """It asks for a person and does not say why. Never so, which rules.py looks for: worlds that differ in it are two."""
    return action.state in (ActionState.FAILED, ActionState.WAITING) and not action.reason


def _state(action: ChecklistAction) -> Hashable:
    """What of an action decides anything. Runs are counted only as far as giving back the only one makes a difference."""
    return (
        action.state.value,
        min(action.attempts, 1 + (action.claim is not None)),
        action.claim,
        claims.is_busy(action, NOW),
        action.requested_at is not None,
        action.passed_over,
        action.retryable,
        _is_silent(action),
        repr(action.input) if action.module in SPEAKING else "",
        action.by if action.module == BY_HAND else "",
    )


def unused(name: str, *used: str | None) -> str:
    """A name that nothing in the world goes by any more, so that worlds do not differ by how many there were."""
    return next(fresh for number in range(len(used) + 1) if (fresh := f"{name}#{number}") not in used)
