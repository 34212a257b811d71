"""`python -m infra.generate.openapi` writes docs/openapi.json; with `--check` it exits with 1 if the file is outdated."""

import sys
from pathlib import Path

from infra.generate.openapi.document import document, written

FILE = Path(__file__).resolve().parents[3] / "docs" / "openapi.json"


def main(words: list[str]) -> int:
    text = written(document())
    if "--check" not in words:
        FILE.write_text(text, "utf-8")
        return 0
    if FILE.exists() and FILE.read_text("utf-8") == text:
        return 0
    sys.stderr.write("docs/openapi.json is not what the methods of the API are: run `make openapi`\n")
    return 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
