"""What goes into the code asset, and when its hash changes: without a new hash, new code is never deployed."""

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from aws_cdk import App, IgnoreMode, Stack
from aws_cdk import aws_s3_assets as assets

from infra.actions import ACTIONS
from infra.function import ONLY_CODE
from infra.queues import read_queues
from tests.infra.template import Synthesized


def _hash(sources: Path) -> str:
    asset = assets.Asset(
        Stack(App(), "Stack"), "Code", path=str(sources), exclude=ONLY_CODE, ignore_mode=IgnoreMode.GIT
    )
    return asset.asset_hash


@pytest.fixture
def copy(sources: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(sources, tmp_path / "copy"))


def test_the_asset_holds_code_and_queues_and_nothing_else(stage: Synthesized) -> None:
    asset = stage.asset(stage.functions["ApiHandler"]["Code"]["S3Key"])
    folder = stage.sources / "statemachines"
    queues = {f"statemachines/{queue.name}/queue.toml" for queue in read_queues(folder)}
    forms = {str(file.relative_to(stage.sources)) for file in folder.glob("*/form*.toml")}

    assert {str(file.relative_to(asset)) for file in asset.rglob("*") if file.is_file()} == queues | forms | {
        "lambdas/__init__.py",
        "lambdas/api/handler.py",
        "lambdas/forms/handler.py",
        "lambdas/forms/page.html",
        "lambdas/intake/handler.py",
        "lambdas/sandbox_provider/handler.py",
        "lambdas/catalog/plans.toml",
        "lambdas/catalog/taxes.toml",
        "lambdas/intake/webhook.py",
        "lambdas/notices/handler.py",
        "lambdas/notices/reminders.py",
        "lambdas/outbox/relay.py",
        "lambdas/deadlines/sweeper.py",
        "lambdas/console/execution_watch.py",
        "statemachines/modules.json",
        *(f"lambdas/actions/{module}.py" for module in ACTIONS),
    }


@pytest.mark.parametrize(
    "change",
    [
        lambda root: (root / "lambdas/api/handler.py").write_text("changed"),
        lambda root: (root / "lambdas/forms/page.html").write_text("changed"),
        lambda root: (root / "lambdas/new.py").write_text("new"),
        lambda root: (root / "statemachines/sample/queue.toml").write_text("changed"),
        lambda root: (root / "statemachines/sample/form.toml").write_text("changed"),
        lambda root: (root / "statemachines/sample/form_other.toml").write_text("new"),
        lambda root: (root / "statemachines/modules.json").write_text("changed"),
    ],
    ids=["code", "page", "new file", "queue", "form", "new form", "modules"],
)
def test_a_change_of_what_runs_changes_the_hash(copy: Path, change: Callable[[Path], object]) -> None:
    before = _hash(copy)

    change(copy)

    assert _hash(copy) != before


def test_a_change_of_anything_else_leaves_the_hash_alone(copy: Path) -> None:
    before = _hash(copy)

    (copy / "README.md").write_text("changed")
    (copy / "infra" / "app.py").write_text("changed")
    (copy / "statemachines" / "compiler.py").write_text("changed")
    (copy / "statemachines" / "sample" / "machine.asl.json").write_text("changed")
    (copy / "lambdas" / "api" / "__pycache__" / "handler.cpython-314.pyc").write_text("changed")
    (copy / "cdk.out").mkdir()
    (copy / "cdk.out" / "handler.py").write_text("new")

    assert _hash(copy) == before
