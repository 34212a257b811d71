"""A release has the notes of its version, and checksums that anybody can check."""

import hashlib
import subprocess
from pathlib import Path

import pytest

from infra.delivery import release
from infra.delivery.release import NotReleasableError, checksums, notes_of, version_of

CHANGELOG = """# Changelog

## Unreleased

* later

## [1.2.3] - 2026-11-27

### Added

* a front

## 1.2.2 - 2026-11-01

"""
PYPROJECT = '[project]\nversion = "1.2.3"\n'


def test_the_notes_are_those_of_the_version_alone() -> None:
    assert version_of("v1.2.3", PYPROJECT) == "1.2.3"
    assert notes_of("1.2.3", CHANGELOG) == "# [1.2.3] - 2026-11-27\n\n### Added\n\n* a front\n"


@pytest.mark.parametrize(
    ("tag", "said"),
    [
        ("1.2.3", "such as v1.2.3"),
        ("v1.2", "such as"),
        ("v1.2.3; rm -rf .", "such as"),
        ("v1.2.2", "says version 1.2.3"),
    ],
)
def test_a_tag_that_is_no_version_or_another_is_refused(tag: str, said: str) -> None:
    with pytest.raises(NotReleasableError, match=said):
        version_of(tag, PYPROJECT)


@pytest.mark.parametrize("version", ["1.2.2", "1.2", "9.9.9"])
def test_a_version_without_notes_is_refused(version: str) -> None:
    with pytest.raises(NotReleasableError, match=r"CHANGELOG\.md has nothing"):
        notes_of(version, CHANGELOG)


def test_the_checksums_are_what_sha256sum_reads(tmp_path: Path) -> None:
    file = tmp_path / "order-queues-1.2.3.tar.gz"
    file.write_bytes(b"sources")
    (tmp_path / "SHA256SUMS").write_text(checksums([file]))

    assert hashlib.sha256(b"sources").hexdigest() in checksums([file])
    assert (
        subprocess.run(
            ["sha256sum", "--check", "SHA256SUMS"], cwd=tmp_path, capture_output=True, check=False
        ).returncode
        == 0
    )
    file.write_bytes(b"other sources")
    assert (
        subprocess.run(
            ["sha256sum", "--check", "SHA256SUMS"], cwd=tmp_path, capture_output=True, check=False
        ).returncode
        == 1
    )


def test_nothing_is_written_for_a_tag_that_is_not_there(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "pyproject.toml").write_text(PYPROJECT)
    (tmp_path / "CHANGELOG.md").write_text(CHANGELOG)
    monkeypatch.setattr(release, "ROOT", tmp_path)

    assert release.main(["--tag", "v1.2.3"]) == 1
    assert "there is no tag v1.2.3" in capsys.readouterr().err
    assert sorted(file.name for file in tmp_path.iterdir()) == ["CHANGELOG.md", "pyproject.toml"]
