"""Plays the orders: one caller and the people of all queues, who do what the order waits for, and nothing else.

Nobody helps an order that met its fault. Who gets no answer asks again; who sees that an order waits for them acts.
"""

import time
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from functools import partial
from http import HTTPStatus
from threading import Event

from lambdas.orders.model.order import Order
from lambdas.orders.model.steps import StepStatus
from tests.faults.dying import MARK
from tests.faults.people import Deed, awaits, next_deed
from tests.faults.places import Life
from tests.faults.plan import AGAIN, Plan
from tests.faults.shop import FaultyShop

AT_ONCE = 40  # orders under way at a time
QUIET_SECONDS = 90.0  # longer than any retry waits: who does not change for so long will not by itself
_POLL_SECONDS = 0.35


@dataclass
class Run:
    """One order of a plan. `busy`: what its people are doing at this moment."""

    plan: Plan
    mark: str
    order_id: str = ""
    busy: "Future[None] | None" = None
    told_again: int = 0
    ended_after: float | None = None
    refusals: list[str] = field(default_factory=list)

    def has_ended(self, order: Order) -> bool:
        return order.unwound_at is not None if self.plan.life is not Life.COMPLETE else order.is_final


class Play:
    """All orders of the plans, some at a time, until they have come to their ends or time is up."""

    def __init__(self, shop: FaultyShop, plans: list[Plan], bound_seconds: float) -> None:
        self._shop = shop
        self._began = time.monotonic()
        self._deadline = self._began + bound_seconds
        runs = [Run(plan, f"order {_word(number)} of {plan.queue.key}") for number, plan in enumerate(plans)]
        self.runs = sorted(runs, key=lambda run: -len(run.plan.faults))  # the longest lives begin first
        self._known: dict[str, Order] = {}
        self._changed_at = self._began
        self._given_up = Event()

    def to_the_end(self) -> None:
        """Raises what went wrong with the play itself; what goes wrong with an order is for the books."""
        waiting, active = list(self.runs), list[Run]()
        with ThreadPoolExecutor(16) as pool:
            try:
                while (waiting or active) and not self._is_over():
                    while waiting and len(active) < AT_ONCE:
                        active.append(waiting.pop(0))
                        active[-1].busy = pool.submit(self._create, active[-1])
                    self._look(active)
                    active = [run for run in active if not self._goes_on(run, pool)]
                    time.sleep(_POLL_SECONDS)
            finally:
                self._given_up.set()

    def _is_over(self) -> bool:
        """Time is up, or nothing happens any more."""
        return time.monotonic() > min(self._deadline, self._changed_at + QUIET_SECONDS)

    def _look(self, active: list[Run]) -> None:
        """Reads the orders that changed, of those whose people are free to act; not one that is read before its deed is done."""
        free = [run for run in active if run.order_id and (run.busy is None or run.busy.done())]
        for run in free:
            if run.busy is not None:
                run.busy.result()
                run.busy = None
        revisions = self._shop.revisions([run.order_id for run in free])
        for order_id, revision in revisions.items():
            if order_id not in self._known or self._known[order_id].revision != revision:
                self._known[order_id] = self._shop.order(order_id)
                self._changed_at = time.monotonic()

    def _goes_on(self, run: Run, pool: ThreadPoolExecutor) -> bool:
        """Whether the order has come to its end; has its people do the next thing otherwise."""
        order = self._known.get(run.order_id)
        if run.busy is not None or order is None:
            return False
        if run.has_ended(order):
            run.ended_after = time.monotonic() - self._began
            return True
        if deed := self._next(run, order):
            run.busy = pool.submit(deed)
        return False

    def _next(self, run: Run, order: Order) -> Callable[[], None] | None:
        if order.is_lead:
            return self._submit(run, order)
        if order.step_status is not StepStatus.CANCELED and self._is_to_cancel(run, order):
            return partial(self._say, run, Deed("order.cancel"))
        if run.plan.is_told_again and not run.told_again and order.waits:
            return partial(self._tell_again, run)
        untouched = "" if order.step_status is StepStatus.CANCELED else run.plan.cancel_at
        deed = next_deed(order, run.plan.scene, but=untouched)
        return partial(self._say, run, deed) if deed else None

    def _is_to_cancel(self, run: Run, order: Order) -> bool:
        match run.plan.life:
            case Life.CANCELED_AT_ONCE:
                return not any(self._shop.is_armed(run.mark, fault, run.order_id) for fault in run.plan.faults)
            case Life.CANCELED:
                return awaits(order, run.plan.cancel_at)
            case Life.COMPLETE:
                return False

    def _create(self, run: Run) -> None:
        """Doors and the relay are armed before there is an order, its actions before they can run."""
        for fault in run.plan.faults:
            if not fault.action and fault.point != AGAIN:
                self._shop.arm(run.mark, fault)
        wanted = run.plan.scene.order(run.plan.queue.order_queue_id)
        wanted["info"] |= {MARK: run.mark}
        answer = self._shop.ask("order.create", wanted, key=run.mark, given_up=self._given_up)
        if answer is None:
            return
        order_id = str(answer.raise_for_status().json()["order_id"])
        for fault in run.plan.faults:
            if fault.action:
                self._shop.arm(run.mark, fault, order_id)
        name, path, reason = run.plan.scene.fails
        if name:
            self._shop.refuse_once(order_id, path, reason)
        run.order_id = order_id

    def _submit(self, run: Run, order: Order) -> Callable[[], None] | None:
        """A submit whose process died is under way until its time is up; then it is asked for again."""
        under_way = order.is_being_submitted(int(time.time()))
        return None if under_way else partial(self._say, run, Deed("order.submit"))

    def _say(self, run: Run, deed: Deed) -> None:
        key = f"{run.mark} {deed.method} {time.monotonic()}"
        parameters = {"order_id": run.order_id, **deed.parameters}
        answer = self._shop.ask(deed.method, parameters, key=key, given_up=self._given_up, who=deed.who)
        if answer is None or answer.status_code != HTTPStatus.OK:
            run.refusals.append(f"{deed.method}: {answer.text[:300] if answer is not None else 'no answer'}")

    def _tell_again(self, run: Run) -> None:
        self._shop.tell_again([run.order_id])
        run.told_again += 1


def _word(number: int) -> str:
    """A number in letters: a mark must not look like a card number."""
    return "".join(chr(ord("a") + int(digit)) for digit in str(number))
