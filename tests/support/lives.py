"""Random lives of an order: what machines, people and clients do to it, through the real decisions.

What a compiled machine writes itself (it parks in front of an action) is written here as it writes it.
"""

from collections.abc import Callable
from typing import Any

from hypothesis import strategies as st

from lambdas.orders.decisions import claims, deadlines, outcomes, outstanding, progress, replies
from lambdas.orders.decisions.open_work import open_work
from lambdas.orders.decisions.operator import assignments, manual_actions, restart
from lambdas.orders.errors import OrderError
from lambdas.orders.model.checklist import ActionState
from lambdas.orders.model.executions import execution_name
from lambdas.orders.model.order import Order, Wait
from lambdas.orders.model.queue import load_queues
from lambdas.orders.model.waits import WaitKey
from tests.support.build import NOW, an_order

Act = Callable[[Order, int, int], Order]
"""The order, the id of one of its actions, and the time."""
Change = tuple[Order | None, Order | None]

SERVERS = load_queues()[3]


def _parked(order: Order, action_id: int, now: int) -> Order:
    action = order.actions[str(action_id)]
    if action.step_id != order.step_id or action.met or not (action.automatic or not action.optional):
        return order
    wait = Wait(token="t", since=now, due_at=now + action.due_hours * 3600, owner=action.owner)
    waiting = action.changed(state=ActionState.WAITING, reason=action.reason or "waits")
    return order.changed(
        actions={**order.actions, str(action_id): waiting}, waits={**order.waits, WaitKey.action(action_id): wait}
    )


def _gated(order: Order, action_id: int, now: int) -> Order:
    return order.changed(waits={**order.waits, WaitKey.gate(action_id): Wait(token="g", since=now, owner="prereqs")})


def _undo_parked(order: Order, action_id: int, now: int) -> Order:
    if order.canceled_at is None:
        return order
    wait = Wait(token="u", since=now, due_at=now + 86_400, owner=order.actions[str(action_id)].owner)
    return order.changed(waits={**order.waits, WaitKey.undo(action_id): wait})


def _claimed(order: Order, action_id: int, now: int) -> Order:
    if not claims.is_claimable(order, action_id, now):
        return order
    return claims.claimed(order, action_id, claim="c", now=now, ends_at=now + 10)


def _running(change: Act) -> Act:
    def after(order: Order, action_id: int, now: int) -> Order:
        is_running = order.actions[str(action_id)].state is ActionState.RUNNING
        return change(order, action_id, now) if is_running else order

    return after


def _assigned(to: str, by: str) -> Act:
    def change(order: Order, action_id: int, now: int) -> Order:
        work = open_work(order)
        key = work[action_id % len(work)].key if work else str(action_id)
        return assignments.assigned(order, key, to, by=by, now=now)

    return change


ACTS: dict[str, Act] = {
    "park": _parked,
    "gate": _gated,
    "park undo": _undo_parked,
    "claim": _claimed,
    "done": _running(lambda order, action_id, now: outcomes.done(order, action_id, now=now, reason="", result={})),
    "fail": _running(lambda order, action_id, now: outcomes.failed(order, action_id, now=now, reason="no")),
    "process": lambda order, action_id, now: manual_actions.processed(order, action_id, by="grace", given={}, now=now),
    "skip": lambda order, action_id, now: manual_actions.skipped(order, action_id, by="grace", why="known", now=now),
    "owe": lambda order, action_id, now: outstanding.with_outstanding(order, action_id, why="money is held", now=now),
    "settle": lambda order, action_id, now: outstanding.without_outstanding(order, action_id),
    "cancel": lambda order, _, now: (
        order if order.is_final else progress.canceled(order, now=now, because="", by="grace")
    ),
    "stop": lambda order, _, now: restart.machine_stopped(order, execution=execution_name(order), because="x", at=now),
    "restart": lambda order, _, now: restart.restarted(order, SERVERS, by="grace", now=now),
    "reply": lambda order, _, now: replies.with_reply(order, order.reply_id + 1, now=now),
    "answer": lambda order, _, now: replies.with_answer(order, order.reply_id + 1),
    "look": lambda order, _, now: deadlines.with_overdue_marked(order, now),
    "urgent": lambda order, _, now: order.changed(priority=3 - order.priority),
    "ada takes": _assigned("ada", "ada"),
    "ada gives back": _assigned("", "ada"),
    "grace takes": _assigned("grace", "grace"),
    "review": lambda order, _, now: order.changed(review_at=now) if order.is_lead else order,
    "submit": lambda order, _, now: progress.submitted(order, now=now, hold=None) if order.is_lead else order,
}

steps = st.lists(st.tuples(st.sampled_from(sorted(ACTS)), st.integers(0, 30), st.integers(1, 90_000)), max_size=14)
"""What happens, to which action of the present step, and after how many seconds."""


def life(order: Order, happened: list[tuple[str, int, int]]) -> list[Change]:
    """The changes of the order, each with a revision of its own. What is refused is no change."""
    told, now = list[Change]([(None, order)]), NOW
    for name, number, seconds in happened:
        now += seconds
        here = order.actions_of(order.step_id) or tuple(order.actions.values())
        try:
            after = ACTS[name](order, here[number % len(here)].action_id, now)
        except OrderError:
            continue
        if after is order:
            continue
        after = after.changed(revision=order.revision + 1)
        told.append((order, after))
        order = after
    return told


def a_lead(number: int, **changes: Any) -> Order:
    return an_order(SERVERS, order_id=str(number), hash=f"hash-{number}", **changes)
