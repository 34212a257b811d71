"""What goes into the code asset, and when its hash changes: without a new hash, new code is never deployed."""

import marshal
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from infra.actions import ACTIONS
from infra.functions.code import IN_LAMBDA, bundle_code
from infra.queue_folders import read_queues
from infra.stages.settings import settings_of
from tests.infra.template import Synthesized


def _hash(sources: Path) -> str:
    """The asset's hash is the name of its folder."""
    return bundle_code(settings_of("local"), sources, sandbox=True).name


@pytest.fixture
def copy(sources: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(sources, tmp_path / "copy"))


def test_the_asset_holds_code_and_queues_and_nothing_else(stage: Synthesized) -> None:
    asset = stage.asset(stage.functions["ApiHandler"]["Code"]["S3Key"])
    folder = stage.sources / "statemachines"
    queues = {f"statemachines/{queue.name}/queue.toml" for queue in read_queues(folder)}
    forms = {str(file.relative_to(stage.sources)) for file in folder.glob("*/form*.toml")}

    assert {
        str(file.relative_to(asset)) for file in asset.rglob("*") if file.is_file() and file.suffix != ".pyc"
    } == queues | forms | {
        "lambdas/__init__.py",
        "lambdas/api/handler.py",
        "lambdas/desk/handler.py",
        "lambdas/desk/widget/actor.py",
        "lambdas/documents/handler.py",
        "lambdas/notices/invoices/handler.py",
        "lambdas/desk/widget/reader.py",
        "lambdas/bulk/worker.py",
        "lambdas/forms/handler.py",
        "lambdas/forms/page.html",
        "lambdas/intake/handler.py",
        "lambdas/sandbox_provider/handler.py",
        "lambdas/webhooks/handler.py",
        "lambdas/webhooks/worker.py",
        "lambdas/catalog/plans.toml",
        "lambdas/catalog/taxes.toml",
        "lambdas/catalog/sellers.toml",
        "lambdas/catalog/brands.toml",
        "lambdas/intake/webhook.py",
        "lambdas/notices/handler.py",
        "lambdas/notices/reminders.py",
        "lambdas/notices/staff/digests.py",
        "lambdas/notices/staff/handler.py",
        "lambdas/outbox/announcer.py",
        "lambdas/outbox/relay.py",
        "lambdas/runbooks/handler.py",
        "lambdas/watch/anchor.py",
        "lambdas/watch/check.py",
        "lambdas/watch/holds.py",
        "lambdas/watch/sweeper.py",
        "lambdas/watch/stopped_executions.py",
        "statemachines/modules.json",
        "statemachines/teams.toml",
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
        lambda root: (root / "statemachines/teams.toml").write_text("changed"),
    ],
    ids=["code", "page", "new file", "queue", "form", "new form", "modules", "teams"],
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


def test_functions_start_from_bytecode_that_is_never_checked(copy: Path) -> None:
    """PEP 552: the flags after the magic number say that the bytecode belongs to the sources by their hash, unchecked."""
    folder = bundle_code(settings_of("local"), copy, sandbox=True)
    compiled = {file.parent.parent / f"{file.name.split('.')[0]}.py": file for file in folder.rglob("*.pyc")}

    assert set(compiled) == set(folder.rglob("*.py"))
    handler = compiled[folder / "lambdas/api/handler.py"].read_bytes()
    assert int.from_bytes(handler[4:8], "little") == 1
    assert marshal.loads(handler[16:]).co_filename == f"{IN_LAMBDA}/lambdas/api/handler.py"  # noqa: S302 - we made it


def test_the_asset_is_the_same_each_time_it_is_made(copy: Path, tmp_path: Path) -> None:
    other = Path(shutil.copytree(copy, tmp_path / "elsewhere"))
    first = bundle_code(settings_of("local"), copy, sandbox=True)
    second = bundle_code(settings_of("local"), other, sandbox=True)

    assert first.name == second.name
    contents = [{f.relative_to(top): f.read_bytes() for f in top.rglob("*") if f.is_file()} for top in (first, second)]
    assert contents[0] == contents[1]


def test_a_python_that_is_not_here_leaves_the_asset_without_bytecode(copy: Path) -> None:
    folder = bundle_code(settings_of("local").changed(python_version="3.99"), copy, sandbox=True)

    assert list(folder.rglob("*.pyc")) == []
    assert list(folder.rglob("*.py"))
