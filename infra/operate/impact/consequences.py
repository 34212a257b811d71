"""Judges a changed queue by the orders in progress. Pure: deployed facts, orders and the new queue in, the impact out.

A deploy never changes an order. It keeps its checklist, and its execution runs the definition it began with (design, promise 6).
Three things fail a deployment. An order whose needed id is gone cannot be restarted. A deleted machine ends its executions at
their next state. A deleted function can neither run nor undo. A queue also fails it if a stopped order could not restart by it.

A canceled order is in progress until it is unwound. If its machine stopped before that, only a restart by the new definition
unwinds it. A lead has no execution yet. It takes the queue at its submit. It needs the queue, its own step, and the undo of a
payment that was begun.

Longer than 200 lines, because each rule of what would be harmed is weighed against the others.
"""

from collections import Counter
from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass, field

from infra.operate.impact.changes import changes_of, title
from infra.operate.impact.definition import ActionFacts, QueueFacts
from lambdas.orders.decisions.operator.restart import restarted
from lambdas.orders.model.checklist import ActionState, ChecklistAction
from lambdas.orders.model.order import Order
from lambdas.orders.model.queue import Queue
from lambdas.orders.model.steps import StepStatus
from lambdas.orders.operator_errors import RestartRefusedError


@dataclass(frozen=True, kw_only=True)
class NewQueue:
    """A queue of the working tree, and the facts of its machine."""

    queue: Queue
    facts: QueueFacts


@dataclass(frozen=True, kw_only=True)
class Failure:
    """A reason against the deployment: the orders it would harm, and how to fix that."""

    what: str
    order_ids: tuple[str, ...]
    fix: str


@dataclass(frozen=True, kw_only=True)
class QueueImpact:
    """`standing`: step -> running orders in it. `restarts`: why a restart would be refused -> orders, "" where it would not.
    `leads`: those without an execution; they are not among the running.

    `stopped`: of those that are `unwinding`, the ones whose machine stopped.
    """

    folder: str
    changes: tuple[str, ...]
    running: int
    unwinding: int
    leads: int = 0
    stopped: int = 0
    standing: dict[str, int] = field(default_factory=dict)
    restarts: dict[str, int] = field(default_factory=dict)
    failures: tuple[Failure, ...] = ()


def impact_of(
    folder: str, old: QueueFacts, orders: Sequence[Order], new: NewQueue | None, modules: Collection[str]
) -> QueueImpact:
    """`orders`: those that have not come to their end, canceled ones whose effects are being taken back among them.

    `new`: None if the folder is gone. `modules`: those that have a function after the deployment.
    """
    running = [order for order in orders if not order.is_final and not _waits_outside(order)]
    leads = sum(_waits_outside(order) for order in orders)
    stopped = [order for order in orders if _must_be_restarted(order)]
    removed = ("the queue is removed",)
    failures = list(_failures(folder, old, orders, new, modules))
    harmed = {order_id for failure in failures for order_id in failure.order_ids}
    if new:
        failures += _never_restarted([order for order in orders if order.order_id not in harmed], new.queue)
    return QueueImpact(
        folder=folder,
        changes=changes_of(old, new.facts, new.queue, running) if new else removed,
        running=len(running),
        unwinding=len(orders) - len(running) - leads,
        leads=leads,
        stopped=len(stopped),
        standing=_standing(running),
        restarts=dict(Counter(_restart_refusal(order, new.queue if new else None) for order in (*running, *stopped))),
        failures=tuple(failures),
    )


def _waits_outside(order: Order) -> bool:
    """A lead without an execution."""
    return order.is_lead and not order.has_machine


def _must_be_restarted(order: Order) -> bool:
    """Canceled, and its machine stopped before it was unwound."""
    return order.step_status is StepStatus.CANCELED and order.machine_stopped_at is not None


def _standing(running: Sequence[Order]) -> dict[str, int]:
    places = Counter((order.step_id, order.step.name) for order in running)
    return {f"{step_id} {name}": count for (step_id, name), count in sorted(places.items())}


def _restart_refusal(order: Order, queue: Queue | None) -> str:
    """Asked of the rule itself, as if the order's machine were stopped after the deployment."""
    try:
        restarted(order.changed(machine_stopped_at=order.activity), queue, by="", now=order.activity)
    except RestartRefusedError as refused:
        return str(refused).partition(": ")[2]
    return ""


