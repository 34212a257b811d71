"""Orders and their people: each order is driven to where it shall stand, and after the deployment to its end."""

import time
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from http import HTTPStatus
from itertools import count
from threading import Event
from typing import Self, TypeVar

from lambdas.orders.model.order import Order
from lambdas.orders.model.steps import StepStatus
from tests.faults.dying import MARK
from tests.faults.people import Deed, awaits, next_deed
from tests.faults.shop import Shop
from tests.upgrade.stands import Held, Stand

_T = TypeVar("_T")
_R = TypeVar("_R")
GIVE_UP_SECONDS = 1_500.0  # of one order, deployments and pauses included
_POLL_SECONDS = 0.4
_AT_ONCE = 16
_TRIES = 30  # orders that pass a pause before every process knows of it
_PAUSED = "is paused until"
_numbers = count(1)


class StuckError(RuntimeError):
    """An order did not come to where it belongs in time."""


@dataclass
class Walk:
    """One order."""

    stand: Stand
    mark: str = field(default_factory=lambda: f"order {_word(next(_numbers))}")
    order_id: str = ""
    refusals: list[str] = field(default_factory=list)


@dataclass
class Walkers:
    """`given_up`: set when nobody waits for answers any more. `walks`: all orders that were made."""

    shop: Shop
    given_up: Event = field(default_factory=Event)
    walks: list[Walk] = field(default_factory=list)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.given_up.set()

    @contextmanager
    def until_failure(self) -> Iterator[None]:
        """What fails in it makes everybody stop."""
        try:
            yield
        except BaseException:
            self.given_up.set()
            raise

    def place(self, stands: Iterable[Stand]) -> list[Walk]:
        """An order in each of the places, all at once."""
        return self._together(self._placed, stands)

    def place_paused(self, stands: Iterable[Stand], minutes: int = 240) -> list[Walk]:
        """One after the other; the modules stay paused. An order that passes before the pause is known walks to its end."""
        found, paused = [], set[str]()
        for stand in stands:
            module = stand.action.module if stand.action else ""
            if module not in paused:
                self._asked("order.pause", {"module": module, "reason": "a deployment", "minutes": minutes})
                paused.add(module)
            found.append(next(walk for _ in range(_TRIES) if self._stands(walk := self._placed(stand))))
        return found

    def cancel(self, walks: Iterable[Walk]) -> None:
        """Those that are meant to be canceled where they stand."""
        self._together(self._cancel, [walk for walk in walks if walk.stand.then_canceled])

    def walk(self, stands: Iterable[Stand]) -> None:
        """Orders that nothing holds, from their beginnings to their ends."""
        self.to_the_end(self.place(stands))

    def resume(self, module: str) -> None:
        self._asked("order.resume", {"module": module})

    def to_the_end(self, walks: Iterable[Walk]) -> None:
        """Everybody acts again, until each order is complete or unwound."""
        self._together(self._end, walks)

    def _together(self, act: Callable[[_T], _R], those: Iterable[_T]) -> list[_R]:
        """When one is stuck, nobody waits for the others."""
        with ThreadPoolExecutor(_AT_ONCE) as pool, self.until_failure():
            return list(pool.map(act, those))

    def _placed(self, stand: Stand) -> Walk:
        walk = Walk(stand)
        wanted = stand.scene.order(stand.queue.order_queue_id)
        wanted["info"] |= {MARK: walk.mark}
        answer = self.shop.ask("order.create", wanted, key=walk.mark, given_up=self.given_up)
        walk.order_id = str(answer.raise_for_status().json()["order_id"]) if answer is not None else ""
        self.walks.append(walk)
        if stand.held is Held.BY_REFUSAL:
            self.shop.refuse_once(walk.order_id, stand.path, "closed until the deployment is over")
        if stand.held not in (Held.AS_LEAD, Held.NOTHING):
            self._drive(walk, lambda order: self._is_there(stand, order), but=stand.action.name if stand.action else "")
        if stand.held is Held.BY_UNDO:
            self.shop.refuse_once(walk.order_id, stand.path, "closed until the deployment is over")
            self._cancel(walk)
            self._until(walk, lambda order: bool(order.waits))
        return walk

    def _is_there(self, stand: Stand, order: Order) -> bool:
        if stand.held is Held.AT_END or stand.action is None:
            return order.is_final
        return awaits(order, stand.action.name) or _is_past(stand, order)

    def _stands(self, walk: Walk) -> bool:
        return not _is_past(walk.stand, self.shop.order(walk.order_id))

    def _end(self, walk: Walk) -> None:
        canceled = walk.stand.is_canceled
        self._drive(walk, lambda order: order.unwound_at is not None if canceled else order.is_final)

    def _drive(self, walk: Walk, is_there: Callable[[Order], bool], but: str = "") -> None:
        deadline = time.monotonic() + GIVE_UP_SECONDS
        while not is_there(order := self.shop.order(walk.order_id)):
            self._refuse_late(walk, order, deadline)
            if deed := self._deed(walk, order, but):
                self._say(walk, deed)
            time.sleep(_POLL_SECONDS)

    def _cancel(self, walk: Walk) -> None:
        """Say it until it is so. A call that is asked for again while the first one still runs is refused."""
        deadline = time.monotonic() + GIVE_UP_SECONDS
        while (order := self.shop.order(walk.order_id)).step_status is not StepStatus.CANCELED:
            self._refuse_late(walk, order, deadline)
            self._say(walk, Deed("order.cancel"))

    def _until(self, walk: Walk, is_so: Callable[[Order], bool]) -> None:
        """Wait, while nobody acts."""
        deadline = time.monotonic() + GIVE_UP_SECONDS
        while not is_so(order := self.shop.order(walk.order_id)):
            self._refuse_late(walk, order, deadline)
            time.sleep(_POLL_SECONDS)

    def _deed(self, walk: Walk, order: Order, but: str) -> Deed | None:
        if order.is_lead:
            return None if order.is_being_submitted(int(time.time())) else Deed("order.submit")
        paused = next((action.name for action in order.actions.values() if _PAUSED in action.reason), "")
        return next_deed(order, walk.stand.scene, but=but or paused)

    def _say(self, walk: Walk, deed: Deed) -> None:
        key = f"{walk.mark} {deed.method} {time.monotonic()}"
        parameters = {"order_id": walk.order_id, **deed.parameters}
        answer = self.shop.ask(deed.method, parameters, key=key, given_up=self.given_up, who=deed.who)
        if answer is None or answer.status_code != HTTPStatus.OK:
            walk.refusals.append(f"{deed.method}: {answer.text[:300] if answer is not None else 'no answer'}")

    def _asked(self, method: str, parameters: dict[str, object]) -> None:
        key = f"{method} {time.monotonic()}"
        answer = self.shop.ask(method, parameters, key=key, given_up=self.given_up)
        if answer is not None:
            answer.raise_for_status()

    def _refuse_late(self, walk: Walk, order: Order, deadline: float) -> None:
        if time.monotonic() > deadline or self.given_up.is_set():
            waits = {key: wait.owner for key, wait in order.waits.items()}
            states = [f"{one.name} {one.state.value} ({one.attempts}) {one.reason}" for one in order.actions.values()]
            raise StuckError(
                f"order {walk.order_id} of {walk.stand.queue.key}, {walk.stand.held.value}, is in {order.step.name},"
                f" waits {waits}: {'; '.join(states)}; refused: {walk.refusals[-3:]}"
            )


def _is_past(stand: Stand, order: Order) -> bool:
    """It did not stop before the action."""
    action = order.actions.get(str(stand.action.id)) if stand.action else None
    return order.is_final or (action is not None and action.state.value == "done")


def _word(number: int) -> str:
    """A number in letters: a mark must not look like a card number."""
    return "".join(chr(ord("a") + int(digit)) for digit in str(number))
