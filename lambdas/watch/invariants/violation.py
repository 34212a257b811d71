"""A violation: the promise that is broken, where, and how to fix it."""

from enum import StrEnum

from lambdas.runtime.models import Frozen


class Promise(StrEnum):
    """The promises, by the name that logs and reports carry."""

    READABLE = "order readable"
    EXECUTION = "order has its execution"
    OWNER = "wait has an owner"
    ASKED = "what waits asks somebody"
    HOLD = "no hold on a canceled order"
    SERVICES = "no live service of a canceled order"
    COUNTS = "counts are the orders"
    GAPLESS = "numbers of documents have no gap"
    MATCHED = "money at the gateway is matched"
    ANCHORED = "history is anchored each day"


class Violation(Frozen):
    """`place`: the order's number, or the step or series. No text of a person is in it.

    `of_day`: the day whose payments break the promise, as YYYY-MM-DD in UTC; empty: it is of no day.
    """

    promise: Promise
    place: str
    what: str
    mend: str
    of_day: str = ""

    @property
    def line(self) -> str:
        return f"{self.place}: {self.promise}: {self.what}; {self.mend}"
