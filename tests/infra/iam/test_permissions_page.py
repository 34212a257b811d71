"""The page of permissions is what the roles have, no wildcard hides in them, and nothing goes beyond the boundary."""

import json
import re

import pytest

from infra.front.settings import Front
from infra.functions.function import boundary_of as boundary_setting
from infra.generate import permissions_page
from infra.operate.cost import resources_by_id
from infra.permissions import deploy_role
from infra.permissions.grants import actions_of, grants_of
from infra.stages.settings import read_settings, settings_of
from tests.infra.template import Synthesized

# https://docs.aws.amazon.com/service-authorization/latest/reference/ : AWS knows no resource of these.
WITHOUT_RESOURCE = {
    *(f"xray:{verb}" for verb in ("PutTraceSegments", "PutTelemetryRecords", "GetSamplingRules", "GetSamplingTargets")),
    *(f"logs:{verb}LogDelivery" for verb in ("Create", "Get", "Update", "Delete")),
    *("logs:ListLogDeliveries", "logs:PutResourcePolicy", "logs:DescribeResourcePolicies", "logs:DescribeLogGroups"),
    "dynamodb:ListStreams",
}
# Names that nobody knows before: of executions, of objects, of senders that a condition holds to the stage's domain.
OPEN_NAMES = (
    r".*:execution:[a-z0-9_-]+:\*",
    r".*:automation-execution/\*",
    r"arn:<Partition>:cloudwatch:<Region>:<AccountId>:alarm:\*",
    r"\w+Bucket/(orders|anchors)/\*",
    r"arn:<Partition>:ses:<Region>:<AccountId>:identity/\*",
)


def test_the_page_is_what_the_roles_have() -> None:
    """If this fails, look at what changed and run `make permissions`."""
    assert permissions_page.FILE.read_text("utf-8") == permissions_page.page()


def test_no_wildcard_stands_where_aws_knows_a_resource(stage: Synthesized, operations: Synthesized) -> None:
    grants = [*grants_of(stage.template["Resources"]), *grants_of(operations.template["Resources"])]
    assert grants
    for grant in grants:
        assert not [action for action in grant.actions if "*" in action], grant
        if grant.resource == "*":
            assert set(grant.actions) <= WITHOUT_RESOURCE, grant
        elif "*" in grant.resource:
            assert any(re.fullmatch(name, grant.resource) for name in OPEN_NAMES), grant


def test_no_policy_of_a_resource_lets_everybody_in(stage: Synthesized, operations: Synthesized) -> None:
    for each in (*stage.resources.values(), *operations.resources.values()):
        document = each["Properties"].get("PolicyDocument") or each["Properties"].get("KeyPolicy")
        for statement in document["Statement"] if document and isinstance(document, dict) else ():
            open_to_all = statement.get("Principal") in ("*", {"AWS": "*"})
            assert not (statement["Effect"] == "Allow" and open_to_all and not statement.get("Condition")), statement


def test_the_boundary_has_every_action_of_every_role_and_no_other() -> None:
    settings = permissions_page.stage_of_the_page()
    (statement,) = deploy_role.boundary_of(settings)["Statement"]

    assert statement["Action"] == actions_of(grants_of(resources_by_id(settings)))
    assert not [action for action in statement["Action"] if "*" in action or action.startswith(("iam:", "sts:"))]
    assert len(json.dumps(deploy_role.boundary_of(settings), separators=(",", ":"))) < 6_144  # of a managed policy


def test_who_deploys_may_assume_the_bootstrap_s_roles_and_read(capsys: pytest.CaptureFixture[str]) -> None:
    words = ["--stage", "dev", "--account", "111122223333", "--region", "eu-west-1"]
    assert deploy_role.main(words) == 0

    statements = json.loads(capsys.readouterr().out)["deploy"]["Statement"]
    changing = {action for each in statements for action in each["Action"]} - {"ssm:GetParameter"}
    assert {action for action in changing if not re.search(r":(Describe|List|Get|BatchGet|Query)", action)} == {
        "sts:AssumeRole",
        "ses:CreateEmailIdentity",
    }
    for each in statements:
        assert all("111122223333" in resource for resource in each["Resource"])


@pytest.mark.parametrize(
    ("region", "partition"),
    [("eu-west-1", "aws"), ("cn-north-1", "aws-cn"), ("us-gov-west-1", "aws-us-gov"), ("eusc-de-east-1", "aws-eusc")],
)
def test_every_name_is_of_the_regions_own_partition(
    region: str, partition: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert deploy_role.main(["--stage", "dev", "--account", "1" * 12, "--region", region]) == 0

    statements = json.loads(capsys.readouterr().out)["deploy"]["Statement"]
    assert {name.split(":")[1] for each in statements for name in each["Resource"]} == {partition}


def test_who_deploys_a_front_reaches_the_region_of_its_firewall() -> None:
    front = Front(certificate="arn:aws:acm:us-east-1:111122223333:certificate/0a1c")
    policies = [
        json.dumps(deploy_role.deploy_policy(settings_of("dev").changed(front=each), "1" * 12, "eu-west-1"))
        for each in (front, None)
    ]

    assert [policy.count("us-east-1") > 3 for policy in policies] == [True, False]
    assert ["stack/OrderQueues-dev-Front/*" in policy for policy in policies] == [True, False]


def test_who_only_compares_can_neither_deploy_nor_publish_nor_make_anything(capsys: pytest.CaptureFixture[str]) -> None:
    """A pull request runs with it before anybody has read it."""
    assert deploy_role.main(["--stage", "dev", "--account", "1" * 12, "--region", "eu-west-1"]) == 0

    policies = json.loads(capsys.readouterr().out)
    role = "arn:aws:iam::111111111111:role/cdk-hnb659fds-{}-role-111111111111-eu-west-1"
    allowed = {
        (action, name)
        for each in policies["diff"]["Statement"]
        for action in each["Action"]
        for name in each["Resource"]
    }
    deploying = {
        (action, name)
        for each in policies["deploy"]["Statement"]
        for action in each["Action"]
        for name in each["Resource"]
    }
    assert {name for action, name in allowed if action == "sts:AssumeRole"} == {role.format("lookup")}
    assert {name for action, name in deploying if action == "sts:AssumeRole"} == {
        role.format(each) for each in ("deploy", "file-publishing", "lookup")
    }
    assert allowed < deploying
    reads = r"sts:AssumeRole|[a-z]+:(Describe|List|Get|BatchGet|Query).*"
    assert all(re.fullmatch(reads, action) for action, _ in allowed)


@pytest.mark.parametrize("words", [("--account", "", "--region", "eu-west-1"), ("--account", "1" * 12, "--region", "")])
def test_a_role_of_no_account_is_not_printed(words: tuple[str, ...], capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        deploy_role.main(["--stage", "dev", *words])
    assert "must be " in capsys.readouterr().err


def test_a_boundary_holds_every_role_of_the_stage() -> None:
    settings = settings_of("dev").changed(permissions_boundary="company-boundary")
    roles = [each for each in resources_by_id(settings).values() if each["Type"] == "AWS::IAM::Role"]

    assert len(roles) > 30
    for role in roles:
        assert "policy/company-boundary" in json.dumps(role["Properties"]["PermissionsBoundary"])
    assert boundary_setting(settings_of("dev")) is None


def test_a_boundary_is_a_name_and_no_arn() -> None:
    with pytest.raises(ValueError, match="permissions_boundary"):
        read_settings("dev", 'keep_data = false\npermissions_boundary = "arn:aws:iam::1:policy/x"')
