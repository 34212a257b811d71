"""What documents and code name is there: files, and sections of docs/reference."""

import re
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parents[2]
DOCUMENTS = sorted([*ROOT.glob("*.md"), *ROOT.glob("docs/*.md"), *ROOT.glob("docs/reference/*.md")])
FOLDERS = ("lambdas", "infra", "statemachines", "tests", "docs")
_PATH = re.compile(rf"`((?:{'|'.join(FOLDERS)})/[\w./-]*)`")
_CITED = re.compile(
    r"reference/([a-z-]+\.md) ((?:[0-9][0-9.]*|[DP][0-9]+)(?:(?:, | and | to )(?:[0-9][0-9.]*|[DP][0-9]+))*)"
)


def sources() -> Iterator[tuple[Path, str]]:
    for folder in ("lambdas", "infra", "statemachines", "tests"):
        for file in sorted((ROOT / folder).rglob("*.py")):
            yield file, file.read_text("utf-8")
    for file in DOCUMENTS:
        yield file, file.read_text("utf-8")


def test_every_file_that_a_document_names_is_there() -> None:
    named = {(file.name, path) for file in DOCUMENTS for path in _PATH.findall(file.read_text("utf-8"))}

    assert len(named) > 100
    assert sorted(f"{file}: {path}" for file, path in named if not (ROOT / path).exists()) == []


def test_every_section_that_is_cited_is_there() -> None:
    headings = {
        file.name: set(re.findall(r"^#+ ([0-9][0-9.]*|[DP][0-9]+)\b", file.read_text("utf-8"), re.MULTILINE))
        for file in (ROOT / "docs" / "reference").glob("*.md")
    }
    sections = {name: {heading.rstrip(".") for heading in found} for name, found in headings.items()}
    cited = [
        (file, page, section.rstrip("."))
        for file, text in sources()
        for page, several in _CITED.findall(text)
        for section in re.split(r", | and | to ", several)
    ]

    assert len(cited) > 50
    missing = [
        f"{file.relative_to(ROOT)}: {page} {section}" for file, page, section in cited if section not in sections[page]
    ]
    assert missing == []
