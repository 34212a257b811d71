"""The workflows are linted, pinned, and do what the Makefile does."""

import json
import re
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest
import yaml  # type: ignore[import-untyped]

from infra import use_bundled_node
from infra.app import ROOT
from infra.delivery.steps import WORKFLOWS, steps_of
from tests.infra.delivery.test_makefile import recipe

FILES = sorted(WORKFLOWS.glob("*.yml"))
TARGETS = set(re.findall(r"^([a-z][a-z-]*):", (ROOT / "Makefile").read_text("utf-8"), re.MULTILINE))
# Younger than the linter: the newest image, variables of environments, signed builds.
YOUNGER = re.compile(
    r'label "ubuntu-24\.04" is unknown|undefined variable "vars"|unknown permission scope "attestations"'
)
# AWS's credentials only where a job speaks to AWS.
SPEAK_TO_AWS = {("check", "diff"), ("deploy", "test"), ("deploy", "prod")}


def jobs() -> list[tuple[str, str, dict[str, Any]]]:
    return [
        (file.stem, name, job)
        for file in FILES
        for name, job in yaml.safe_load(file.read_text("utf-8"))["jobs"].items()
    ]


def findings(*files: Path) -> list[dict[str, Any]]:
    use_bundled_node()
    node = shutil.which("node") or ""
    script = Path(__file__).parent / "lint.mjs"
    done = subprocess.run([node, str(script), *map(str, files)], capture_output=True, text=True, check=True)
    return [each for each in json.loads(done.stdout) if not YOUNGER.match(each["message"])]


def test_actionlint_has_nothing_to_say() -> None:
    assert {file.name for file in FILES} == {"check.yml", "deploy.yml", "release.yml"}
    assert findings(*FILES) == []


def test_actionlint_would_say_something(tmp_path: Path) -> None:
    wrong = tmp_path / "wrong.yml"
    wrong.write_text(
        "on: push\njobs:\n  a:\n    runs-on: ubuntu-24.04\n    steps:\n      - run: echo ${{ github.nothing }}\n"
    )

    assert findings(wrong) != []


def test_every_action_is_pinned_by_its_commit_and_says_its_version() -> None:
    used = [line for file in FILES for line in file.read_text("utf-8").splitlines() if "uses:" in line]

    assert len(used) > 8
    for line in used:
        assert re.search(r"uses: [\w.-]+/[\w.-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+$", line), line


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_a_job_may_no_more_than_it_needs(file: Path) -> None:
    """No text of strangers in a shell, no stored keys, no rights of a fork's pull request."""
    text = file.read_text("utf-8")
    workflow = yaml.safe_load(text)

    assert "pull_request_target" not in text
    assert "secrets." not in text
    assert set(workflow["permissions"]) <= {"contents", "id-token"}
    assert workflow["permissions"]["contents"] == "read"
    for _, name, job in [each for each in jobs() if each[0] == file.stem]:
        assert job["timeout-minutes"] <= 60
        assert all("${{" not in step.get("run", "") for step in job["steps"])
        checkout = next(step for step in job["steps"] if "checkout@" in step.get("uses", ""))
        assert checkout["with"]["persist-credentials"] is False
        speaks = any("configure-aws-credentials@" in step.get("uses", "") for step in job["steps"])
        assert speaks == ((file.stem, name) in SPEAK_TO_AWS)
        if speaks:  # the role trusts this environment of this repository alone
            assert job["environment"]


def test_every_step_is_a_target_of_the_makefile() -> None:
    commands = [step.get("run", "") for _, _, job in jobs() for step in job["steps"]]
    named = {target for command in commands for target in re.findall(r"\bmake ([a-z-]+)", command)}

    assert {"check", "audit", "test", "synth", "upgrade-test", "diff", "impact", "deploy", "smoke", "release"} <= named
    assert named <= TARGETS


def test_the_local_pipeline_runs_the_steps_of_the_workflow_in_its_order() -> None:
    assert [step.command.split(" ")[1] for step in steps_of("check", "check")] == [
        "check",
        "audit",
        "test",
        "slow",
        "synth",
        "upgrade-test",
    ]


def test_prod_comes_after_test_and_each_is_tried_with_an_order() -> None:
    deploy = yaml.safe_load((WORKFLOWS / "deploy.yml").read_text("utf-8"))["jobs"]

    assert deploy["prod"]["needs"] == "test"
    for stage, job in deploy.items():
        commands = [step["run"] for step in job["steps"] if "run" in step]
        assert commands == [f"make deploy STAGE={stage} APPROVED=1", f"make smoke STAGE={stage}"]


def test_the_cdk_asks_who_deploys_from_a_terminal_and_nobody_where_there_is_none() -> None:
    """Without a terminal it refuses to deploy a role that may do more. Whoever merged, or approved the environment, was asked."""
    assert "--require-approval" not in recipe("deploy", "STAGE=test")
    assert "--require-approval never" in recipe("deploy", "STAGE=test", "APPROVED=1")


def test_a_pull_request_needs_no_role_that_deploys() -> None:
    """A diff by a change set is made with the bootstrap's role `deploy`, which can change everything."""
    (shown,) = [step.command for step in steps_of("check", "diff")]

    assert "make diff STAGE=test METHOD=template" in shown
    assert "--method template" in recipe("diff", "STAGE=test", "METHOD=template")
    assert "--method" not in recipe("diff", "STAGE=test")


def test_test_is_deployed_while_prod_waits_for_its_approval() -> None:
    """One deployment at a time of each stage; one group for both would hold `test` up until somebody approves."""
    workflow = yaml.safe_load((WORKFLOWS / "deploy.yml").read_text("utf-8"))

    assert "concurrency" not in workflow
    assert [job["concurrency"]["group"] for job in workflow["jobs"].values()] == ["deploy-test", "deploy-prod"]
