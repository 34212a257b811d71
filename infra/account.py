"""Finds the AWS account and region for all commands, prints them, and gives boto3 and the CDK the same ones.

boto3 does not read AWS_REGION, and the CDK prefers it. With both variables set, a command could read one region and a deploy
change another. Errors of credentials are printed in one line that says how to fix them.
"""

import os
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import boto3
from botocore.exceptions import (
    BotoCoreError,
    ClientError,
    NoCredentialsError,
    PartialCredentialsError,
    ProfileNotFound,
    SSOTokenLoadError,
    TokenRetrievalError,
    UnauthorizedSSOTokenError,
)

from infra.stages.errors import StageError

if TYPE_CHECKING:
    from mypy_boto3_ssm.client import SSMClient

BOOTSTRAP_PARAMETER = "/cdk-bootstrap/hnb659fds/version"
_SIGN_IN = "sign in again (`aws sso login`, or new keys), then repeat the command"
_EXPIRED = frozenset({"ExpiredToken", "ExpiredTokenException", "RequestExpired"})
_NOBODY = frozenset({"InvalidClientTokenId", "SignatureDoesNotMatch", "UnrecognizedClientException"})


class AccountError(StageError):
    """No account or region can be used. The text says in one line how to fix that."""


@dataclass(frozen=True)
class Account:
    """`arn`: the user or role whose credentials are used."""

    account_id: str
    region: str
    arn: str

    def __str__(self) -> str:
        return f"account {self.account_id}, region {self.region}, as {self.arn}"


def region_of(environment: Mapping[str, str] = os.environ) -> str:
    """The region that the environment, or else the profile, names. Raises AccountError."""
    named = {name: environment[name] for name in ("AWS_REGION", "AWS_DEFAULT_REGION") if environment.get(name)}
    if len(set(named.values())) > 1:
        names = " and ".join(f"{name}={region}" for name, region in named.items())
        raise AccountError(f"{names} name two regions: unset one of them, or make them the same")
    if named:
        return next(iter(named.values()))
    try:
        region = boto3.Session().region_name
    except ProfileNotFound as error:
        raise AccountError(reason_of(error)) from None
    if not region:
        raise AccountError("no region is named: set AWS_REGION, or `region` of your profile (`aws configure`)")
    return str(region)


def account_of(environment: Mapping[str, str] = os.environ) -> Account:
    """Ask AWS for the account and user of the credentials. Raises AccountError."""
    region = region_of(environment)
    try:
        who = boto3.Session().client("sts", region_name=region).get_caller_identity()
    except (BotoCoreError, ClientError, EOFError) as error:
        raise AccountError(reason_of(error)) from None
    return Account(who["Account"], region, who["Arn"])


def say(stage: str, account: Account) -> None:
    """Print the account on standard error, apart from the command's own output."""
    sys.stderr.write(f"stage {stage}: {account}\n")


def refuse_unprepared(account: Account, ssm: "SSMClient | None" = None, *, region: str = "") -> None:
    """Raise AccountError unless the CDK was bootstrapped in this account and region. `region`: another than the account's."""
    region = region or account.region
    try:
        (ssm or boto3.Session().client("ssm", region_name=region)).get_parameter(Name=BOOTSTRAP_PARAMETER)
    except ClientError as error:
        if error.response.get("Error", {}).get("Code") != "ParameterNotFound":
            return  # a user without the right to read it may still deploy
        place = f"aws://{account.account_id}/{region}"
        raise AccountError(
            f"the CDK was never bootstrapped there: run `.venv/bin/python -m infra.cdk bootstrap {place}` once, then deploy"
        ) from None


_WORDS: tuple[tuple[type[Exception] | tuple[type[Exception], ...], str], ...] = (
    (ProfileNotFound, "{}: AWS_PROFILE names a profile that ~/.aws/config does not have"),
    (
        (NoCredentialsError, PartialCredentialsError),
        "no AWS credentials were found: set AWS_PROFILE, or sign in with `aws configure` or `aws sso login`",
    ),
    ((SSOTokenLoadError, TokenRetrievalError, UnauthorizedSSOTokenError), f"the session has expired: {_SIGN_IN}"),
    (
        EOFError,
        "the profile asks for an MFA code, and there is no terminal to ask on: sign in first, and pass the session on",
    ),
)


def reason_of(error: Exception) -> str:
    """The error in one line, with the way to fix it if it is known."""
    code = _code_of(error)
    if code in _EXPIRED:
        return f"the session has expired: {_SIGN_IN}"
    if code in _NOBODY:
        return f"AWS does not know these credentials ({code}): {_SIGN_IN}"
    known = next((words for kind, words in _WORDS if isinstance(error, kind)), "")
    one_line = " ".join(str(error).split())
    return known.format(one_line) if known else f"{type(error).__name__}: {one_line}"


def _code_of(error: Exception) -> str:
    response: Any = getattr(error, "response", {})
    return str(response.get("Error", {}).get("Code", ""))
