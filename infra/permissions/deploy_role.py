"""`make print-deploy-role STAGE=dev ACCOUNT=... REGION=...`: what is needed to deploy a stage, as policies to paste into IAM.

`deploy` is for who runs `make deploy`, `make diff` and `make impact`: it may assume the roles of the CDK's bootstrap, and read
what our commands compare. `diff` is for who only compares, as a pull request does: of those roles it may assume the one that
reads. `boundary` is for roles that a deployment makes: they can never do more. It needs no credentials.
"""

import argparse
import json
import re
import sys
from collections.abc import Sequence
from typing import Any

from botocore.session import Session

from infra.account import BOOTSTRAP_PARAMETER
from infra.front import FIREWALL_REGION
from infra.operate.cost import resources_by_id
from infra.permissions.grants import actions_of, grants_of
from infra.stages.errors import StageError
from infra.stages.settings import StageSettings, settings_of

_READS = "lookup"
_BOOTSTRAP_ROLES = ("deploy", "file-publishing", _READS)
_QUALIFIER = BOOTSTRAP_PARAMETER.split("/")[2]


def boundary_of(settings: StageSettings) -> dict[str, Any]:
    """All actions that a role of the stage has. Raises StageError."""
    actions = actions_of(grants_of(resources_by_id(settings)))
    return _policy({"Sid": "AllThatAnyRoleOfTheStageDoes", "Effect": "Allow", "Action": actions, "Resource": "*"})


def deploy_policy(settings: StageSettings, account: str, region: str) -> dict[str, Any]:
    """For who deploys. CloudFormation does the rest, as the role that the bootstrap gave it."""
    ses = f"arn:{partition_of(region)}:ses:{region}:{account}:identity"
    mail_domains = [f"{ses}/{domain}" for domain in settings.mail_domains]
    return _policy(
        *_comparing(settings, account, region, roles=_BOOTSTRAP_ROLES),
        _allow("RegisterTheMailDomain", ["ses:CreateEmailIdentity", "ses:GetEmailIdentity"], mail_domains),
    )


def diff_policy(settings: StageSettings, account: str, region: str) -> dict[str, Any]:
    """For who only compares: `make diff METHOD=template` and `make impact`. It can change nothing."""
    return _policy(*_comparing(settings, account, region, roles=(_READS,)))


def _comparing(settings: StageSettings, account: str, region: str, roles: Sequence[str]) -> list[dict[str, Any]]:
    """`roles`: of the bootstrap.

    Longer than 30 lines, because it is one document.
    """
    arn, here = f"arn:{partition_of(region)}", f"{region}:{account}"
    table = f"{arn}:dynamodb:{here}:table/{settings.stack_name}-StorageOrderTable*"
    firewall, front = settings.front_stack_names or ("", "")
    stacks = [settings.stack_name, settings.operations_stack_name, *([front] if front else [])]
    places = [region, *([FIREWALL_REGION] if firewall and region != FIREWALL_REGION else [])]
    return [
        _allow(
            "AssumeTheRolesOfTheBootstrap",
            ["sts:AssumeRole"],
            [
                f"{arn}:iam::{account}:role/cdk-{_QUALIFIER}-{role}-role-{account}-{place}"
                for place in places
                for role in roles
            ],
        ),
        _allow(
            "KnowTheBootstrap",
            ["ssm:GetParameter"],
            [f"{arn}:ssm:{place}:{account}:parameter{BOOTSTRAP_PARAMETER}" for place in places],
        ),
        _allow(
            "ReadTheStacks",
            ["cloudformation:DescribeStacks"],
            [
                *(f"{arn}:cloudformation:{here}:stack/{stack}/*" for stack in stacks),
                *([f"{arn}:cloudformation:{FIREWALL_REGION}:{account}:stack/{firewall}/*"] if firewall else []),
            ],
        ),
        _allow(
            "CompareTheMachines",
            ["states:DescribeStateMachine", "states:ListExecutions"],
            [f"{arn}:states:{here}:stateMachine:{settings.stage}-*"],
        ),
        _allow(
            "ReadOrdersInProgress",
            ["dynamodb:BatchGetItem", "dynamodb:GetItem", "dynamodb:Query"],
            [table, f"{table}/index/by_step"],
        ),
    ]


def partition_of(region: str) -> str:
    """AWS, China and GovCloud are apart: an ARN of one means nothing in another. Asked of botocore, which needs no network."""
    return str(Session().get_partition_for_region(region))


def _allow(sid: str, actions: list[str], resources: list[str]) -> dict[str, Any]:
    return {"Sid": sid, "Effect": "Allow", "Action": actions, "Resource": resources}


def _policy(*statements: dict[str, Any]) -> dict[str, Any]:
    return {"Version": "2012-10-17", "Statement": list(statements)}


def _account(text: str) -> str:
    if not re.fullmatch(r"\d{12}", text):
        raise argparse.ArgumentTypeError("must be the 12 digits of an account: ACCOUNT=111122223333")
    return text


def _region(text: str) -> str:
    if not re.fullmatch(r"[a-z]{2,4}(-[a-z]+)+-\d", text):
        raise argparse.ArgumentTypeError("must be a region: REGION=eu-west-1")
    return text


def main(arguments: Sequence[str]) -> int:
    parser = argparse.ArgumentParser(description="Print the policies that a deployment needs.")
    parser.add_argument("--stage", required=True)
    parser.add_argument("--account", required=True, type=_account)
    parser.add_argument("--region", required=True, type=_region)
    asked = parser.parse_args(arguments)
    try:
        settings = settings_of(asked.stage)
        policies = {
            "deploy": deploy_policy(settings, asked.account, asked.region),
            "diff": diff_policy(settings, asked.account, asked.region),
            "boundary": boundary_of(settings),
        }
    except StageError as refused:
        sys.stderr.write(f"{refused}\n")
        return 1
    sys.stdout.write(json.dumps(policies, indent=2) + "\n")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
