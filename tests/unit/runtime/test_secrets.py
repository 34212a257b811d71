"""A secret is asked for once."""

from collections.abc import Iterator

import boto3
import pytest
from moto import mock_aws

from lambdas.runtime import aws
from lambdas.runtime.secrets import secret_text


@pytest.fixture
def arn() -> Iterator[str]:
    secret_text.cache_clear()
    with mock_aws():
        yield boto3.client("secretsmanager").create_secret(Name="s", SecretString="first")["ARN"]
    secret_text.cache_clear()


def test_a_secret_is_fetched_once_per_process(arn: str) -> None:
    assert secret_text(arn) == "first"
    aws.secrets_manager().put_secret_value(SecretId=arn, SecretString="second")

    assert secret_text(arn) == "first"
