"""Payments by the adapters of real gateways, over their stand-ins: a process dies behind each write and each call of a payment's
life, or hears no answer there, and the gateway has forgotten every idempotency key. What is then at each gateway is balanced.
"""

import os
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from itertools import count

import boto3
from moto import mock_aws
from mypy_boto3_dynamodb.client import DynamoDBClient

from lambdas.payments.effects.ledger import EffectLedger
from lambdas.payments.effects.recorded_gateway import payment_of
from lambdas.records.table import RecordTable
from tests.faults.balance import Balance, balanced_with
from tests.stand_ins.edges import PROVIDER
from tests.stand_ins.paying_lives import SCENARIOS, Case, Scenario, StripeCase
from tests.stand_ins.paypal.server import PayPalStandIn
from tests.stand_ins.stripe.server import StripeStandIn
from tests.stand_ins.test_killed_processes import play
from tests.stand_ins.through_paypal.lives import PayPalCase
from tests.support.build import NOW, Clock
from tests.support.tables import make_table

DAYS = (
    "2027-01-15",
    "2027-01-16",
    "2027-01-17",
    "2027-01-18",
    "2027-01-19",
    "2027-01-20",
)  # of NOW, and of all that is renewed
_TABLES = count(1)
_Make = Callable[[ExitStack, RecordTable, Clock], Case]
GATEWAYS: dict[str, _Make] = {
    "stripe": lambda opened, table, clock: StripeCase(
        table, clock, stand_in=opened.enter_context(StripeStandIn(clock))
    ),
    "paypal": lambda opened, table, clock: PayPalCase(
        table, clock, stand_in=opened.enter_context(PayPalStandIn(clock))
    ),
}


@dataclass(frozen=True)
class Lives:
    """All lives at one gateway. `deaths`: how often a process died or heard no answer. `losses`: what went wrong, in words."""

    gateway: str
    deaths: int
    losses: tuple[str, ...]
    balance: Balance


def lives_of(gateway: str, names: tuple[str, ...] = tuple(SCENARIOS)) -> Lives:
    os.environ.setdefault("POWERTOOLS_METRICS_NAMESPACE", "Faults")
    losses, deaths, balance = list[str](), 0, Balance(0)
    with mock_aws():
        client: DynamoDBClient = boto3.client("dynamodb", region_name="us-east-1")
        for name in names:
            for number, is_cut in _deaths(gateway, SCENARIOS[name], client):
                how = "no answer" if is_cut else "death"
                deaths += 1
                with ExitStack() as opened:
                    case = _case(gateway, opened, client)
                    try:
                        play(SCENARIOS[name], case, dies_behind=number, is_cut=is_cut)
                    except Exception as error:  # noqa: BLE001 - it is counted, and the other lives are lived
                        losses.append(f"{name}, {how} behind edge {number}: {error}")
                    balance = balance.added(_balance_of(case))
    return Lives(gateway, deaths, tuple(losses), balance)


def _deaths(gateway: str, scenario: Scenario, client: DynamoDBClient) -> Iterator[tuple[int, bool]]:
    """The edges of a life without a death: at each a process dies, and at each call it hears no answer."""
    with ExitStack() as opened:
        case = _case(gateway, opened, client)
        play(scenario, case)
        edges = list(case.edges.passed)
    for number, edge in enumerate(edges, 1):
        yield number, False
        if edge == PROVIDER:
            yield number, True


def _case(gateway: str, opened: ExitStack, client: DynamoDBClient) -> Case:
    table = RecordTable(make_table(client, f"records_{next(_TABLES)}"), client)
    return GATEWAYS[gateway](opened, table, Clock(NOW))


def _balance_of(case: Case) -> Balance:
    """Of the day's payments as the gateway lists them, against the ledger."""
    there = {each.key: payment_of(each) for day in DAYS for each in case.gateway.list_begun(day)}
    return balanced_with(EffectLedger(case.records), there)
