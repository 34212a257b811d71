"""Counts per step on DynamoDB as the engine has it: what transactions answer, and many writers at once."""

import secrets
from concurrent.futures import ThreadPoolExecutor

import pytest
from mypy_boto3_dynamodb.client import DynamoDBClient

from lambdas.orders.decisions import progress
from lambdas.orders.model.order import Order
from lambdas.records.step_counts import StepCounts
from lambdas.records.table import RecordTable
from tests.support.build import NOW, an_order
from tests.support.tables import make_table

pytestmark = pytest.mark.engine


@pytest.fixture
def counts(engine_dynamodb: DynamoDBClient) -> StepCounts:
    return StepCounts(RecordTable(make_table(engine_dynamodb, f"counts-{secrets.token_hex(4)}"), engine_dynamodb))


def submitted(lead: Order) -> Order:
    return progress.submitted(lead, now=NOW, hold=None).changed(revision=lead.revision + 1)


def test_records_in_the_wrong_order_count_as_in_the_right_one(counts: StepCounts) -> None:
    lead = an_order()
    counts.follow(lead, submitted(lead))
    counts.follow(None, lead)
    counts.follow(lead, submitted(lead))

    assert counts.of_queue(1) == {12: 1}


def test_many_writers_at_once_lose_nothing(counts: StepCounts) -> None:
    leads = [an_order(order_id=str(number)) for number in range(1001, 1041)]

    def live(lead: Order) -> None:
        for _ in range(2):
            counts.follow(None, lead)
            counts.follow(lead, submitted(lead))

    with ThreadPoolExecutor(8) as writers:
        list(writers.map(live, [lead for lead in leads for _ in range(2)]))

    assert counts.of_queue(1) == {11: 0, 12: len(leads)}
