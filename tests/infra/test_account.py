"""Which account and region commands speak to, and what they say when they cannot."""

from pathlib import Path

import boto3
import pytest
from botocore.exceptions import ClientError, NoCredentialsError, ProfileNotFound, UnauthorizedSSOTokenError
from botocore.stub import Stubber
from moto import mock_aws

from infra import cdk
from infra.account import (
    BOOTSTRAP_PARAMETER,
    Account,
    AccountError,
    account_of,
    reason_of,
    refuse_unprepared,
    region_of,
)
from infra.app import refuse_another_account
from infra.cdk import MEANT_ACCOUNT, MEANT_REGION, environment_of
from infra.operate.deployed_stage import client_options
from infra.operate.stack_state import StackState

HERE = Account("123456789012", "eu-central-1", "arn:aws:sts::123456789012:assumed-role/ops/ann")


@pytest.fixture(autouse=True)
def bare(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """A machine without a profile, so that only what a test says is there."""
    for name in ("AWS_REGION", "AWS_DEFAULT_REGION", "AWS_PROFILE", "AWS_ENDPOINT_URL"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("AWS_CONFIG_FILE", str(tmp_path / "config"))
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", str(tmp_path / "credentials"))
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")


def test_each_way_to_name_a_region_is_heard(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    assert region_of({"AWS_REGION": "eu-central-1"}) == "eu-central-1"
    assert region_of({"AWS_DEFAULT_REGION": "eu-west-1"}) == "eu-west-1"
    assert region_of({"AWS_REGION": "eu-west-1", "AWS_DEFAULT_REGION": "eu-west-1"}) == "eu-west-1"
    (tmp_path / "config").write_text("[default]\nregion = ap-south-1\n")
    assert region_of({}) == "ap-south-1"


def test_two_regions_are_refused_and_so_is_none() -> None:
    with pytest.raises(AccountError, match="AWS_REGION=eu-central-1 and AWS_DEFAULT_REGION=us-east-1 name two regions"):
        region_of({"AWS_REGION": "eu-central-1", "AWS_DEFAULT_REGION": "us-east-1"})
    with pytest.raises(AccountError, match="no region is named: set AWS_REGION"):
        region_of({})


def test_a_command_and_a_deploy_speak_to_the_same_place_and_say_so(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    looked_at: list[Account] = []
    monkeypatch.setattr(cdk, "refuse_unprepared", looked_at.append)
    monkeypatch.setattr(cdk, "state_of", lambda stage, options: StackState(f"OrderQueues-{stage}"))
    monkeypatch.setattr(cdk, "refuse_outdated", lambda state, stage: None)
    monkeypatch.setenv("AWS_REGION", "eu-central-1")
    with mock_aws():
        told = client_options("dev")
        passed_on = environment_of(["deploy", "OrderQueues-dev", "-c", "stage=dev"])

    assert told == {"region_name": "eu-central-1"}
    assert passed_on["AWS_REGION"] == passed_on["AWS_DEFAULT_REGION"] == passed_on[MEANT_REGION] == "eu-central-1"
    assert [account.region for account in looked_at] == ["eu-central-1"]
    lines = capsys.readouterr().err.splitlines()
    assert lines[0].startswith(f"stage dev: account {passed_on[MEANT_ACCOUNT]}, region eu-central-1, as arn:aws:")
    assert lines[0] == lines[1]


def test_a_cdk_that_would_deploy_elsewhere_is_stopped() -> None:
    meant = {MEANT_ACCOUNT: HERE.account_id, MEANT_REGION: HERE.region}
    same = {"CDK_DEFAULT_ACCOUNT": HERE.account_id, "CDK_DEFAULT_REGION": HERE.region}
    refuse_another_account({**meant, **same})
    refuse_another_account(same)

    for other in ({"CDK_DEFAULT_ACCOUNT": "210987654321"}, {"CDK_DEFAULT_REGION": "us-east-1"}):
        with pytest.raises(AccountError, match="the CDK speaks to"):
            refuse_another_account({**meant, **same, **other})


def test_an_account_that_the_cdk_was_not_prepared_in_is_named_with_the_command() -> None:
    ssm = boto3.client("ssm", region_name=HERE.region, aws_access_key_id="x", aws_secret_access_key="y")
    wanted = {"Name": BOOTSTRAP_PARAMETER}
    with Stubber(ssm) as stub:
        stub.add_client_error("get_parameter", "ParameterNotFound", expected_params=wanted)
        with pytest.raises(AccountError, match="bootstrap aws://123456789012/eu-central-1"):
            refuse_unprepared(HERE, ssm)
        stub.add_client_error("get_parameter", "AccessDeniedException", expected_params=wanted)
        refuse_unprepared(HERE, ssm)
        stub.add_response("get_parameter", {"Parameter": {"Value": "30"}}, wanted)
        refuse_unprepared(HERE, ssm)


def test_synth_and_bootstrap_ask_nobody() -> None:
    assert environment_of(["synth", "--quiet", "-c", "stage=prod"]) == {}
    assert environment_of(["bootstrap", "aws://1/eu-west-1"]) == {}


def refused(code: str) -> ClientError:
    return ClientError({"Error": {"Code": code, "Message": "many\nlines"}}, "GetCallerIdentity")


@pytest.mark.parametrize(
    ("error", "said"),
    [
        (NoCredentialsError(), "no AWS credentials were found: set AWS_PROFILE"),
        (ProfileNotFound(profile="ops"), "ops.* names a profile that ~/.aws/config does not have"),
        (UnauthorizedSSOTokenError(), "the session has expired: sign in again"),
        (refused("ExpiredToken"), "the session has expired: sign in again"),
        (refused("InvalidClientTokenId"), "does not know these credentials"),
        (EOFError(), "asks for an MFA code, and there is no terminal"),
        (refused("AccessDenied"), "ClientError: .*AccessDenied.* many lines"),
    ],
)
def test_what_aws_refuses_is_one_line_that_says_what_to_do(error: Exception, said: str) -> None:
    line = reason_of(error)

    assert "\n" not in line
    with pytest.raises(AccountError, match=said):
        raise AccountError(line)


def test_without_credentials_no_command_goes_on(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("AWS_REGION", "eu-central-1")
    with pytest.raises(AccountError, match="no AWS credentials were found"):
        account_of()

    assert cdk.main(["deploy", "OrderQueues-dev", "-c", "stage=dev"]) == 1
    assert capsys.readouterr().err.count("\n") == 1