def _failures(
    folder: str, old: QueueFacts, orders: Sequence[Order], new: NewQueue | None, modules: Collection[str]
) -> Iterator[Failure]:
    put_back = f"put it back into statemachines/{folder}/queue.toml"
    through = "deploy when these orders are through: restart what was stopped, and process, skip or cancel"
    if new is None or new.queue.order_queue_id != old.order_queue_id:
        what = f"queue {old.order_queue_id} {old.name} ({folder}) would be gone, and its executions with its machine"
        yield from _failure(
            what, orders, lambda _: True, f"put statemachines/{folder} back as it was, or {through} them"
        )
    else:
        kept = {"action": {action.id for action in new.queue.actions}, "step": {step.id for step in new.queue.steps}}
        for action_id, action in (_only_undone(old, orders) | old.actions).items():
            if action_id not in kept["action"]:
                fix = f"{put_back} (optional = true, automatic = false keeps new orders from waiting for it), or {through} it"
                yield from _failure(f"{title(action)} is removed", orders, _needs_action(action_id, old), fix)
        for step_id, name in old.steps.items():
            if step_id not in kept["step"]:
                fix = f"{put_back}, or {through} what they need there, or move them on"
                yield from _failure(
                    f"step {step_id} {name} is removed".replace("  ", " "), orders, _needs_step(step_id), fix
                )
    for module in sorted({action.module for order in orders for action in order.actions.values()} - set(modules)):
        fix = f"keep lambdas/actions/{module}.py and its row in infra/actions.py until these orders are at their end"
        yield from _failure(
            f"the function of module {module} would be deleted", orders, _needs_module(module, old), fix
        )


def _never_restarted(orders: Sequence[Order], queue: Queue) -> Iterator[Failure]:
    """Stopped orders that the new queue does not fit, by the reason that a restart would be refused for."""
    refused: dict[str, list[str]] = {}
    for order in orders:
        if order.machine_stopped_at is not None and not _waits_outside(order):
            refused.setdefault(_restart_refusal(order, queue), []).append(order.order_id)
    for reason, order_ids in sorted(refused.items()):
        if reason:
            what = f"a restart of what is stopped would be refused ({reason})"
            fix = "restart these orders before you deploy (order.restart), or cancel them; or keep the queue as they need it"
            yield Failure(what=what, order_ids=tuple(sorted(order_ids, key=int)), fix=fix)


def _failure(what: str, orders: Sequence[Order], needs: Callable[[Order], bool], fix: str) -> Iterator[Failure]:
    order_ids = sorted((order.order_id for order in orders if needs(order)), key=int)
    if order_ids:
        yield Failure(what=what, order_ids=tuple(order_ids), fix=fix)


def _only_undone(old: QueueFacts, orders: Sequence[Order]) -> dict[int, ActionFacts | ChecklistAction]:
    """Optional actions done by hand: the machine takes them back and does not run them, so the orders name them."""
    carried = (action for order in orders for action in order.actions.values())
    return {action.action_id: action for action in carried if action.action_id in old.undoes}


def _needs_action(action_id: int, old: QueueFacts) -> Callable[[Order], bool]:
    """Whether an order needs the action to continue, or for its undo after a restart."""

    def needs(order: Order) -> bool:
        action = order.actions.get(str(action_id))
        if action is None:
            return False
        if _waits_outside(order):
            return action.captures and order.attempt is not None and action_id in old.undoes
        if _must_be_restarted(order):
            tried = action.attempts > 0 or action.captures
            return action_id in old.undoes and tried and action.state is not ActionState.UNDONE
        return not order.is_final and not action.optional and not action.met

    return needs


def _needs_step(step_id: int) -> Callable[[Order], bool]:
    def needs(order: Order) -> bool:
        unmet = any(not action.optional and not action.met for action in order.actions_of(step_id))
        if _must_be_restarted(order) or _waits_outside(order):
            return order.step_id == step_id
        return not order.is_final and (order.step_id == step_id or unmet)

    return needs


def _needs_module(module: str, old: QueueFacts) -> Callable[[Order], bool]:
    """To run what is open (a skip may be undone), to run again what may be, or to take back what was done."""

    def used(action: ChecklistAction, order: Order) -> bool:
        if _waits_outside(order):
            return action.module == module and _needs_action(action.action_id, old)(order)
        open_or_again = not order.is_final and (action.state is not ActionState.DONE or action.reprocess)
        return action.module == module and (open_or_again or action.action_id in old.undoes)

    return lambda order: any(used(action, order) for action in order.actions.values())
