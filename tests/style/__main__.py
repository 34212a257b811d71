"""Checks the rules of docs/style.md. Exits with 1 if a file breaks one.

Without arguments: the names of all folders, and the prose of those that are held to the rules. With folders: both, of these.
"""

import subprocess
import sys
from collections import Counter
from pathlib import Path

from tests.style.findings import Finding
from tests.style.names import name_findings
from tests.style.prose import prose_findings

ROOT = Path(__file__).parents[2]
CODE = ("lambdas", "infra", "statemachines")
HELD: tuple[str, ...] = ("tests/style",)


def findings(folders: list[str]) -> list[Finding]:
    found: list[Finding] = []
    for file in _files([*CODE, *HELD, *folders]):
        source = (ROOT / file).read_text("utf-8")
        if _is_in(file, folders) or not folders:
            found += name_findings(file, source)
        if _is_in(file, folders) or (not folders and _is_in(file, HELD)):
            found += prose_findings(file, source)
    return found


def main(folders: list[str]) -> int:
    found = findings([folder.rstrip("/") for folder in folders])
    sys.stdout.writelines(f"{finding}\n" for finding in found)
    counts = Counter(finding.rule for finding in found)
    sys.stderr.write((", ".join(f"{count} {rule}" for rule, count in counts.items()) or "the style is kept") + "\n")
    return 1 if found else 0


def _files(folders: list[str]) -> list[str]:
    listed = subprocess.run(
        ["git", "ls-files", "-co", "--exclude-standard", *folders], cwd=ROOT, capture_output=True, text=True, check=True
    )
    return sorted({file for file in listed.stdout.splitlines() if file.endswith(".py") and (ROOT / file).is_file()})


def _is_in(file: str, folders: list[str] | tuple[str, ...]) -> bool:
    return any(file == folder or file.startswith(f"{folder}/") for folder in folders)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
