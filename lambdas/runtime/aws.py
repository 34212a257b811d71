"""Clients of AWS services, one per process and service, made when first used.

They come from botocore, which boto3 is a layer over: that layer loads S3's transfer manager, which no function here needs,
and costs as much start time as all our own code (`make bench`; docs/decisions.md).
"""

from functools import cache
from typing import TYPE_CHECKING, Any, cast

if TYPE_CHECKING:
    from mypy_boto3_dynamodb.client import DynamoDBClient
    from mypy_boto3_events.client import EventBridgeClient
    from mypy_boto3_lambda.client import LambdaClient
    from mypy_boto3_stepfunctions.client import SFNClient


@cache
def _session() -> Any:
    from botocore.session import get_session

    return get_session()


@cache
def _client(service: str) -> Any:
    return _session().create_client(service)


@cache
def dynamodb() -> "DynamoDBClient":
    return _dynamodb(_lean())


def _dynamodb(config: Any) -> "DynamoDBClient":
    from lambdas.runtime.patterned import patterned

    return cast("DynamoDBClient", patterned(_session().create_client("dynamodb", config=config)))


def _lean(**more: Any) -> Any:
    """For the client of every call: the service judges what it is sent, as it always does, and botocore does not do so before
    it; nor is the long name of everything in use put together anew for each request. A third of a call's processor time."""
    from botocore.config import Config

    return Config(parameter_validation=False, user_agent="order-queues", **more)


def step_functions() -> "SFNClient":
    return cast("SFNClient", _client("stepfunctions"))


def lambda_functions() -> "LambdaClient":
    return cast("LambdaClient", _client("lambda"))


@cache
def guard_dynamodb() -> "DynamoDBClient":
    """For the guard table, which only helps: a call goes on soon where it is slow or silent."""
    soon = _lean(connect_timeout=1, read_timeout=1, retries={"total_max_attempts": 2})
    return _dynamodb(soon)


@cache
def ses() -> Any:
    """Asks once: whether a mail went out must not be decided by a retry behind our back."""
    from botocore.config import Config

    once = Config(connect_timeout=3, read_timeout=10, retries={"total_max_attempts": 1})
    return _session().create_client("sesv2", config=once)


@cache
def s3() -> Any:
    """For small files within a call: it gives up before the call does."""
    from botocore.config import Config

    soon = Config(connect_timeout=2, read_timeout=5, retries={"total_max_attempts": 2})
    return _session().create_client("s3", config=soon)


def secrets_manager() -> Any:
    return _client("secretsmanager")


def sqs() -> Any:
    return _client("sqs")


@cache
def event_bridge() -> "EventBridgeClient":
    """What is not taken stays in the stream and is sent later, so a bus that does not answer is given up soon."""
    from botocore.config import Config

    soon = Config(connect_timeout=2, read_timeout=5, retries={"total_max_attempts": 3})
    return cast("EventBridgeClient", _session().create_client("events", config=soon))
