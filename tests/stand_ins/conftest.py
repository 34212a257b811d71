"""A stand-in for each test, with a clock that the test moves."""

from collections.abc import Iterator
from dataclasses import dataclass

import pytest
import stripe

from tests.stand_ins.stripe.calling import sdk_of
from tests.stand_ins.stripe.server import StripeStandIn
from tests.support.build import NOW

stripe.enable_telemetry = False


@dataclass
class Clock:
    at: float = float(NOW)

    def __call__(self) -> float:
        return self.at

    def advance(self, *, days: float = 0, seconds: float = 0) -> None:
        self.at += days * 86_400 + seconds


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def stand_in(clock: Clock) -> Iterator[StripeStandIn]:
    with StripeStandIn(clock) as served:
        yield served


@pytest.fixture
def sdk(stand_in: StripeStandIn) -> stripe.StripeClient:
    return sdk_of(stand_in)
