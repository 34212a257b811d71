"""`make release TAG=v1.2.3`: writes the notes, sources and checksums of a release into .local/release.

The notes are the changelog's section of that version. The sources are those of the tag. The workflow `release` signs the
checksums and publishes. Exits with 1 if the changelog, the version of pyproject.toml or the tag does not fit.
"""

import argparse
import hashlib
import re
import shutil
import subprocess
import sys
import tomllib
from collections.abc import Sequence
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
INTO = ROOT / ".local" / "release"
_TAG = re.compile(r"v(\d+\.\d+\.\d+)")


class NotReleasableError(ValueError):
    """The release cannot be made. The text says what is missing, and where."""


def version_of(tag: str, pyproject: str) -> str:
    """The version that a tag names. Raises NotReleasableError unless pyproject.toml has the same."""
    found = _TAG.fullmatch(tag)
    if not found:
        raise NotReleasableError(f"a tag is a version such as v1.2.3, not {tag!r}")
    stated = str(tomllib.loads(pyproject)["project"]["version"])
    if stated != found[1]:
        raise NotReleasableError(f"pyproject.toml says version {stated}: set it to {found[1]}, or tag v{stated}")
    return found[1]


def notes_of(version: str, changelog: str) -> str:
    """The section of the version. Raises NotReleasableError if there is none, or nothing in it."""
    sections = re.split(r"^## ", changelog, flags=re.MULTILINE)
    heading = re.compile(rf"\[?{re.escape(version)}\]?( |$)")
    for section in sections[1:]:
        title, _, text = section.partition("\n")
        if heading.match(title) and text.strip():
            return f"# {title.strip()}\n\n{text.strip()}\n"
    raise NotReleasableError(
        f"CHANGELOG.md has nothing of {version}: rename its heading Unreleased to `{version} - <date>`"
    )


def checksums(files: Sequence[Path]) -> str:
    """As `sha256sum --check` reads them."""
    return "".join(f"{hashlib.sha256(file.read_bytes()).hexdigest()}  {file.name}\n" for file in files)


def write_release(tag: str, into: Path = INTO) -> list[Path]:
    """Write everything. Raises NotReleasableError before anything is written."""
    version = version_of(tag, (ROOT / "pyproject.toml").read_text("utf-8"))
    notes = notes_of(version, (ROOT / "CHANGELOG.md").read_text("utf-8"))
    name = f"order-queues-{version}"
    command = ["git", "archive", "--format=tar.gz", f"--prefix={name}/", tag]
    packed = subprocess.run(command, cwd=ROOT, capture_output=True, check=False)
    if packed.returncode:
        raise NotReleasableError(f"there is no tag {tag} here: `git tag {tag}`, or `git fetch --tags`")
    shutil.rmtree(into, ignore_errors=True)
    into.mkdir(parents=True)
    sources, sums, text = into / f"{name}.tar.gz", into / "SHA256SUMS", into / "NOTES.md"
    sources.write_bytes(packed.stdout)
    sums.write_text(checksums([sources]), "utf-8")
    text.write_text(notes, "utf-8")
    return [sources, sums, text]


def main(arguments: Sequence[str]) -> int:
    parser = argparse.ArgumentParser(description="Write the notes, sources and checksums of a release.")
    parser.add_argument("--tag", required=True)
    try:
        for file in write_release(parser.parse_args(arguments).tag):
            sys.stdout.write(f"{file.relative_to(ROOT)}\n")
    except NotReleasableError as refused:
        sys.stderr.write(f"{refused}\n")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
