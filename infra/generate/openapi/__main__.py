"""`python -m infra.generate.openapi` writes docs/openapi.json; with `--check` it exits with 1 if the file is outdated."""

import sys
from pathlib import Path

from infra.generate.generated_file import write_or_compare
from infra.generate.openapi.document import document, written

FILE = Path(__file__).resolve().parents[3] / "docs" / "openapi.json"


def main(words: list[str]) -> int:
    outdated = "docs/openapi.json is not what the methods of the API are: run `make openapi`"
    return write_or_compare(FILE, written(document()), words, outdated=outdated)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
