"""The units that one order uses, as `make bench` measured them last, and their list price.

The default order: new client, one service, a card, three automatic actions, from `order.create` to Complete. The bench measures
again and fails where an order uses more than a tenth more of a unit than it does here.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from infra.costs import prices

WRITES, READS, TRANSITIONS = "DynamoDB, write units", "DynamoDB, read units", "Step Functions, transitions"
INVOCATIONS, GIGABYTE_SECONDS = "Lambda, invocations", "Lambda, GB-seconds"
CALLS, EVENTS, LOG_BYTES = "API Gateway, calls", "EventBridge, events", "CloudWatch, bytes of logs"

MEASURED: Mapping[str, float] = {
    WRITES: 97,
    READS: 9,
    TRANSITIONS: 4,
    INVOCATIONS: 18,
    GIGABYTE_SECONDS: 0.47,
    CALLS: 2,
    EVENTS: 7,
    LOG_BYTES: 11_400,
}
# Durations are those of the machine that measures, and how many changes a reader takes at once is a matter of moments.
VARYING = frozenset({INVOCATIONS, GIGABYTE_SECONDS, LOG_BYTES})


@dataclass(frozen=True)
class Cost:
    """A line of a bill: units, and US dollars of one unit."""

    what: str
    units: float
    each: float

    @property
    def dollars(self) -> float:
        return self.units * self.each


def unit_prices(machine: str) -> dict[str, float]:
    """US dollars of a unit. `machine`: the functions' processor."""
    return {
        WRITES: prices.WRITE_UNIT,
        READS: prices.READ_UNIT,
        TRANSITIONS: prices.TRANSITION,
        INVOCATIONS: prices.INVOCATION,
        GIGABYTE_SECONDS: prices.GIGABYTE_SECONDS[machine],
        CALLS: prices.API_CALL,
        EVENTS: prices.EVENT,
        LOG_BYTES: prices.LOG_GIGABYTE / 1_000_000_000,
    }


def costs_of_orders(machine: str, orders: int = 1_000) -> list[Cost]:
    """The costs of so many default orders."""
    each = unit_prices(machine)
    return [Cost(what, units * orders, each[what]) for what, units in MEASURED.items()]
