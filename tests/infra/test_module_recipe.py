"""The README's recipe for a new action module, done as it is written on a copy of the repository."""

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from infra.app import ROOT

COPIED = ("infra", "lambdas", "statemachines", "tests", "docs", "README.md", "pyproject.toml", "cdk.json")
BLOCK = re.compile(r"```(?:python|toml)\n# (?P<file>[\w./]+)(?P<place>, [^\n]+)?\n(?P<content>.+?)```", re.DOTALL)
PLACES = {
    ", in ACTIONS": "\n}\n\n\nclass Actions",
    ", at the end of step Processing": '\n[[steps]]\nid = 13\nname = "Complete"',
}


def steps_of_the_recipe() -> dict[str, tuple[str, str]]:
    """File -> (place in it, what to write there), as the README has them."""
    recipe = (ROOT / "README.md").read_text("utf-8").partition("### A new action module\n")[2].partition("\n##")[0]
    return {found["file"]: (found["place"] or "", found["content"]) for found in BLOCK.finditer(recipe)}


@pytest.fixture(scope="module")
def tree(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the repository after the recipe."""
    root = tmp_path_factory.mktemp("recipe")
    for name in COPIED:
        copy = shutil.copytree if (ROOT / name).is_dir() else shutil.copy2
        copy(ROOT / name, root / name)
    for name, (place, content) in steps_of_the_recipe().items():
        assert (root / name).exists() == bool(place), name
        (root / name).write_text(put_in(root / name, place, content) if place else content, "utf-8")
    compiled = run_in(root, "statemachines")
    assert compiled.returncode == 0, compiled.stderr
    return root


def put_in(file: Path, place: str, content: str) -> str:
    before, behind, after = file.read_text("utf-8").partition(PLACES[place])
    assert behind, f"{file.name} has no place {place}"
    return f"{before}\n{content.rstrip()}{behind}{after}"


def run_in(tree: Path, module: str, *arguments: str) -> "subprocess.CompletedProcess[str]":
    environment = {name: value for name, value in os.environ.items() if not name.startswith("PYTEST_")}
    return subprocess.run(
        [sys.executable, "-m", module, *arguments],
        cwd=tree,
        env={**environment, "PYTHONPATH": str(tree)},
        capture_output=True,
        text=True,
        check=False,
    )


def test_it_is_one_file_one_row_and_one_test_and_a_queue_that_uses_it() -> None:
    assert {name: place for name, (place, _) in steps_of_the_recipe().items()} == {
        "lambdas/actions/check_country.py": "",
        "infra/actions.py": ", in ACTIONS",
        "tests/unit/actions/test_check_country.py": "",
        "statemachines/new_accounts/queue.toml": ", at the end of step Processing",
    }


def test_compiling_finds_the_module_and_the_queue_that_uses_it(tree: Path) -> None:
    modules = json.loads((tree / "statemachines/modules.json").read_text("utf-8"))
    machine = (tree / "statemachines/new_accounts/machine.asl.json").read_text("utf-8")

    assert modules["check_country"]["label"] == "Check Country"
    assert modules["check_country"]["config"]["required"] == ["countries"]
    assert '"FunctionName": "${check_country}"' in machine
    assert run_in(tree, "statemachines", "--check").returncode == 0


def test_a_queue_whose_config_does_not_fit_it_is_refused(tree: Path) -> None:
    queue = tree / "statemachines/new_accounts/queue.toml"
    content = queue.read_text("utf-8")
    queue.write_text(content.replace('countries = ["GB", "IE"]', "countries = []"), "utf-8")

    refused = run_in(tree, "statemachines", "--check")
    queue.write_text(content, "utf-8")

    assert refused.returncode == 1
    assert "action 104 Check Country: its config does not fit check_country: countries" in refused.stderr


@pytest.mark.parametrize(
    "tests",
    [
        ["tests/unit/actions/test_check_country.py"],
        [
            "tests/infra/iam/test_permissions.py",
            "tests/infra/functions/test_function.py",
            "tests/infra/test_queues.py",
            "-k",
            "local or row",
        ],
    ],
    ids=["its own test", "those of roles, functions and machines"],
)
@pytest.mark.slow
def test_the_tests_pass_and_nothing_else_has_to_be_told_of_it(tree: Path, tests: list[str]) -> None:
    ran = run_in(tree, "pytest", *tests)

    assert ran.returncode == 0, ran.stdout[-3000:]
    assert " passed" in ran.stdout or "[100%]" in ran.stdout


def test_style_and_import_arrows_hold(tree: Path) -> None:
    written = [name for name, (place, _) in steps_of_the_recipe().items() if not place]
    arrows = "import sys; from importlinter.cli import lint_imports_command as lint; sys.exit(lint(['--no-logo']))"
    checks = [
        run_in(tree, "ruff", "check", *written),
        run_in(tree, "ruff", "format", "--check", *written),
        subprocess.run([sys.executable, "-c", arrows], cwd=tree, capture_output=True, text=True, check=False),
    ]

    assert [check.stdout + check.stderr for check in checks if check.returncode] == []
