"""Secrets of a function, fetched at first use and kept for the life of the process."""

from functools import cache

from lambdas.runtime.aws import secrets_manager


@cache
def secret_text(arn: str) -> str:
    """The current value of a secret."""
    return str(secrets_manager().get_secret_value(SecretId=arn)["SecretString"])
