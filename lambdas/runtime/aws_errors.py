"""The meaning of AWS's errors: one table for functions and compiled machines.

DynamoDB: https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Programming.Errors.html and, for the reasons of a
canceled transaction, https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_TransactWriteItems.html
Lambda, as Step Functions names them: https://docs.aws.amazon.com/step-functions/latest/dg/connect-lambda.html and
https://docs.aws.amazon.com/step-functions/latest/dg/bp-lambda-serviceexception.html
"""

from collections.abc import Mapping
from enum import Enum
from typing import Any

from botocore.exceptions import ClientError, ConnectionError, HTTPClientError


class Meaning(Enum):
    """THROTTLED: the service asks for a pause. PASSING: the call may succeed in a moment. Other errors have no meaning here."""

    THROTTLED = "throttled"
    PASSING = "passing"


OF_DYNAMODB: Mapping[str, Meaning] = {
    "ProvisionedThroughputExceededException": Meaning.THROTTLED,
    "RequestLimitExceeded": Meaning.THROTTLED,
    "ThrottlingException": Meaning.THROTTLED,
    "InternalServerError": Meaning.PASSING,
    "ServiceUnavailable": Meaning.PASSING,
    "TransactionConflictException": Meaning.PASSING,
    "TransactionInProgressException": Meaning.PASSING,
}
# Reasons for a canceled transaction. A failed condition is not among them: it is an answer to the caller.
OF_CANCELED_WRITES: Mapping[str, Meaning] = {
    "ProvisionedThroughputExceeded": Meaning.THROTTLED,
    "ThrottlingError": Meaning.THROTTLED,
    "TransactionConflict": Meaning.PASSING,
}
# Errors of an invocation that never reached the module, or whose process died.
OF_LAMBDA = (
    "Lambda.ClientExecutionTimeoutException",
    "Lambda.ServiceException",
    "Lambda.AWSLambdaException",
    "Lambda.SdkClientException",
    "Lambda.Unknown",
    "Runtime.ExitError",
    "Sandbox.Timedout",
)
LAMBDA_THROTTLED = "Lambda.TooManyRequestsException"
_ANYTHING_OF_DYNAMODB = (
    "DynamoDb.DynamoDbException",
    "DynamoDb.SdkClientException",
)  # errors without a class of their own


def meaning_of(response: Mapping[str, Any]) -> Meaning | None:
    """The meaning of a botocore error's `response`. A canceled transaction means what its reasons mean, first of all a pause."""
    code = str(response.get("Error", {}).get("Code", ""))
    if code != "TransactionCanceledException":
        return OF_DYNAMODB.get(code)
    reasons = {str(reason.get("Code", "None")) for reason in response.get("CancellationReasons", ())} - {"None"}
    meanings = {OF_CANCELED_WRITES.get(reason) for reason in reasons}
    if not meanings or None in meanings:
        return None
    return Meaning.THROTTLED if Meaning.THROTTLED in meanings else Meaning.PASSING


def is_passing(error: Exception) -> bool:
    """Whether the same call may succeed in a moment: the service is busy, or was not reached."""
    if isinstance(error, ClientError):
        return meaning_of(error.response) is not None
    return isinstance(error, HTTPClientError | ConnectionError)


def retried_by_machines() -> list[str]:
    """DynamoDB's errors as an SDK integration names them: the service and the class of its Java SDK.

    Machines write and read single items, so no transaction of theirs can be in progress.
    """
    single = OF_DYNAMODB.keys() - {"TransactionInProgressException"}
    classes = (name if name.endswith("Exception") else f"{name}Exception" for name in single)
    return sorted([*_ANYTHING_OF_DYNAMODB, *(f"DynamoDb.{name}" for name in classes)])
