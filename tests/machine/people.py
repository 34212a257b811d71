"""People who work an order: first as a random script wants it, then until it has come to its end.

At the end they only ever process required actions. So an order that comes to its end shows that nothing optional held it up.
"""

import time
from collections import Counter

from lambdas.orders.errors import OrderError
from lambdas.orders.model.checklist import ActionState, ChecklistAction
from lambdas.orders.model.order import Order
from lambdas.orders.model.queue import Queue
from lambdas.orders.model.steps import StepStatus
from lambdas.orders.model.waits import WaitKey
from lambdas.orders.service import OrderService
from tests.machine.ground import Ground
from tests.machine.random_queues import Wish
from tests.support.build import a_draft
from tests.support.fakes import FakeClients, FakePayments, FakePricing

QUIET_SECONDS = 0.1
LONGEST_RETRY_SECONDS = 0.5  # between two tries of a machine, at the ground's WAIT_SCALE
STUCK_SECONDS = 25.0
WHO = "Grace"


class Stuck(AssertionError):
    """The order stands still and waits for nobody."""


class People:
    """What was asked of one order, by whom it was answered, and what came of it."""

    def __init__(self, ground: Ground, queue: Queue) -> None:
        self.asked: Counter[int] = Counter()
        self.fence: int | None = None
        self.said: list[str] = []
        self._ground, self._queue = ground, queue
        self._service = OrderService(
            store=ground.orders,
            queues={queue.order_queue_id: queue},
            modules={},
            pricing=FakePricing(),
            payments=FakePayments(),
            clients=FakeClients(),
            currency="USD",
            now=lambda: int(time.time()),
        )
        draft = a_draft(order_queue_id=queue.order_queue_id, info={"first": "Ada", "email": "ada@example.com"})
        self.order_id = self._service.create(draft).order_id

    def order(self) -> Order:
        return self._ground.orders.get(self.order_id)

    def submit(self) -> None:
        self._service.submit(self.order())

    def follow(self, script: list[Wish]) -> None:
        for wish in script:
            if wish.patient:
                self._let_it_settle()
            for _ in range(1 + wish.twice):
                self._try(wish)

    def finish(self) -> Order:
        """Process what waits until nothing is left to do."""
        order, quiet, since = self.order(), False, time.monotonic()
        while not self._ended(order):
            for action in order.actions.values():
                if _wants_a_person(order, action, quiet=quiet):
                    self._ask("process", action.action_id)
            quiet = not self._ground.wait_for_change(order, LONGEST_RETRY_SECONDS)
            order, since = self.order(), since if quiet else time.monotonic()
            if time.monotonic() - since > STUCK_SECONDS:
                raise Stuck(self.story())
        return order

    def story(self) -> str:
        """All that is needed to see what happened."""
        order = self.order()
        states = {key: (action.state.value, action.reason) for key, action in order.actions.items()}
        prereqs = {action.id: action.prereqs for action in self._queue.actions if action.prereqs}
        return "\n".join(
            [
                f"order {self.order_id} in {order.step.name}: {states}; waits {sorted(order.waits)}",
                f"prereqs {prereqs}; optional {[one.id for one in self._queue.actions if one.optional]};"
                f" automatic {[one.id for one in self._queue.actions if one.automatic]}",
                f"said {self.said}",
                *map(str, self._ground.runs(self.order_id)),
            ]
        )

    def ended(self, execution_arn: str) -> str:
        """How the order's execution ended."""
        deadline = time.monotonic() + STUCK_SECONDS
        describe = self._ground.step_functions.describe_execution
        while (status := describe(executionArn=execution_arn)["status"]) == "RUNNING":
            if time.monotonic() > deadline:
                raise Stuck(f"its execution still runs\n{self.story()}")
            time.sleep(0.02)
        return str(status)

    def _ended(self, order: Order) -> bool:
        """At its end, and with no run under way that somebody asked for beside the machine."""
        if any(action.state is ActionState.RUNNING for action in order.actions.values()):
            return False
        return order.step_status is StepStatus.COMPLETE or order.unwound_at is not None

    def _try(self, wish: Wish) -> None:
        order = self.order()
        if wish.verb == "cancel":
            self._cancel(order)
        elif wish.verb == "move":
            steps = self._queue.ordinary_steps
            self._move(order, steps[wish.target % len(steps)].id)
        elif here := order.actions_of(order.step_id):
            self._ask(wish.verb, here[wish.target % len(here)].action_id)

    def _ask(self, verb: str, action_id: int) -> None:
        """Refusals are answers too; anything else is a fault."""
        order = self.order()
        try:
            if verb == "process":
                after = self._service.process(order, action_id, by=WHO, given={"ok": True})
                self.asked[action_id] += after.revision != order.revision
            elif verb == "skip":
                after = self._service.skip(order, action_id, by=WHO, why="a test")
            else:
                after = self._service.undo_skip(order, action_id, by=WHO)
        except OrderError as refused:
            self.said.append(f"{verb} {action_id}: {refused.kind}")
            return
        self.said.append(f"{verb} {action_id} -> {after.revision}")

    def _move(self, order: Order, step_id: int) -> None:
        try:
            after = self._service.update(order, {}, by=WHO, step_id=step_id, reason="a test")
        except OrderError as refused:
            self.said.append(f"move {step_id}: {refused.kind}")
            return
        self.said.append(f"move {step_id} -> {after.revision}")

    def _cancel(self, order: Order) -> None:
        try:
            after = self._service.cancel(order, "a test", WHO)
        except OrderError as refused:
            self.said.append(f"cancel: {refused.kind}")
            return
        if self.fence is None:
            self.fence = after.revision
            self.said.append(f"cancel -> {after.revision}")

    def _let_it_settle(self) -> None:
        """Until nothing was written for a moment."""
        order, began = self.order(), time.monotonic()
        while self._ground.wait_for_change(order, QUIET_SECONDS) and time.monotonic() - began < 2:
            order = self.order()


def _wants_a_person(order: Order, action: ChecklistAction, *, quiet: bool) -> bool:
    """What failed is left to the machine as long as something happens: it may be about to try again by itself."""
    if WaitKey.undo(action.action_id) in order.waits:
        return True
    if action.optional or action.step_id != order.step_id or action.requested_at is not None or action.met:
        return False
    by_hand = not action.automatic and action.state is ActionState.PENDING
    return str(action.action_id) in order.waits or (action.state is ActionState.FAILED and quiet) or by_hand
