"""One table of AWS's errors: what functions call passing, machines try again, by the names that Step Functions gives them."""

import boto3
import pytest
from botocore.exceptions import ClientError

from lambdas.runtime.aws_errors import OF_DYNAMODB, meaning_of, retried_by_machines

# Of the service itself; DynamoDB's model has no shape for what every AWS service may answer.
COMMON = {"ThrottlingException", "ServiceUnavailable"}


def test_every_code_is_one_that_dynamodb_gives() -> None:
    shapes = boto3.client("dynamodb", region_name="us-east-1").meta.service_model.shape_names

    assert set(OF_DYNAMODB) - COMMON <= set(shapes)


def test_machines_try_again_what_functions_do() -> None:
    again = retried_by_machines()

    assert "DynamoDb.InternalServerErrorException" in again
    assert "DynamoDb.RequestLimitExceededException" in again
    assert "DynamoDb.ThrottlingException" in again
    assert all(name.startswith("DynamoDb.") and name.endswith("Exception") for name in again)
    assert "DynamoDb.ConditionalCheckFailedException" not in again
    assert "DynamoDb.TransactionConflictException" in again
    assert len(again) == len(OF_DYNAMODB) - 1 + 2, "all but what only a transaction of one's own ends with"


@pytest.mark.parametrize(
    "code", ["ConditionalCheckFailedException", "ValidationException", "AccessDeniedException", ""]
)
def test_what_no_repeating_mends_has_no_meaning_here(code: str) -> None:
    assert meaning_of(ClientError({"Error": {"Code": code}}, "UpdateItem").response) is None
