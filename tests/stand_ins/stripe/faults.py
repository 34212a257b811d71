"""What goes wrong with a call, on a test's word."""

import fnmatch
from dataclasses import dataclass
from enum import Enum, auto


class Fault(Enum):
    """`*_BEFORE`: nothing was done. `*_AFTER`: it was done, and the caller does not hear of it."""

    CUT_BEFORE = auto()
    CUT_AFTER = auto()
    TOO_MANY = auto()  # 429
    STORED_500_BEFORE = auto()  # the key keeps the 500
    STORED_500_AFTER = auto()
    HTML_502_BEFORE = auto()
    HTML_502_AFTER = auto()
    TWIN = auto()  # 409: another call under the key is at work
    GOES_AWAY = auto()  # the call is answered; after it connections are refused, until `come_back`


BEFORE = (Fault.CUT_BEFORE, Fault.TOO_MANY, Fault.HTML_502_BEFORE, Fault.TWIN)
CUT = (Fault.CUT_BEFORE, Fault.CUT_AFTER)
HTML = (Fault.HTML_502_BEFORE, Fault.HTML_502_AFTER)


@dataclass
class _Planned:
    call: str
    fault: Fault
    times: int


class Faults:
    def __init__(self) -> None:
        self._planned: list[_Planned] = []

    def plan(self, call: str, fault: Fault, *, times: int = 1) -> None:
        """`call`: method and path with wildcards, such as `POST /v1/payment_intents/*/confirm`."""
        self._planned.append(_Planned(call, fault, times))

    def take(self, call: str) -> Fault | None:
        for planned in self._planned:
            if planned.times and fnmatch.fnmatchcase(call, planned.call):
                planned.times -= 1
                return planned.fault
        return None
