"""Clients of AWS services, one per process and service, created at first use.

They come from botocore. boto3 is a layer over it that loads S3's transfer manager, which no function here needs. That costs as
much start time as all our own code (`make bench`; docs/decisions.md).
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
    from lambdas.runtime.dynamodb_calls import speed_up

    return cast("DynamoDBClient", speed_up(_session().create_client("dynamodb", config=config)))


def _lean(**more: Any) -> Any:
    """Configuration that saves a third of a call's processor time.

    botocore does not validate parameters, because the service does. Nor does it build its long user agent for each request.
    """
    from botocore.config import Config

    return Config(parameter_validation=False, user_agent="order-queues", **more)


def step_functions() -> "SFNClient":
    return cast("SFNClient", _client("stepfunctions"))


def lambda_functions() -> "LambdaClient":
    return cast("LambdaClient", _client("lambda"))


@cache
def guard_dynamodb() -> "DynamoDBClient":
    """The client of the guard table. A call continues soon without the table if it is slow or silent."""
    soon = _lean(connect_timeout=1, read_timeout=1, retries={"total_max_attempts": 2})
    return _dynamodb(soon)


@cache
def ses() -> Any:
    """The SES client. It asks once, because a hidden retry could send a mail twice."""
    from botocore.config import Config

    once = Config(connect_timeout=3, read_timeout=10, retries={"total_max_attempts": 1})
    return _session().create_client("sesv2", config=once)


@cache
def s3() -> Any:
    """The S3 client for small files within a call. It gives up before the call does."""
    from botocore.config import Config

    soon = Config(connect_timeout=2, read_timeout=5, retries={"total_max_attempts": 2})
    return _session().create_client("s3", config=soon)


@cache
def sns() -> Any:
    """The SNS client. It asks once, because a hidden retry could publish twice."""
    from botocore.config import Config

    once = Config(connect_timeout=3, read_timeout=5, retries={"total_max_attempts": 1})
    return _session().create_client("sns", config=once)


def secrets_manager() -> Any:
    return _client("secretsmanager")


def sqs() -> Any:
    return _client("sqs")


def dynamodb_streams() -> Any:
    return _client("dynamodbstreams")


def systems_manager() -> Any:
    return _client("ssm")


@cache
def event_bridge() -> "EventBridgeClient":
    """The EventBridge client. It gives up soon: unsent events stay in the stream and are sent later."""
    from botocore.config import Config

    soon = Config(connect_timeout=2, read_timeout=5, retries={"total_max_attempts": 3})
    return cast("EventBridgeClient", _session().create_client("events", config=soon))
