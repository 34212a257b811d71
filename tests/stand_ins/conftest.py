"""A stand-in for each test, with a clock that the test moves."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pytest
import stripe

from lambdas.records.table import RecordTable
from tests.stand_ins.paypal.server import PayPalStandIn
from tests.stand_ins.stripe.calling import sdk_of
from tests.stand_ins.stripe.server import StripeStandIn
from tests.support.build import NOW
from tests.unit.conftest import _no_account, dynamodb, dynamodb_client, records

if TYPE_CHECKING:
    from tests.stand_ins.stripe_gateway import Shop
    from tests.stand_ins.through_paypal.shop import PayPalShop

__all__ = ["_no_account", "dynamodb", "dynamodb_client", "records"]
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


@pytest.fixture
def shop(stand_in: StripeStandIn, clock: Clock, records: RecordTable) -> "Shop":
    from tests.stand_ins.stripe_gateway import Shop

    return Shop(stand_in, clock, records)


@pytest.fixture
def paypal_stand_in(clock: Clock) -> Iterator[PayPalStandIn]:
    with PayPalStandIn(clock) as served:
        yield served


@pytest.fixture
def paypal(paypal_stand_in: PayPalStandIn, clock: Clock, records: RecordTable) -> "PayPalShop":
    from tests.stand_ins.through_paypal.shop import PayPalShop

    return PayPalShop(paypal_stand_in, clock, records)
