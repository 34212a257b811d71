"""Looks at every order once the play is over: tells the stream again where that is its fault, and brings in the verdicts."""

import time
from collections.abc import Iterator
from dataclasses import dataclass

from lambdas.orders.model.executions import order_id_in
from lambdas.orders.model.order import Order
from lambdas.orders.model.steps import StepStatus
from tests.faults.books import Made, Verdict, judged, made_of
from tests.faults.places import Fault, Life
from tests.faults.plan import AGAIN
from tests.faults.play import Run
from tests.faults.shop import FaultyShop

_MACHINES_END_WITHIN_SECONDS = 15.0
_POLL_SECONDS = 0.3


@dataclass(frozen=True)
class Review:
    """`unmet`: faults of the order that it never came to. `story`: where it is, in words."""

    run: Run
    verdict: Verdict
    unmet: tuple[Fault, ...]
    story: tuple[str, ...]


def reviewed(shop: FaultyShop, runs: list[Run]) -> Iterator[Review]:
    _wait_for_machines(shop, runs)
    changed = _changed_when_told_again(shop, [run for run in runs if run.plan.is_told_again and run.ended_after])
    _wait_for_machines(shop, runs)
    orders, made = shop.orders(), made_of(shop.records())
    executions = list(shop.executions())
    for run in runs:
        unmet = tuple(fault for fault in run.plan.faults if _is_unmet(shop, run, fault))
        found = orders.get(run.mark, [])
        if not found:
            yield Review(run, Verdict((), ("it was never made",)), unmet, ())
            continue
        order = found[0]
        of_it = made.get(order.order_id, Made())
        of_it.orders = len(found)
        of_it.calls = [
            (int(call["order_action_id"]), bool(call["undo"])) for call in shop.asked_outside(order.order_id)
        ]
        of_it.executions = [status for name, status in executions if _is_execution_of(name, order.order_id)]
        canceled = run.plan.life is not Life.COMPLETE and not _came_too_late(run, order)
        verdict = judged(order, of_it, packs=run.plan.packs, canceled=canceled)
        if run.mark in changed:
            verdict = Verdict((*verdict.doubles, "it changed when the stream was told again"), verdict.losses)
        yield Review(run, verdict, unmet, (_story(order), str(of_it)))


def _changed_when_told_again(shop: FaultyShop, runs: list[Run]) -> set[str]:
    """The marks of orders that did not stay as they were."""
    before = shop.orders()
    shop.tell_again([run.order_id for run in runs])
    for run in runs:
        run.told_again += 1
    after = shop.orders()
    return {run.mark for run in runs if before[run.mark] != after[run.mark]}


def _is_unmet(shop: FaultyShop, run: Run, fault: Fault) -> bool:
    if fault.point == AGAIN:
        return not run.told_again
    return shop.is_armed(run.mark, fault, run.order_id)


def _came_too_late(run: Run, order: Order) -> bool:
    """The cancel was refused because the order was complete already, which then has to be true of all of it."""
    refused = any("order_is_final" in refusal for refusal in run.refusals)
    return refused and order.step_status is StepStatus.COMPLETE


def _is_execution_of(name: str, order_id: str) -> bool:
    return order_id_in(name) == order_id


def _wait_for_machines(shop: FaultyShop, runs: list[Run]) -> None:
    """An execution ends just after it wrote that its order has; those of orders that did not end are not waited for."""
    ended = {run.order_id for run in runs if run.ended_after is not None}
    deadline = time.monotonic() + _MACHINES_END_WITHIN_SECONDS
    while time.monotonic() < deadline:
        if not any(status == "RUNNING" and order_id_in(name) in ended for name, status in shop.executions()):
            return
        time.sleep(_POLL_SECONDS)


def _story(order: Order) -> str:
    states = [
        f"{one.name} {one.state.value} ({one.attempts}){f': {one.reason}' if one.reason else ''}"
        for one in order.actions.values()
    ]
    return f"{order.step.name}, waits {sorted(order.waits)}; {'; '.join(states)}"
