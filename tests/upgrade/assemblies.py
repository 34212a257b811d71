"""Assemblies of the CDK for the engine: of the last release, of the working tree, and ones that fail half way."""

import hashlib
import io
import json
import os
import shutil
import subprocess
import sys
import tarfile
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

from infra.local.engine_process import REPOSITORY
from infra.local.stack import STACK

RELEASE_FILE = REPOSITORY / "tests" / "data" / "last_release.txt"
_FAILS, _HANDLE = "FailsHalfWay", "FailsHalfWayHandle"
WAITS = "WaitsForSignal"
_CHANGED_FIRST = ("AWS::Lambda::Function", "AWS::StepFunctions::StateMachine", "AWS::IAM::Role")


class NoReleaseError(RuntimeError):
    """The sources of the last release cannot be had from this checkout."""


def last_release() -> str:
    """Its commit or tag. A release writes its own here."""
    return RELEASE_FILE.read_text("utf-8").strip()


def write_release(commit: str, into: Path) -> Path:
    """Write the sources of a commit, beside the CDK and the environment of this checkout. Raises NoReleaseError."""
    packed = subprocess.run(["git", "archive", commit], cwd=REPOSITORY, capture_output=True, check=False)
    if packed.returncode:
        raise NoReleaseError(f"{commit} is not in this checkout: `git fetch --unshallow --tags` brings it")
    with tarfile.open(fileobj=io.BytesIO(packed.stdout)) as archive:
        archive.extractall(into, filter="data")
    (into / "node_modules").symlink_to(REPOSITORY / "node_modules")
    return into


def synthesize(sources: Path, into: Path, *, panel_url: str, public_url: str) -> Path:
    """The assembly that the sources make for the stage `local`."""
    environment = {
        "STAGE": "local",
        "CDK_OUTDIR": str(into),
        "LOCAL_PANEL_URL": panel_url,
        "LOCAL_PUBLIC_URL": public_url,
    }
    done = subprocess.run(
        [sys.executable, "-m", "infra.app"],
        cwd=sources,
        env={**os.environ, **environment, "PYTHONPATH": ""},
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise RuntimeError(f"{sources} cannot be synthesized:\n{done.stderr[-2000:]}")
    return into


def failing_half_way(assembly: Path, into: Path) -> Path:
    """One whose deployment fails when functions, machines and roles have been changed already."""

    return altered(assembly, into, add_failure)


def add_failure(template: dict[str, Any]) -> None:
    """Nobody signals that the stack may continue, so a wait of a second fails it."""
    resources = template["Resources"]
    before = sorted(name for name, each in resources.items() if each["Type"] in _CHANGED_FIRST)
    resources[_HANDLE] = {"Type": "AWS::CloudFormation::WaitConditionHandle"}
    resources[_FAILS] = {
        "Type": "AWS::CloudFormation::WaitCondition",
        "DependsOn": before,
        "Properties": {"Handle": {"Ref": _HANDLE}, "Timeout": "1"},
    }


def signalled(assembly: Path, into: Path, words: str) -> Path:
    """One that changes every function, if only in words, and runs until WAITS is signalled."""
    return altered(assembly, into, partial(_add_wait, words=words))


def _add_wait(template: dict[str, Any], words: str) -> None:
    describe(template, words)
    template["Resources"][WAITS] = {
        "Type": "AWS::CloudFormation::WaitCondition",
        "CreationPolicy": {"ResourceSignal": {"Count": 1, "Timeout": "PT5M"}},
    }


def describe(template: dict[str, Any], words: str) -> None:
    for each in template["Resources"].values():
        if each["Type"] == "AWS::Lambda::Function":
            each["Properties"]["Description"] = words


def altered(assembly: Path, into: Path, alter: Callable[[dict[str, Any]], None]) -> Path:
    """A copy of the assembly with another template, under the hash of its content as the CDK would name it."""
    shutil.copytree(assembly, into)
    file = into / f"{STACK}.template.json"
    template = json.loads(file.read_text("utf-8"))
    alter(template)
    text = json.dumps(template)
    file.write_text(text, "utf-8")
    assets = into / f"{STACK}.assets.json"
    known = json.loads(assets.read_text("utf-8"))["files"]
    (old,) = (name for name, each in known.items() if each["source"]["path"] == file.name)
    new = hashlib.sha256(text.encode()).hexdigest()
    for place in (assets, into / "manifest.json"):
        place.write_text(place.read_text("utf-8").replace(old, new), "utf-8")
    return into
