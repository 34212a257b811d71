"""A stage that was taken down can be made again, with nothing of the first in its way."""

from pathlib import Path

import pytest

from infra.local.deployment import deploy, destroy
from infra.local.engine_process import LocalEngine
from infra.local.stack import STACK, connect
from tests.engine.cloud import Cloud, error_code


def log_groups(cloud: Cloud) -> set[str]:
    """Into which the stage's machines log."""
    pages = cloud.client("logs").get_paginator("describe_log_groups")
    found = pages.paginate(logGroupNamePrefix="/aws/vendedlogs/states/")
    return {group["logGroupName"] for page in found for group in page["logGroups"]}


@pytest.mark.slow
def test_deployed_destroyed_and_deployed_again(tmp_path: Path) -> None:
    with LocalEngine.start(tmp_path) as engine:
        cloud = Cloud(engine)
        list(deploy(engine))
        first, machines = log_groups(cloud), connect(engine, None).machines
        # What a stage that keeps its data leaves, or a first deploy that was rolled back.
        (kept,) = first

        destroy(engine)
        assert error_code(lambda: cloud.client("cloudformation").describe_stacks(StackName=STACK)) == "ValidationError"
        assert cloud.client("sesv2").get_email_identity(EmailIdentity="example.com")
        cloud.client("logs").create_log_group(logGroupName=kept)

        list(deploy(engine))
        again = connect(engine, None)
        assert again.machines.keys() == machines.keys()
        assert len(log_groups(cloud) - {kept}) == 1
