"""What the targets of the Makefile do with their variables."""

import os
import re
import subprocess

import pytest

from infra.app import ROOT

TEXT = (ROOT / "Makefile").read_text("utf-8")


def recipe(*words: str) -> str:
    """What make would run, asked as a make of its own even where these tests are a make's."""
    command = ["make", "--dry-run", "--no-print-directory", "--old-file=setup", *words]
    own = {name: value for name, value in os.environ.items() if name not in ("MAKEFLAGS", "MFLAGS", "MAKELEVEL")}
    return subprocess.run(command, cwd=ROOT, env=own, capture_output=True, text=True, check=True).stdout


def test_a_stage_is_one_word_for_every_command_even_an_empty_one() -> None:
    """So that the command names the stages there are, and nobody adds an option by it."""
    assert TEXT.count("$(STAGE)") > 20
    assert re.findall(r'(?<!--stage ")(?<!-c "stage=)\$\(STAGE\)', TEXT) == []
    assert '--stage ""' in recipe("cost", "STAGE=")


@pytest.mark.parametrize("day", ["", "2026-11-26"])
def test_comparing_payments_never_becomes_a_command_that_writes(day: str) -> None:
    compared = recipe("reconcile-payments", f"DAY={day}")

    assert f'infra.operate.payments.reconcile --stage "dev" --day "{day}"' in compared
    assert "infra.operate.reconcile " not in compared


def test_a_day_does_not_change_what_reconcile_does() -> None:
    refused = recipe("reconcile", "DAY=2026-11-26")

    assert "make reconcile-payments" in refused.splitlines()[0]
    assert "exit 2" in refused.splitlines()[0]
    assert "exit" not in recipe("reconcile")


def test_what_the_tests_leave_out_has_a_command_of_its_own() -> None:
    of = {target: recipe(target).splitlines()[-1] for target in ("test", "slow", "thorough")}

    assert of["test"].endswith('-m "not slow"')
    assert of["slow"] == of["test"].replace('"not slow"', "slow")
    assert " -m slow" not in of["thorough"]


def test_an_audit_that_nobody_answers_is_no_audit() -> None:
    """Without it a dependency that the database does not know, or was not asked about, is passed over."""
    (command,) = [line for line in recipe("audit").splitlines() if "pip-audit" in line]

    assert " --strict " in command


def test_a_restore_is_asked_for_as_one_command_without_execute() -> None:
    (command,) = [line for line in recipe("restore", "AT=2026-11-27T03:10:00Z", "STAGE=prod").splitlines() if line]

    assert command.split()[-6:] == ["--stage", '"prod"', "--at", '"2026-11-27T03:10:00Z"', "--execute", '""']
