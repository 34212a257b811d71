"""Stolen cards tried out on us, with everything new each time: how many authorisations that gets is bounded (P10)."""

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from lambdas.payments.screen import PaymentLimits
from lambdas.rate_limits.breaker import BreakerRule
from lambdas.rate_limits.failures import Limit
from lambdas.records.table import RecordTable
from tests.support.tables import make_table
from tests.support.thorough import examples
from tests.unit.payments.test_screening import Shop, guards

__all__ = ["guards"]

HOUR, DAY = 3_600, 86_400
BURST, A_DAY = Limit(most=6, seconds=600), Limit(most=20, seconds=DAY)
QUIET = 1_800
LIMITS = PaymentLimits(queue=BreakerRule(limits=(BURST, A_DAY), quiet_seconds=QUIET))


class Carder:
    """A new card, e-mail address, source and order each time."""

    def __init__(self, shop: Shop) -> None:
        self.shop, self.sent = shop, 0

    def tries(self) -> str:
        self.sent += 1
        source = f"10.0.{self.sent >> 8 & 255}.{self.sent & 255}"
        return self.shop.pays(f"tok_stolen_{self.sent}", source=source, email=f"eve{self.sent}@example.com")


def test_a_machine_that_sends_on_and_on_gets_few_authorisations(records: RecordTable, guards: str) -> None:
    shop = Shop(records, guards, LIMITS)
    carder = Carder(shop)
    for _ in range(60):
        carder.tries()
        shop.clock.time += 30

    assert (carder.sent, shop.gateway.attempts) == (60, BURST.most)


def test_one_that_waits_until_cards_are_tried_again_gets_a_bounded_number_a_day(
    records: RecordTable, guards: str
) -> None:
    """The worst that can be done: to send at once whenever it is closed. The day's window turns once on the way."""
    shop = Shop(records, guards, LIMITS)
    carder, ends_at = Carder(shop), shop.clock.time + DAY
    while shop.clock.time < ends_at:
        shop.clock.time += QUIET if carder.tries() == "review" else 1

    assert BURST.most < shop.gateway.attempts <= 2 * A_DAY.most + DAY // (8 * QUIET)


def test_one_that_stays_below_the_burst_meets_the_limit_of_the_day(records: RecordTable, guards: str) -> None:
    shop = Shop(records, guards, LIMITS)
    carder = Carder(shop)
    for _ in range(30):
        carder.tries()
        shop.clock.time += 150  # four in each window

    assert shop.gateway.attempts == A_DAY.most


TRY = st.tuples(st.integers(1, 3), st.integers(1, 4), st.integers(1, 3), st.integers(0, 400))


@settings(max_examples=examples(4), suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(trace=st.lists(TRY, min_size=10, max_size=25))
def test_under_no_key_are_more_cards_tried_than_its_limit(
    records: RecordTable, guards: str, trace: list[tuple[int, int, int, int]]
) -> None:
    """Whatever is rotated how: within one window each source, address and card gets its limit and no more."""
    limits = LIMITS.model_copy(
        update={kind: Limit(most=most, seconds=HOUR) for kind, most in (("source", 5), ("email", 4), ("card", 3))}
    )
    shop = Shop(records, make_table(records.client, f"{guards}_{len(trace)}"), limits)
    tried: dict[tuple[str, int, int], int] = {}
    for source, email, card, pause in trace:
        before, window = shop.gateway.attempts, shop.clock.time // HOUR
        shop.pays(f"tok_stolen_{card}", source=f"10.0.0.{source}", email=f"eve{email}@example.com")
        for key in (("source", source, window), ("email", email, window), ("card", card, window)):
            tried[key] = tried.get(key, 0) + shop.gateway.attempts - before
        shop.clock.time += pause
    records.client.delete_table(TableName=f"{guards}_{len(trace)}")

    assert shop.gateway.attempts
    assert all(count <= getattr(limits, kind).most for (kind, _, _), count in tried.items())
