"""The differences between a queue of the working tree and the deployed one, as readable lines. Pure.

Everything is known by its stable id, so a new name is a rename.
"""

from collections import Counter
from collections.abc import Iterator, Sequence

from infra.operate.impact.definition import ActionFacts, QueueFacts
from lambdas.orders.model.checklist import ChecklistAction
from lambdas.orders.model.order import Order
from lambdas.orders.model.queue import Queue

# These are in no definition, so they are compared with the orders' own checklists.
_ON_CHECKLISTS_ONLY = ("prereqs", "config", "client_viewable")
_OF_ACTION = ("name", "module", "automatic", "optional", "owner", "due_hours", *_ON_CHECKLISTS_ONLY)


def changes_of(old: QueueFacts, new: QueueFacts, queue: Queue, running: Sequence[Order]) -> tuple[str, ...]:
    """The changes, a line each. `new`: the facts of the new machine of `queue`. `running`: orders with a checklist."""
    found = (
        *_queue_changes(old, new),
        *_step_changes(old, queue),
        *_action_changes(old, new),
        *_checklist_changes(old, queue, running),
    )
    if not found and old.body != new.body:
        return ("steps and actions are the same, but they compile to another machine",)
    return found


def _queue_changes(old: QueueFacts, new: QueueFacts) -> Iterator[str]:
    if old.order_queue_id != new.order_queue_id:
        yield f"the queue is number {new.order_queue_id}, was {old.order_queue_id}"
    if old.name != new.name:
        yield f"the queue is called {new.name}, was {old.name}"


def _step_changes(old: QueueFacts, queue: Queue) -> Iterator[str]:
    names = {step.id: step.name for step in queue.steps}
    for step_id, name in old.steps.items():
        if step_id not in names:
            yield f"removed step {step_id} {name}".rstrip()
        elif name and name != names[step_id]:
            yield f"renamed step {step_id}: {names[step_id]}, was {name}"
    yield from (f"added step {step_id} {name}" for step_id, name in names.items() if step_id not in old.steps)


def _action_changes(old: QueueFacts, new: QueueFacts) -> Iterator[str]:
    for action_id, action in old.actions.items():
        now = new.actions.get(action_id)
        if now is None:
            yield f"removed from the machine: {title(action)} ({action.module})"
        elif differing := list(_differences(action, now)):
            yield f"changed {title(action)}: {'; '.join(differing)}"
    for action_id, action in new.actions.items():
        if action_id not in old.actions:
            yield f"added {title(action)} ({action.module}) to step {action.step_id}"


def _differences(old: ActionFacts, new: ActionFacts) -> Iterator[str]:
    if old.name != new.name:
        yield f"renamed, is {new.name}"
    for name in ("module", "step_id", "owner"):
        if (before := getattr(old, name)) != (now := getattr(new, name)):
            yield f"{name} {now or 'none'}, was {before or 'none'}"
    for name, otherwise in (("automatic", "by hand"), ("optional", "required")):
        if getattr(old, name) != getattr(new, name):
            yield f"now {name if getattr(new, name) else otherwise}"
    if old.timing != new.timing:
        yield "time-outs, retries, deadline or gates"


def _checklist_changes(old: QueueFacts, queue: Queue, running: Sequence[Order]) -> Iterator[str]:
    """The checklist differences between running and new orders that the machine does not show."""
    found: Counter[str] = Counter()
    new = {action.id: action for action in queue.actions}
    for order in running:
        for action in order.actions.values() if order.queue_hash != queue.content_hash else ():
            in_machine = action.action_id in old.actions
            now = new.get(action.action_id)
            if now is not None:
                fields = _ON_CHECKLISTS_ONLY if in_machine else _OF_ACTION
                if differing := [name for name in fields if getattr(action, name) != getattr(now, name)]:
                    found[f"changed {title(action)}: {', '.join(differing)}"] += 1
            elif not in_machine:
                found[f"gone: {title(action)} ({action.module})"] += 1
    yield from (f"{text}; {count} running orders keep theirs" for text, count in sorted(found.items()))


def title(action: ActionFacts | ChecklistAction) -> str:
    return f"action {action.action_id} {action.name}"
