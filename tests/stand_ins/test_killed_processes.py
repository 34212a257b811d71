"""A process that pays may die behind each of its writes and each call of the provider, which may have forgotten all keys.

Whoever repeats the work ends with one hold, one capture, one invoice, one refund and one credit note.
"""

from collections.abc import Callable, Iterator
from contextlib import ExitStack, suppress
from itertools import count

import pytest
from mypy_boto3_dynamodb.client import DynamoDBClient

from lambdas.records.table import RecordTable
from tests.stand_ins.edges import PROVIDER
from tests.stand_ins.paying_lives import SCENARIOS, Case, Scenario, StripeCase
from tests.stand_ins.paypal.server import PayPalStandIn
from tests.stand_ins.stripe.server import StripeStandIn
from tests.stand_ins.through_paypal.lives import PayPalCase
from tests.support.build import NOW, Clock
from tests.support.tables import make_table
from tests.unit.actions.conftest import Died

MOST_TRIES = 8
LAPSES_SECONDS = 600  # longer than any claim
_TABLES = count(1)


def play(scenario: Scenario, case: Case, *, dies_behind: int = 0, is_cut: bool = False) -> None:
    scenario.prepare(case)
    case.edges.arm(dies_behind, is_cut=is_cut)
    for _ in range(MOST_TRIES):
        with suppress(Died, Exception):  # the caller, the machine or a person repeats it
            scenario.act(case)
        if scenario.is_done(case):
            break
        case.clock.time += LAPSES_SECONDS
    passed = list(case.edges.passed)
    case.edges.arm(0, is_cut=False)
    assert scenario.is_done(case), f"it never came to its end; the edges were {passed}"
    scenario.check(case)
    case.edges.passed.extend(passed)


@pytest.fixture(params=["stripe", "paypal"])
def a_case(request: pytest.FixtureRequest, dynamodb: DynamoDBClient) -> Iterator[Callable[[], Case]]:
    with ExitStack() as opened:

        def make() -> Case:
            clock = Clock(NOW)
            table = RecordTable(make_table(dynamodb, f"records_{next(_TABLES)}"), dynamodb)
            if request.param == "paypal":
                return PayPalCase(table, clock, stand_in=opened.enter_context(PayPalStandIn(clock)))
            return StripeCase(table, clock, stand_in=opened.enter_context(StripeStandIn(clock)))

        yield make


def edges_of(scenario: Scenario, case: Case) -> list[str]:
    """The edges of a life without a death."""
    play(scenario, case)
    return list(case.edges.passed)


@pytest.mark.parametrize("name", SCENARIOS)
@pytest.mark.parametrize("is_cut", [False, True], ids=["killed", "cut"])
def test_money_moves_once_wherever_the_process_ends(a_case: Callable[[], Case], name: str, is_cut: bool) -> None:
    scenario = SCENARIOS[name]
    edges = edges_of(scenario, a_case())
    chosen = [number for number, edge in enumerate(edges, 1) if edge == PROVIDER or not is_cut]
    assert len(chosen) >= (2 if is_cut else 5), edges

    for number in chosen:
        try:
            play(scenario, a_case(), dies_behind=number, is_cut=is_cut)
        except BaseException as error:
            error.add_note(f"it ended behind edge {number} ({edges[number - 1]}) of {edges}")
            raise
