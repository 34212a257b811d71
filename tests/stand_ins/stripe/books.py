"""What the stand-in has on its books: objects by id, and the events that tell of their changes."""

import copy
import threading
from collections.abc import Callable, Iterable, Iterator
from typing import Any

from tests.stand_ins.stripe.forms import Json
from tests.stand_ins.stripe.refusals import missing

API_VERSION = "2026-10-28.endive"
_KINDS = {
    "cus": "customer",
    "pm": "payment_method",
    "pi": "payment_intent",
    "ch": "charge",
    "re": "refund",
    "dp": "dispute",
    "cs": "checkout.session",
    "seti": "setup_intent",
    "mandate": "mandate",
    "evt": "event",
}


class Books:
    """`now`: Unix seconds. Everything is read and changed under `lock`."""

    def __init__(self, now: Callable[[], float]) -> None:
        self.now, self.lock = now, threading.RLock()
        self._objects: dict[str, Json] = {}
        self.behaviours: dict[str, str] = {}  # of a payment method: the test method that it was made of
        self.used: set[str] = set()  # payment methods without a customer that paid once
        self.mandates: set[str] = set()  # payment methods whose owner allowed debits when they entered them
        self.events: list[Json] = []

    def at(self) -> int:
        return int(self.now())

    def add(self, prefix: str, **fields: Any) -> Json:
        name = f"{prefix}_{len(self._objects) + 1:016d}"
        made = {"id": name, "object": _KINDS[prefix], "created": self.at(), "livemode": False, **fields}
        self._objects[name] = made
        return made

    def get(self, name: str, prefix: str) -> Json:
        found = self._objects.get(str(name))
        if found is None or not str(name).startswith(f"{prefix}_"):
            raise missing(_KINDS[prefix], str(name))
        return found

    def all(self, prefix: str) -> Iterator[Json]:
        """Newest first, as lists are."""
        return (each for name, each in reversed(self._objects.items()) if name.startswith(f"{prefix}_"))

    def tell(self, kind: str, changed: Json) -> None:
        """Note an event, with its object as it is now."""
        event = self.add("evt", type=kind, api_version=API_VERSION, data={"object": copy.deepcopy(changed)})
        self.events.append(event)

    def expanded(self, answer: Json, paths: Iterable[str]) -> Json:
        """A copy of the answer in which each of these ids is the object that it names."""
        shown = copy.deepcopy(answer)
        for path in paths:
            self._expand(shown, path.split("."))
        return shown

    def _expand(self, at: Any, path: list[str]) -> None:
        if isinstance(at, list):
            for each in at:
                self._expand(each, path)
            return
        name, *inner = path
        if not isinstance(at, dict) or at.get(name) is None:
            return
        if isinstance(at[name], str):
            at[name] = copy.deepcopy(self._objects[at[name]])
        if inner:
            self._expand(at[name], inner)
