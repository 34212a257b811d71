"""Checks the names, prose and sizes of folders against docs/style.md. Exits with 1 if a file breaks a rule.

Without arguments it checks the folders that are held to the rules (`HELD`), and how many files each folder of the repository has.
"""

import subprocess
import sys
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path

from tests.style.buyer_words import buyer_findings
from tests.style.findings import Finding
from tests.style.names import name_findings
from tests.style.prose import prose_findings
from tests.style.sizes import folder_findings, size_findings
from tests.style.texts import label_findings, markdown_findings, page_findings, text_findings

ROOT = Path(__file__).parents[2]
HELD = ("infra", "lambdas", "statemachines", "tests/style", "docs", "*.md")


def findings(folders: list[str]) -> list[Finding]:
    found: list[Finding] = [] if folders else [*folder_findings(_files(["."]))]
    for file in _files(folders or HELD):
        for rule in _RULES.get(Path(file).suffix, ()):
            found += rule(file, (ROOT / file).read_text("utf-8"))
    return found


def main(folders: list[str]) -> int:
    found = findings([folder.rstrip("/") for folder in folders])
    sys.stdout.writelines(f"{finding}\n" for finding in found)
    counts = Counter(finding.rule for finding in found)
    sys.stderr.write((", ".join(f"{count} {rule}" for rule, count in counts.items()) or "the style is kept") + "\n")
    return 1 if found else 0


_RULES: dict[str, tuple[Callable[[str, str], Iterable[Finding]], ...]] = {
    ".py": (name_findings, prose_findings, size_findings, text_findings, buyer_findings),
    ".md": (markdown_findings,),
    ".html": (page_findings, buyer_findings),
    ".toml": (label_findings, buyer_findings),
}


def _files(folders: Sequence[str]) -> list[str]:
    listed = subprocess.run(
        ["git", "ls-files", "-co", "--exclude-standard", *folders], cwd=ROOT, capture_output=True, text=True, check=True
    )
    return sorted({file for file in listed.stdout.splitlines() if (ROOT / file).is_file()})


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
