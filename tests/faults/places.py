"""Where processes die: the points of every kind of action, of the API and of the relay, as far as a queue has them."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum

from infra.local.panel.results import TAKES_TIME
from infra.local.play.scenes import Scene
from lambdas.orders.model.queue import Action, Queue
from statemachines.graph import branches

EFFECTS = {
    "provision_client": ("after a record is written",),
    "provision_lead": ("after a record is written",),
    "add_services": ("after a record is written",),
    "activate_services": ("after a service is changed",),
    "generate_invoice": (
        "after a record is written",
        "before capture",
        "after capture",
        "after the invoice is settled",
    ),
    "call_webhook": ("after the receiver was asked",),
    "send_notification": ("before the mail", "after the mail"),
}
# How many writes of its records a run has for certain; each is refused once. Add Services writes once for each pack.
WRITES = {"provision_client": 1, "add_services": 2, "generate_invoice": 4}
TAKEN_AND_REFUSED = {"generate_invoice": ("before the invoice is settled",)}  # when the money was taken
UNDO_WRITES = {"add_services": 2, "generate_invoice": 5}
UNDO_EFFECTS = {
    "add_services": ("after a service is changed",),
    "call_webhook": ("after the receiver was asked",),
    "generate_invoice": (
        "after the payment is given back",
        "after a record is written",
        "after the invoice is settled",
    ),
}
THEN_CANCELED = {
    "provision_client": ("before settle",),
    "add_services": ("before settle",),
    "generate_invoice": ("after a record is written", "after capture"),
    "call_webhook": ("after the receiver was asked",),
}
ANSWERED = tuple(f"with the receiver's answer, {point}" for point in ("after claim", "before settle", "after settle"))
START, BESIDE = "the machine's start", "a run beside the machine"
CANCEL = "answering the cancel"
# A time-out dies where an exit does and is found out about later, so it is tried at the points that leave most behind.
ALSO_TIMEOUT = (
    "after claim",
    "before settle",
    "after capture",
    "undo, before settle",
    "with the receiver's answer, before settle",
    "order.create, after the write",
    "order.submit, after authorize",
    "order.process, after the write",
    "order.cancel, after the write",
    f"before {START}",
    f"after {START}",
)


class Life(StrEnum):
    """What becomes of an order: to Complete; canceled late; canceled while the claim of the dead process still holds."""

    COMPLETE = "complete"
    CANCELED = "canceled"
    CANCELED_AT_ONCE = "canceled at once"


@dataclass(frozen=True)
class Fault:
    """One way to die, at one place. `function`: whose process. `action`: in which action, where the function is one's."""

    queue: str
    function: str
    point: str
    manner: str
    life: Life = Life.COMPLETE
    action: int = 0

    @property
    def row(self) -> tuple[str, str, str]:
        """What the table counts it under: queue, fault, point."""
        then = ", order then canceled" if self.life is Life.CANCELED_AT_ONCE else ""
        return self.queue, f"{self.function} {self.manner}", self.point + then


def run_points(module: str) -> tuple[str, ...]:
    return "before claim", "after claim", *EFFECTS.get(module, ()), "before settle", "after settle"


def undo_points(module: str) -> tuple[str, ...]:
    points = ("before it", *UNDO_EFFECTS[module], "before settle", "after settle")
    return tuple(f"undo, {point}" for point in points)


def refused_writes(module: str, packs: int) -> tuple[str, ...]:
    writes = tuple(f"write {number} of its records" for number in range(1, _certain(WRITES, module, packs) + 1))
    return (*writes, *TAKEN_AND_REFUSED.get(module, ()))


def refused_undo_writes(module: str, packs: int) -> tuple[str, ...]:
    certain = _certain(UNDO_WRITES, module, packs)
    return tuple(f"undo, write {number} of its records" for number in range(1, certain + 1))


def _certain(writes: Mapping[str, int], module: str, packs: int) -> int:
    return min(writes.get(module, 0), packs) if module == "add_services" else writes.get(module, 0)


def api_points(queue: Queue, scene: Scene) -> Iterator[tuple[str, ...]]:
    """A tuple for each kind of call that an order sees."""
    yield written("order.create")
    moments = ("before the intent", "after the intent", "before authorize", "after authorize")
    yield (*(f"order.submit, {moment}" for moment in moments), *written("order.submit"))
    if has_people(queue, scene):
        yield written("order.process")
    if scene.skips:
        yield written("order.process (skip)")
    if slow_webhooks(queue):
        yield written("order.process (receiver)")


def relay_moments(queue: Queue, scene: Scene) -> Iterator[str]:
    """What the relay does for an order on its way to Complete."""
    yield START
    if has_people(queue, scene):
        yield "answering a person's process"
    if scene.skips:
        yield "answering a skip"
    if slow_webhooks(queue):
        yield "answering the receiver's answer"
    # A gate later in its branch may be open when the machine comes to it; there is nothing to answer then.
    if any(chain[0].gates for step in queue.steps for chain in branches(step)):
        yield "answering a gate"
    if any(action.optional and not action.automatic for action in queue.actions):
        yield BESIDE


def both(what: str) -> tuple[str, ...]:
    return f"before {what}", f"after {what}"


def written(method: str) -> tuple[str, ...]:
    """Between the write and the answer the caller cannot know, and asks again with the same key."""
    return f"{method}, before the write", f"{method}, after the write"


def has_people(queue: Queue, scene: Scene) -> bool:
    return bool(scene.fails[0]) or any(not action.automatic and not action.optional for action in queue.actions)


def slow_webhooks(queue: Queue) -> list[Action]:
    """Those that are begun, and answered later by a call of the receiver's."""
    return [action for action in queue.actions if str(action.config.get("url", "")).endswith(tuple(TAKES_TIME))]
