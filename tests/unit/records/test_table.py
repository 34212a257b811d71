"""The two writes every record needs, and how their refusals read."""

from collections.abc import Iterator

import pytest
from botocore.exceptions import ClientError
from botocore.stub import Stubber
from mypy_boto3_dynamodb.client import DynamoDBClient

from lambdas.records.table import ConditionFailedError, RecordTable

RECORD = {"pk": "a", "sk": "b", "name": "first"}


def test_a_new_record_is_written_once(records: RecordTable) -> None:
    assert records.put_new(RECORD)
    assert not records.put_new({**RECORD, "name": "second"})
    assert records.get("a", "b") == RECORD
    assert records.get("a", "c") is None


def test_records_of_one_owner_are_found_by_prefix_in_order(records: RecordTable) -> None:
    for sk in ("x#2", "x#10", "y#1", "x#1"):
        records.put_new({"pk": "a", "sk": sk})
    records.put_new({"pk": "b", "sk": "x#3"})

    assert [record["sk"] for record in records.query("a", "x#")] == ["x#1", "x#10", "x#2"]


def test_all_records_are_found_over_any_number_of_pages(records: RecordTable) -> None:
    for number in range(6):
        records.put_new({"pk": "a", "sk": f"x#{number}", "filler": "." * 300_000})

    assert len(records.query("a", "x#")) == 6


def test_numbers_begin_after_the_given_one_and_increase(records: RecordTable) -> None:
    assert [records.next_number("n", 41) for _ in range(3)] == [42, 43, 44]
    assert records.next_number("other", 0) == 1


def test_a_refused_transaction_writes_nothing_and_names_what_failed(records: RecordTable) -> None:
    records.put_new(RECORD)
    free = {"pk": "free", "sk": "b"}

    with pytest.raises(ConditionFailedError) as refused:
        records.write_all([records.new(free), records.new(RECORD)])

    assert refused.value.failed == (1,)
    assert records.get("free", "b") is None


@pytest.fixture
def stub(dynamodb: DynamoDBClient) -> Iterator[Stubber]:
    with Stubber(dynamodb) as stubber:
        yield stubber


def refuse(stub: Stubber, *codes: str) -> None:
    reasons = {"CancellationReasons": [{"Code": code} for code in codes]}
    stub.add_client_error("transact_write_items", "TransactionCanceledException", modeled_fields=reasons)


def test_a_conflict_with_another_transaction_counts_as_refused_without_a_culprit(
    dynamodb: DynamoDBClient, stub: Stubber
) -> None:
    records = RecordTable("records", dynamodb)
    refuse(stub, "None", "TransactionConflict")

    with pytest.raises(ConditionFailedError) as refused:
        records.write_all([records.new(RECORD)])
    assert refused.value.failed == ()


@pytest.mark.parametrize("code", ["ThrottlingError", "ProvisionedThroughputExceeded", "ValidationError"])
def test_any_other_reason_is_passed_on(dynamodb: DynamoDBClient, stub: Stubber, code: str) -> None:
    records = RecordTable("records", dynamodb)
    refuse(stub, code)

    with pytest.raises(ClientError, match="TransactionCanceledException"):
        records.write_all([records.new(RECORD)])
