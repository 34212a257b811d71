"""Runs the callers of this folder with what their languages come with; nothing is fetched."""

import json
import os
import shutil
import subprocess
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

HERE = Path(__file__).parent
LANGUAGES = ("php", "ruby", "go")


def told(language: str, folder: Path, *arguments: str) -> dict[str, Any]:
    """What the program of this language says. `folder`: for what is compiled."""
    if shutil.which(language) is None:
        if shutil.which("apt-get") is None:
            pytest.skip(f"the caller in {language} needs {language}, and there is no apt-get to bring it")
        pytest.fail(f"the caller in {language} needs {language}: run `make callers`")
    called = _run([*_command(language, folder), *arguments], folder)
    assert (called.returncode, called.stderr) == (0, ""), called.stderr
    return dict(json.loads(called.stdout))


def _command(language: str, folder: Path) -> list[str]:
    if language == "php":
        return ["php", "-d", "display_errors=stderr", str(HERE / "caller.php")]
    if language == "ruby":
        return ["ruby", "-w", str(HERE / "caller.rb")]
    built = _run(["go", "build", "-o", "caller", str(HERE / "caller.go")], folder)
    assert built.returncode == 0, built.stderr
    return [str(folder / "caller")]


def _run(command: Sequence[str], folder: Path) -> "subprocess.CompletedProcess[str]":
    go = {"GOCACHE": str(folder / "cache"), "GOTOOLCHAIN": "local", "GOPROXY": "off", "CGO_ENABLED": "0"}
    environment = {**os.environ, "LANG": "C.UTF-8", **go}
    return subprocess.run(
        command, cwd=folder, env=environment, capture_output=True, text=True, timeout=240, check=False
    )
