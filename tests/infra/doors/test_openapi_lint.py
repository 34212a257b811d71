"""The OpenAPI document has no error by the rules that Redocly and Spectral come with. Neither asks the network."""

import os
import shutil
import subprocess
from pathlib import Path

import pytest

from infra import use_bundled_node

ROOT = Path(__file__).resolve().parents[3]
DOCUMENT = "docs/openapi.json"
LINTERS = {
    "redocly": ["lint", "--format=stylish"],
    "spectral": ["lint", "--fail-severity=error", "--ruleset=.spectral.yaml"],
}
QUIET = {"REDOCLY_TELEMETRY": "off", "REDOCLY_SUPPRESS_UPDATE_NOTICE": "true", "CI": "true"}


def linted(linter: str, document: Path | str, folder: Path) -> subprocess.CompletedProcess[str]:
    use_bundled_node()
    return subprocess.run(
        [str(ROOT / "node_modules" / ".bin" / linter), *LINTERS[linter], str(document)],
        cwd=folder,
        env={**os.environ, **QUIET},
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.mark.parametrize("linter", LINTERS)
def test_the_document_has_no_error(linter: str) -> None:
    done = linted(linter, DOCUMENT, ROOT)

    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize("linter", LINTERS)
def test_an_error_is_found(linter: str, tmp_path: Path) -> None:
    for name in ("redocly.yaml", ".spectral.yaml"):
        shutil.copy(ROOT / name, tmp_path)
    (tmp_path / "bad.json").write_text('{"openapi": "3.1.0", "info": {"title": "x"}, "paths": {"/x": {"get": 1}}}')

    assert linted(linter, "bad.json", tmp_path).returncode != 0
