"""The app: stages, outputs, tags, the rules of cdk-nag and cfn-lint, and no question to anyone while it synthesizes."""

import json
import os
import platform
import shutil
import sys
from collections import Counter
from pathlib import Path

import pytest
from cfnlint.api import lint_file
from cfnlint.config import ManualArgs

from infra import use_bundled_node
from infra.accepted_findings import accepted
from infra.actions import ACTIONS, construct_name
from infra.doors.api import ROUTES, route_id
from infra.doors.desk import ROUTES as DESK_PAGES
from infra.doors.documents import ROUTES as DOCUMENTS
from infra.doors.forms import ROUTES as PAGES
from infra.doors.intake import secret_id
from infra.doors.routes import page_id
from infra.doors.sandbox_provider import HANDLER
from infra.doors.sandbox_provider import ROUTES as SANDBOX_PAGES
from infra.queue_folders import read_queues
from infra.stages.errors import UnknownStageError
from infra.stages.settings import settings_of, stage_names
from tests.infra.template import Synthesized

# CDK writes DependsOn for a role that the resource names anyway, so that policies attached to it are there in time.
WRITTEN_BY_CDK = ["W3005"]


def test_nag_finds_nothing_that_is_not_accepted_and_nothing_is_accepted_in_vain(prod: Synthesized) -> None:
    report = json.loads((prod.outdir / "validation-report.json").read_text())
    (nag,) = (each for each in report["pluginReports"] if each["pluginName"] == "AwsSolutions")
    suppressed = Counter(
        (violation["acknowledgedId"], construct["constructPath"].removeprefix(f"{prod.settings.stack_name}/"))
        for violation in nag["suppressedViolations"]
        for construct in violation["violatingConstructs"]
    )
    names = {
        "anchors": ["Anchors"],
        "shifts": ["Shifts"],
        "document_mails": ["DocumentMails"],
        "front": [],
        "signing_keys": ["SigningKeys"],
        "bulk_machine": [f"{prod.settings.stage}-bulk-runs"],
        "action": [construct_name(module) for module in ACTIONS],
        "machine": [f"prod-{queue.name}" for queue in read_queues(prod.sources / "statemachines")],
        "queue": [construct_name(queue.name) for queue in read_queues(prod.sources / "statemachines")],
        "route": [route_id(route) for route in ROUTES],
        "desk_page": [page_id(route) for route in DESK_PAGES],
        "page": [page_id(route) for route in PAGES],
        "document_page": [page_id(route) for route in DOCUMENTS],
        "sandbox": [HANDLER],
        "sandbox_page": [page_id(route) for route in SANDBOX_PAGES],
        "provider_secret": [secret_id(provider) for provider in prod.settings.contract_providers],
    }

    assert nag["conclusion"] == "success"
    assert nag["violations"] == []
    assert suppressed == Counter((row.finding, row.construct) for row in accepted(names))


def test_every_accepted_finding_has_a_reason(prod: Synthesized) -> None:
    report = json.loads((prod.outdir / "validation-report.json").read_text())

    assert all(
        len(each["reason"]) > 20 for plugin in report["pluginReports"] for each in plugin["suppressedViolations"]
    )


@pytest.mark.parametrize("stack", ["prod", "local", "operations"])
def test_cfn_lint_has_nothing_to_say(stack: str, request: pytest.FixtureRequest) -> None:
    template: Synthesized = request.getfixturevalue(stack)
    matches = lint_file(template.path, config=ManualArgs(ignore_checks=WRITTEN_BY_CDK))

    assert [str(match) for match in matches] == []


def test_synth_asks_nobody(stage: Synthesized) -> None:
    """No look-up is left open and no account or region is written down, so none was needed."""
    artifact = stage.manifest["artifacts"][stage.settings.stack_name]

    assert "missing" not in stage.manifest
    assert artifact["environment"] == "aws://unknown-account/unknown-region"


def test_the_outputs_are_what_others_read(stage: Synthesized) -> None:
    own = {name for name in stage.template["Outputs"] if not name.startswith("PublishOutput")}

    assert own == {
        "ApiUrl",
        "ApiId",
        "OrderTable",
        "RecordTable",
        "HistoryTable",
        "DeskTable",
        "EventBus",
        "Relay",
        "Announcer",
        "OrderDeadLetters",
        "Machines",
        "BulkMachine",
        "ContractBus",
        "ContractQueue",
        "ContractDeadLetters",
        "ContractSecrets",
        "GatewayWebhookSecret",
        *(["AnchorBucket"] if stage.settings.history_anchors else []),
    }


def test_everything_that_can_be_tagged_says_project_and_stage(stage: Synthesized) -> None:
    for resource in stage.resources.values():
        tags = resource["Properties"].get("Tags")
        if tags is not None:
            pairs = tags if isinstance(tags, dict) else {tag["Key"]: tag["Value"] for tag in tags}
            assert pairs["project"] == "order-queues"
            assert pairs["stage"] == stage.settings.stage


# What prod asks for with `history_anchors`: a locked bucket, and the function that puts an object there each day.
_OF_ANCHORS = (
    "AWS::Events::Rule", "AWS::IAM::Role", "AWS::Lambda::Function", "AWS::Lambda::Permission", "AWS::Logs::LogGroup",
    "AWS::S3::Bucket", "AWS::S3::BucketPolicy",
)  # fmt: skip

# And with `door_shift`, beside an alias, a version and a group for each door.
_OF_SHIFTS = ("AWS::CloudWatch::Alarm", "AWS::CodeDeploy::Application", "AWS::IAM::Role")


def test_stages_differ_in_values_and_not_in_what_there_is(prod: Synthesized, local: Synthesized) -> None:
    in_prod, in_local = (Counter(resource["Type"] for resource in each.resources.values()) for each in (prod, local))

    doors = len(prod.integrations)
    of_doors = dict.fromkeys(("AWS::Lambda::Alias", "AWS::Lambda::Version", "AWS::CodeDeploy::DeploymentGroup"), doors)
    assert in_prod - in_local == Counter(["AWS::KMS::Key", *_OF_ANCHORS, *_OF_SHIFTS]) + Counter(of_doors)
    assert not in_local - in_prod


def test_the_local_stage_fits_the_machine_it_runs_on() -> None:
    settings = settings_of("local")

    assert settings.python_version == f"{sys.version_info.major}.{sys.version_info.minor}"
    assert settings.wheel_platform.startswith(("x86_64", "aarch64"))


def test_a_machine_without_wheels_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(platform, "machine", lambda: "riscv64")

    with pytest.raises(UnknownStageError, match="riscv64"):
        settings_of("local")


def test_every_stage_has_settings_and_no_other_has() -> None:
    assert [settings_of(stage).stage for stage in stage_names()] == stage_names()
    with pytest.raises(UnknownStageError, match="staging"):
        settings_of("staging")


def test_only_prod_may_not_be_thrown_away() -> None:
    assert {stage for stage in stage_names() if settings_of(stage).keep_data} == {"prod"}


def test_node_comes_from_this_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "/usr/bin")

    use_bundled_node()
    use_bundled_node()

    first, *others = os.environ["PATH"].split(os.pathsep)
    assert shutil.which("node") == str(Path(first) / "node")
    assert others == ["/usr/bin"]
